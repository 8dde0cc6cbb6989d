import { createThreadPool, type ThreadPool } from '../threads/thread-pool.js';

/**
 * Worker threads that start now, while whatever a command needs besides is still being loaded. Whoever calls closes them.
 *
 * @throws CONFIG_RANGE when the number of workers is no integer from 1.
 */
export function startThreads(workers?: number): ThreadPool {
  const threads = createThreadPool(workers === undefined ? {} : { workers });
  threads.start();
  return threads;
}

/** Starts threads for a command that is still to be loaded; its `startThreads` takes them. */
export { startEarlyThreads } from '../threads/early-threads.js';
