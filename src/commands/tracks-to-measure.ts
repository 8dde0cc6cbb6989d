import type { ErrorCode } from '../errors.js';
import type { TrackSummary } from '../library/index.js';
import type { Track } from '../scan/scan.js';
import { idOf } from './track-id.js';

/** What a file failed of outside itself: rights, programs and memory come without the file changing. */
const WORTH_ANOTHER_TRY: ReadonlySet<string | null> = new Set<ErrorCode>(['DECODE_READ', 'DECODE_UNSUPPORTED', 'MEMORY_EXCEEDED', 'WORKER_DIED']);

export interface TracksToMeasureOptions {
  /** All of them, whatever the library knows. */
  readonly force?: boolean | undefined;
  /** Those that failed or are damaged as well. */
  readonly retryErrors?: boolean | undefined;
}

/** The tracks that are new or changed, or may now be read. */
export function tracksToMeasure(tracks: readonly Track[], known: ReadonlyMap<string, TrackSummary>, { force = false, retryErrors = false }: TracksToMeasureOptions): Track[] {
  if (force) return [...tracks];
  return tracks.filter((track) => {
    const row = known.get(idOf(track));
    if (row === undefined || row.size !== track.size || row.mtimeMs !== track.mtimeMs) return true;
    return row.code !== null && (retryErrors || WORTH_ANOTHER_TRY.has(row.code));
  });
}
