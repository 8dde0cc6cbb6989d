import type { ReportData, ReportSound } from './report-data.js';

/** A column of numbers as JSON can hold it: null stands for NaN and the infinities. */
type NumberColumn = (number | null)[];

/** The report's data as it lies in the page: sounds in columns, names that repeat written once. */
export interface PackedReport extends Omit<ReportData, 'sounds'> {
  sounds: {
    path: string[];
    /** An index into `roots` where the URL is that root plus the encoded path, or else the URL itself. */
    url: (number | string)[];
    roots: string[];
    cluster: number[];
    distance: NumberColumn;
    silhouette: NumberColumn;
    x: NumberColumn;
    y: NumberColumn;
    durationSeconds: NumberColumn;
    format: number[];
    formats: string[];
    /** Index into `labels`, -1 for none. */
    label: number[];
    labels: string[];
    preview: (string | null)[];
    peaks: (string | null)[];
  };
}

function encodePath(path: string): string {
  return path.split('/').map(encodeSegment).join('/');
}

function encodeSegment(segment: string): string {
  try {
    return encodeURIComponent(segment);
  } catch {
    return segment; // a lone surrogate: such a URL is kept whole
  }
}

function rounded(value: number, digits: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : null;
}

/** Gives each distinct text a number, in order of appearance. */
function createIndex(): { list: string[]; of: (text: string) => number } {
  const list: string[] = [];
  const known = new Map<string, number>();
  return {
    list,
    of: (text) => {
      const found = known.get(text);
      if (found !== undefined) return found;
      known.set(text, list.length);
      return list.push(text) - 1;
    },
  };
}

/** Columns instead of rows, five digits instead of seventeen: a third of the size, and quicker to parse. */
export function packReport(data: ReportData): PackedReport {
  const roots = createIndex();
  const formats = createIndex();
  const labels = createIndex();
  const column = (pick: (sound: ReportSound) => number, digits = 5): NumberColumn =>
    data.sounds.map((sound) => rounded(pick(sound), digits));
  const { sounds } = data;
  return {
    ...data,
    sounds: {
      path: sounds.map((sound) => sound.path),
      url: sounds.map(({ path, url }) => {
        const tail = encodePath(path);
        return tail !== '' && url.endsWith(tail) ? roots.of(url.slice(0, url.length - tail.length)) : url;
      }),
      roots: roots.list,
      cluster: sounds.map((sound) => sound.cluster),
      distance: column((sound) => sound.distance, 7),
      silhouette: column((sound) => sound.silhouette, 4),
      x: column((sound) => sound.x),
      y: column((sound) => sound.y),
      durationSeconds: column((sound) => sound.durationSeconds, 6),
      format: sounds.map((sound) => formats.of(sound.format)),
      formats: formats.list,
      label: sounds.map((sound) => (sound.label === null ? -1 : labels.of(sound.label))),
      labels: labels.list,
      preview: sounds.map((sound) => sound.preview),
      peaks: sounds.map((sound) => sound.peaks),
    },
  };
}

/** The rows again. A number that JSON could not hold comes back as NaN. */
export function unpackReport(packed: PackedReport): ReportData {
  const { sounds: columns } = packed;
  const number = (column: NumberColumn, i: number): number => column[i] ?? Number.NaN;
  return {
    ...packed,
    inertia: packed.inertia ?? Number.NaN,
    clusters: packed.clusters.map((cluster) => ({ ...cluster, silhouette: cluster.silhouette ?? Number.NaN })),
    sounds: columns.path.map((path, i) => {
      const url = columns.url[i] ?? '';
      return {
        path,
        url: typeof url === 'number' ? `${columns.roots[url] ?? ''}${encodePath(path)}` : url,
        cluster: columns.cluster[i] ?? 0,
        distance: number(columns.distance, i),
        silhouette: number(columns.silhouette, i),
        x: number(columns.x, i),
        y: number(columns.y, i),
        durationSeconds: number(columns.durationSeconds, i),
        format: columns.formats[columns.format[i] ?? -1] ?? '',
        label: columns.labels[columns.label[i] ?? -1] ?? null,
        preview: columns.preview[i] ?? null,
        peaks: columns.peaks[i] ?? null,
      };
    }),
  };
}
