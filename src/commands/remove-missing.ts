import { join, sep } from 'node:path';
import type { Library, TrackSummary } from '../library/index.js';
import type { ScanResult } from '../scan/scan.js';
import { idOf } from './track-id.js';

/**
 * Marks as gone what the library has from the folders scanned and the scan did not find. What lies where nothing could be looked at is not known to be gone.
 *
 * @returns how many.
 */
export async function removeMissing(library: Library, found: ScanResult, known: Iterable<TrackSummary>): Promise<number> {
  const roots = new Set(found.roots);
  const there = new Set(found.tracks.map(idOf));
  const unseen = found.problems.map(({ path }) => path);
  const isUnseen = ({ root, path }: TrackSummary): boolean => {
    if (unseen.length === 0) return false;
    const file = join(root, path);
    return unseen.some((place) => file === place || file.startsWith(place + sep));
  };
  const gone = [...known].filter((row) => roots.has(row.root) && !there.has(idOf(row)) && !isUnseen(row));
  await removeRows(library, gone);
  return gone.length;
}

/** Marks rows as those of files that left. */
export async function removeRows(library: Library, rows: readonly TrackSummary[]): Promise<void> {
  if (rows.length === 0) return;
  await library.appendRows(rows.map(({ measured: _, ...row }) => ({ ...row, features: null, code: null, message: null, removed: true })));
}
