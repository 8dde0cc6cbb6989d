import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SoundkinError } from '../errors.js';
import { mergeRows, openLibrary, type LibraryProblem } from '../library/index.js';
import type { OnProgress } from '../progress.js';
import { pathMap } from './path-map.js';

export interface MergeOptions {
  /** The library that takes the rows; made where there is none. */
  readonly library: string;
  /** The libraries that give them. They stay as they are. */
  readonly others: readonly string[];
  /** Sounds' folders that the others name otherwise, as FROM=TO. */
  readonly map?: readonly string[];
  /** Ends early: what is copied by then is kept, and the next run goes on. */
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export interface MergeOutcome {
  readonly library: string;
  /** What each of the others gave. */
  readonly merged: readonly { readonly library: string; readonly taken: number; readonly known: number }[];
  /** What the library has now. */
  readonly files: { readonly ok: number; readonly failed: number };
  /** Row files that could not be read. */
  readonly problems: readonly LibraryProblem[];
  readonly seconds: number;
}

/**
 * Copies what other libraries know of sounds into one: the shards of a run that several machines shared. A file's later change wins; of the same state of a file,
 * features win over an error. Doing it again changes nothing.
 *
 * @throws LIBRARY_NOT_FOUND, LIBRARY_MIXED when one was measured in another way, LIBRARY_FORMAT, LIBRARY_WRITE; USAGE when a library is to be merged into itself.
 */
export async function merge(options: MergeOptions): Promise<MergeOutcome> {
  const started = performance.now();
  const { library: dir, others, map = [], signal, onProgress = () => undefined } = options;
  const place = pathMap(map);
  const real = (folder: string): Promise<string> => realpath(folder).catch(() => resolve(folder));
  for (const other of others) {
    if ((await real(other)) === (await real(dir))) throw new SoundkinError('USAGE', `merge: expected libraries other than ${dir}, got that one. Leave it out: it is the one that takes.`);
  }
  const merged: MergeOutcome['merged'][number][] = [];
  const problems: LibraryProblem[] = [];
  for (const other of others) {
    if (signal?.aborted === true) break;
    const { taken, known, problems: found } = await mergeRows(dir, other, { place, signal, onProgress: (done, total) => onProgress({ stage: 'write', done, total, item: other }) });
    merged.push({ library: resolve(other), taken, known });
    problems.push(...found);
  }
  const library = await openLibrary(dir);
  try {
    await library.compact();
    const rows = await library.tracks();
    const ok = rows.filter(({ measured }) => measured).length;
    return { library: library.dir, merged, files: { ok, failed: rows.length - ok }, problems, seconds: (performance.now() - started) / 1000 };
  } finally {
    await library.close();
  }
}
