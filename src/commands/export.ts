import { mkdir, writeFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf, SoundkinError } from '../errors.js';
import { csvCell } from '../labels/parse-csv.js';
import { openLibrary, type Clustering, type ClusterMember, type TrackSummary } from '../library/index.js';
import { DEFAULT_CLUSTERING } from './cluster-summary.js';
import { memberTracks } from './member-tracks.js';
import { requireCluster } from './show.js';

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
  /** Takes the text, piece by piece, where there is no file; it is not returned then. */
  readonly onText?: (piece: string) => void | Promise<void>;
}

export interface ExportOutcome {
  readonly library: string;
  /** Files written. */
  readonly written: readonly string[];
  /** The text itself, where neither a file nor pieces were asked for. */
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
      const sounds = await library.exportTracks(name, 'parquet', resolve(out));
      return { library: library.dir, written: [resolve(out)], text: null, sounds };
    }
    const clustering = await library.readClustering(name);
    const members = withTracks(clustering, format === 'csv' ? [] : await library.tracks(), options.cluster);
    const done = { library: library.dir, sounds: members.length };
    if (format === 'm3u8' && out !== undefined && !/^\.m3u8?$/i.test(extname(out))) {
      return { ...done, written: await writePlaylists(resolve(out), members), text: null };
    }
    const pieces = gather(render(format, members, clustering));
    if (out !== undefined) {
      await write(resolve(out), pieces);
      return { ...done, written: [resolve(out)], text: null };
    }
    if (options.onText === undefined) return { ...done, written: [], text: [...pieces].join('') };
    for (const piece of pieces) await options.onText(piece);
    return { ...done, written: [], text: null };
  } finally {
    await library.close();
  }
}

interface Listed {
  readonly member: ClusterMember;
  readonly track: TrackSummary | undefined;
}

/** The sounds of all clusters or of one, cluster by cluster, the most typical first. */
function withTracks(clustering: Clustering, tracks: readonly TrackSummary[], cluster?: number): Listed[] {
  if (cluster !== undefined) requireCluster(clustering, cluster);
  const known = memberTracks(clustering.members, tracks);
  const listed = clustering.members.map((member, i): Listed => ({ member, track: known[i] }));
  const chosen = cluster === undefined ? listed : listed.filter(({ member }) => member.cluster === cluster);
  return chosen.sort(({ member: a }, { member: b }) => a.cluster - b.cluster || a.distance - b.distance);
}

function render(format: 'csv' | 'json' | 'm3u8', members: readonly Listed[], clustering: Clustering): Iterable<string> {
  return format === 'm3u8' ? playlist(members) : format === 'csv' ? table(members) : object(members, clustering);
}

function* table(members: readonly Listed[]): Iterable<string> {
  yield 'path,cluster,distance\n';
  for (const { member } of members) yield `${csvCell(member.path)},${member.cluster},${member.distance}\n`;
}

function* object(members: readonly Listed[], { recipe, k, seed, inertia, sizes, scores }: Clustering): Iterable<string> {
  const text = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (typeof part === 'number' && !Number.isFinite(part) ? null : part), 1);
  const around = text({ recipe, k, seed, inertia, sizes, scores, sounds: [] });
  if (members.length === 0) return yield `${around}\n`;
  // Sound by sound: as one text a few million would be more than a string can hold.
  yield around.slice(0, around.lastIndexOf(']'));
  let before = '\n  ';
  for (const { member, track } of members) {
    const { root, path, cluster, distance, silhouette, label } = member;
    yield before + text({ path, root, cluster, distance, silhouette, label, durationSeconds: track?.durationSeconds ?? null }).replaceAll('\n', '\n  ');
    before = ',\n  ';
  }
  yield '\n ]\n}\n';
}

/** An extended M3U in UTF-8, with absolute paths so that it plays from anywhere on this machine. */
function* playlist(members: readonly Listed[]): Iterable<string> {
  yield '#EXTM3U\n';
  for (const { member, track } of members) {
    const seconds = track?.durationSeconds;
    // A line end within a name would end the entry: the title loses it, and the path becomes an address, which escapes it.
    const file = join(member.root, member.path);
    const title = member.path.slice(member.path.lastIndexOf('/') + 1).replace(/[\r\n]+/g, ' ');
    yield `#EXTINF:${seconds === null || seconds === undefined ? -1 : Math.round(seconds)},${title}\n${/[\r\n]/.test(file) ? pathToFileURL(file).href : file}\n`;
  }
}

const PIECE = 2 ** 16;

/** Lines put together to pieces worth a write. */
function* gather(lines: Iterable<string>): Iterable<string> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

async function writePlaylists(folder: string, members: readonly Listed[]): Promise<string[]> {
  const written: string[] = [];
  // Sorted by cluster: each one's sounds lie together.
  for (let first = 0, end = 0; first < members.length; first = end) {
    const { cluster } = members[first]!.member;
    for (end = first; end < members.length && members[end]!.member.cluster === cluster; ) end += 1;
    const file = join(folder, `cluster-${cluster}.m3u8`);
    await write(file, gather(playlist(members.slice(first, end))), folder);
    written.push(file);
  }
  return written;
}

async function write(file: string, pieces: Iterable<string>, folder?: string): Promise<void> {
  try {
    if (folder !== undefined) await mkdir(folder, { recursive: true });
    await writeFile(file, pieces);
  } catch (cause) {
    throw new SoundkinError('EXPORT_FORMAT', `export: expected to write ${file}, but ${messageOf(cause)}. Name another with --out.`, { cause });
  }
}
