import { expectedBytes, FLOOR_BYTES, STREAMED_BYTES } from './memory-budget.js';

/** Files that are measured as one task, and a guess of the memory that takes. */
export interface FileBatch<T> {
  readonly files: readonly T[];
  readonly bytes: number;
}

/** Handing a task over takes 0.2 ms, a small sound 0.5 ms: with eight of them in a task that is little. More would make an interruption wait. */
const MOST_FILES = 8;
/** As `expectedBytes` counts: 2 MB of WAV, 340 KB of MP3, some 20 ms of work. */
const MOST_BYTES = 8 * 2 ** 20;
/** Each thread has so many tasks to come when the files are dealt out: with fewer, one thread would end late. */
const ROUNDS = 4;
/** What is more than this share of a thread's part of the work is begun first, so that no thread is left with it at the end. */
const LARGE_SHARE = 1 / 8;

/**
 * Deals files out into tasks: small files several at a time, fewer towards the end, so that the threads finish together; the largest alone and first, where they
 * are so large that the threads would wait for one; the others in their order.
 *
 * @param threads how many threads take the batches, 1 or more.
 */
export function* fileBatches<T extends { readonly path: string; readonly size: number }>(files: readonly T[], threads: number): Generator<FileBatch<T>> {
  const weighed = files.map((file) => ({ file, bytes: expectedBytes(file.path, file.size) - FLOOR_BYTES }));
  const large = (LARGE_SHARE / threads) * weighed.reduce((sum, { bytes }) => sum + bytes, 0);
  const isLarge = ({ bytes }: { readonly bytes: number }): boolean => threads > 1 && bytes > MOST_BYTES && bytes > large;
  const ordered = [...weighed.filter(isLarge).sort((a, b) => b.bytes - a.bytes), ...weighed.filter((entry) => !isLarge(entry))];
  for (let at = 0; at < ordered.length; ) {
    const most = Math.min(MOST_FILES, Math.ceil((ordered.length - at) / (ROUNDS * threads)));
    const batch = [ordered[at]!.file];
    let bytes = ordered[at++]!.bytes;
    for (let next = ordered[at]; next !== undefined && batch.length < most && bytes + next.bytes <= MOST_BYTES; next = ordered[++at]) {
      batch.push(next.file);
      bytes += next.bytes;
    }
    // A file as long as that is alone in its batch. Its work is as large as it is, but not its memory.
    yield { files: batch, bytes: FLOOR_BYTES + Math.min(bytes, STREAMED_BYTES) };
  }
}
