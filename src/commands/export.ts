import { mkdir, writeFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf, SoundkinError } from '../errors.js';
import { csvCell } from '../labels/parse-csv.js';
import { openLibrary, type Clustering, type TrackSummary } from '../library/index.js';
import { DEFAULT_CLUSTERING } from './cluster-summary.js';
import { idOf } from './track-id.js';
import { membersOf } from './show.js';

export const EXPORT_FORMATS = ['csv', 'json', 'm3u8', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportOptions {
  readonly library: string;
  readonly format: ExportFormat;
  /** File to write; for m3u8 also a folder, which gets one playlist a cluster. Text formats are returned where it is left out. */
  readonly out?: string;
  /** Only this cluster. */
  readonly cluster?: number;
  readonly name?: string;
}

export interface ExportOutcome {
  readonly library: string;
  /** Files written. */
  readonly written: readonly string[];
  /** The text itself, where no file was asked for. */
  readonly text: string | null;
  readonly sounds: number;
}

/**
 * Takes a clustering out of the library: a table, an object, playlists, or Parquet with the features.
 *
 * @throws LIBRARY_NOT_FOUND, CLUSTERING_NOT_FOUND, CLUSTER_UNKNOWN, EXPORT_FORMAT when the target cannot be written.
 */
export async function exportClustering(options: ExportOptions): Promise<ExportOutcome> {
  const { format, out, name = DEFAULT_CLUSTERING } = options;
  const library = await openLibrary(options.library, { readOnly: true });
  try {
    if (format === 'parquet') {
      if (out === undefined) throw new SoundkinError('EXPORT_FORMAT', 'export: expected a file to write Parquet to, got none. Add --out sounds.parquet.');
      if (options.cluster !== undefined) throw new SoundkinError('EXPORT_FORMAT', 'export: expected all clusters for Parquet, got --cluster. Leave it out, and filter by the column `cluster`.');
      await library.exportTracks(name, 'parquet', resolve(out));
      return { library: library.dir, written: [resolve(out)], text: null, sounds: (await library.readClustering(name)).members.length };
    }
    const clustering = await library.readClustering(name);
    const tracks = new Map((await library.tracks()).map((track) => [idOf(track), track]));
    const members = options.cluster === undefined ? byCluster(clustering) : membersOf(clustering, options.cluster);
    const done = { library: library.dir, sounds: members.length };
    if (format === 'm3u8' && out !== undefined && !/^\.m3u8?$/i.test(extname(out))) {
      return { ...done, written: await writePlaylists(resolve(out), members, tracks), text: null };
    }
    const text = render(format, members, tracks, clustering);
    if (out === undefined) return { ...done, written: [], text };
    await write(resolve(out), text);
    return { ...done, written: [resolve(out)], text: null };
  } finally {
    await library.close();
  }
}

type Members = Clustering['members'];
type Tracks = ReadonlyMap<string, TrackSummary>;

function byCluster({ members }: Clustering): Members {
  return [...members].sort((a, b) => a.cluster - b.cluster || a.distance - b.distance);
}

function render(format: 'csv' | 'json' | 'm3u8', members: Members, tracks: Tracks, clustering: Clustering): string {
  if (format === 'm3u8') return playlist(members, tracks);
  if (format === 'csv') {
    return ['path,cluster,distance', ...members.map(({ path, cluster, distance }) => [csvCell(path), cluster, distance].join(','))].join('\n') + '\n';
  }
  const sounds = members.map(({ root, path, cluster, distance, silhouette, label }) => ({
    path,
    root,
    cluster,
    distance,
    silhouette: Number.isFinite(silhouette) ? silhouette : null,
    label,
    durationSeconds: tracks.get(idOf({ root, path }))?.durationSeconds ?? null,
  }));
  const { recipe, k, seed, inertia, sizes, scores } = clustering;
  return JSON.stringify({ recipe, k, seed, inertia, sizes, scores, sounds }, (_, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? null : value), 1) + '\n';
}

/** An extended M3U in UTF-8, with absolute paths so that it plays from anywhere on this machine. */
function playlist(members: Members, tracks: Tracks): string {
  const lines = members.flatMap((member) => {
    const seconds = tracks.get(idOf(member))?.durationSeconds;
    // A line end within a name would end the entry: the title loses it, and the path becomes an address, which escapes it.
    const file = join(member.root, member.path);
    const title = member.path.slice(member.path.lastIndexOf('/') + 1).replace(/[\r\n]+/g, ' ');
    return [`#EXTINF:${seconds === null || seconds === undefined ? -1 : Math.round(seconds)},${title}`, /[\r\n]/.test(file) ? pathToFileURL(file).href : file];
  });
  return ['#EXTM3U', ...lines].join('\n') + '\n';
}

async function writePlaylists(folder: string, members: Members, tracks: Tracks): Promise<string[]> {
  const written: string[] = [];
  const ids = [...new Set(members.map(({ cluster }) => cluster))];
  for (const id of ids) {
    const file = join(folder, `cluster-${id}.m3u8`);
    await write(file, playlist(members.filter(({ cluster }) => cluster === id), tracks), folder);
    written.push(file);
  }
  return written;
}

async function write(file: string, text: string, folder?: string): Promise<void> {
  try {
    if (folder !== undefined) await mkdir(folder, { recursive: true });
    await writeFile(file, text);
  } catch (cause) {
    throw new SoundkinError('EXPORT_FORMAT', `export: expected to write ${file}, but ${messageOf(cause)}. Name another with --out.`, { cause });
  }
}
