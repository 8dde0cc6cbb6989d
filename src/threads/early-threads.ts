import { availableParallelism } from 'node:os';
import { startWorker, type WatchedWorker } from './watched-worker.js';

const started: WatchedWorker[] = [];

/**
 * Starts threads before there is a pool: the first pool takes them.
 *
 * @param count threads, of which no more are started than there are processors.
 */
export function startEarlyThreads(count: number): void {
  try {
    while (started.length < Math.min(count, availableParallelism())) {
      const early = startWorker({ early: true });
      // Whoever takes it learns that it ended; until then nobody is to be bothered.
      early.worker.on('error', () => undefined);
      early.worker.unref();
      started.push(early);
    }
  } catch {
    // The pool that needs them says what is wrong.
  }
}

/** A thread that was started early and still runs, if there is one: whoever takes it ends it. */
export function takeEarly(): WatchedWorker | undefined {
  for (let early = started.shift(); early !== undefined; early = started.shift()) {
    if (early.worker.threadId < 0) continue;
    early.worker.ref();
    return early;
  }
  return undefined;
}
