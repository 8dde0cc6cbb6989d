import { statSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { inParallel } from './in-parallel.js';

/** What is known of a file without opening it; undefined where it is gone; an error where it may not be looked at. */
export type FileFacts = Pick<Stats, 'size' | 'mtimeMs'> | undefined | Error;

/** Files asked one by one before it is judged how fast the disk answers. */
const GROUP = 16;
/** Groups between two moments for whatever else waits. */
const GROUPS_AT_A_STRETCH = 256;
/** A local disk takes a few microseconds a file; what takes longer is a network, or a disk at work. */
const SLOW_MS = 0.2;
/** Folders of a slow disk until it is tried again. */
const TRIED_AGAIN_AFTER = 32;
const AT_ONCE = 64;

/**
 * Asks for the facts of files, folder by folder. One by one takes a fifth of the time that the thread pool takes, where the disk answers at once; where it does not, many
 * are asked at once.
 */
export class FileAsker {
  #slowFolders = 0;

  /** @param slowMs from how much time a file the disk counts as slow. */
  constructor(private readonly slowMs = SLOW_MS) {}

  /** The facts of a folder's files, in their order. */
  async ask(paths: readonly string[]): Promise<FileFacts[]> {
    const facts: FileFacts[] = [];
    if (this.#slowFolders > 0) this.#slowFolders -= 1;
    for (let groups = 1; this.#slowFolders === 0 && facts.length < paths.length; groups++) {
      if (groups % GROUPS_AT_A_STRETCH === 0) await setImmediate();
      const group = paths.slice(facts.length, facts.length + GROUP);
      let slow = 0;
      for (const path of group) {
        const started = performance.now();
        facts.push(askNow(path));
        if (performance.now() - started >= this.slowMs) slow += 1;
      }
      // Most of them: one alone may be slow because something else had the processor.
      if (slow > group.length / 2) this.#slowFolders = TRIED_AGAIN_AFTER;
    }
    return facts.length === paths.length ? facts : [...facts, ...(await inParallel(paths.slice(facts.length), AT_ONCE, askInBackground))];
  }
}

function askNow(path: string): FileFacts {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    return isGone(error) ? undefined : (error as Error);
  }
}

function askInBackground(path: string): Promise<FileFacts> {
  return stat(path).catch((error: NodeJS.ErrnoException) => (isGone(error) ? undefined : error));
}

/** Whether an error says that nothing is there any more. */
export function isGone(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
}
