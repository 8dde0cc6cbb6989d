import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CarriedRow, Library, TrackSummary } from '../library/index.js';
import type { OnProgress } from '../progress.js';
import type { Track } from '../scan/scan.js';
import type { ThreadPool } from '../threads/index.js';
import { removeRows } from './remove-missing.js';

/** Files a task takes: most of the time goes into reading them. */
const FILES_A_TASK = 16;

export interface CarryKnownOptions {
  readonly threads: ThreadPool;
  /** The folders scanned: what is gone from them is found by the scan. */
  readonly roots: readonly string[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: OnProgress;
}

/**
 * Gives tracks that the library knows by content the row that is there: files that moved, were renamed, copied, or only touched.
 *
 * Content is compared where a measured row has the very size, so that a library of new files costs nothing.
 *
 * A folder that was moved as a whole is not scanned under its old name: its rows leave where their content was found elsewhere and their file is gone.
 *
 * @returns the tracks that are left to be measured, how many rows were carried over, and how many left.
 */
export async function carryKnown(library: Library, tracks: readonly Track[], known: readonly TrackSummary[], options: CarryKnownOptions): Promise<{ left: Track[]; carried: number; removed: number }> {
  const bySize = new Map<number, Map<string, TrackSummary>>();
  for (const row of known) {
    if (!row.measured || row.code !== null || row.contentId === null || row.contentId === '') continue; // what is damaged may be read better now
    let rows = bySize.get(row.size);
    if (rows === undefined) bySize.set(row.size, (rows = new Map()));
    rows.set(row.contentId, row);
  }
  const candidates = tracks.filter(({ size }) => bySize.has(size));
  if (candidates.length === 0) return { left: [...tracks], carried: 0, removed: 0 };
  const carried = new Map<Track, CarriedRow>();
  const ids = new Map<Track, string>();
  let done = 0;
  const identify = async (files: readonly Track[]): Promise<void> => {
    if (options.signal?.aborted === true) return;
    // A file that cannot be read now fails in its turn.
    const { value = [] } = await options.threads.run('identify', { paths: files.map(({ absolutePath }) => absolutePath) });
    for (const [i, track] of files.entries()) {
      const row = bySize.get(track.size)!.get(value[i] ?? '');
      if (row !== undefined) ids.set(track, value[i]!);
      if (row !== undefined) carried.set(track, { from: row, to: { root: track.root, path: track.path, size: track.size, mtimeMs: track.mtimeMs } });
    }
    done += files.length;
    options.onProgress({ stage: 'identify', done, total: candidates.length });
  };
  const tasks: (readonly Track[])[] = [];
  for (let at = 0; at < candidates.length; at += FILES_A_TASK) tasks.push(candidates.slice(at, at + FILES_A_TASK));
  await Promise.all(tasks.map(identify));
  const lost = new Set((await library.carryRows([...carried.values()])).map(({ to }) => to));
  const scanned = new Set(options.roots);
  const found = new Set([...carried.keys()].map((track) => `${track.size} ${ids.get(track)!}`));
  const moved = known.filter((row) => !scanned.has(row.root) && found.has(`${row.size} ${row.contentId}`) && !existsSync(join(row.root, row.path)));
  await removeRows(library, moved);
  return { removed: moved.length, left: tracks.filter((track) => !carried.has(track) || lost.has(carried.get(track)!.to)), carried: carried.size - lost.size };
}
