import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Piscina } from 'piscina';
import { messageOf, SoundkinError } from '../errors.js';
import { requirePackage } from '../require-package.js';
import type { Outcome, TaskInput, TaskName, Tasks } from './tasks.js';

/** Worker threads that take one file at a time each. */
export interface ThreadPool {
  readonly size: number;
  /** Starts the threads, where that has not been done: they are ready the sooner. */
  start(): void;
  /**
   * Runs a task in whichever thread is free. It never rejects: a thread that dies is replaced, the task tried once more, and then its file has a fault.
   */
  run<N extends TaskName>(name: N, input: TaskInput<N>): Promise<Outcome<Tasks[N]['output']>>;
  /** Ends the threads; tasks that are running are given up. */
  close(): Promise<void>;
}

/** Bundled with all that it needs into one file; a run from the sources finds it in dist. */
const PLACES = ['../bundle/worker.js', '../../dist/bundle/worker.js'];

function workerFile(): string {
  const found = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((file) => existsSync(file));
  if (found === undefined) throw new SoundkinError('INTERNAL', 'threads: expected bundle/worker.js beside the program, found none. Build or install Soundkin again.');
  return found;
}

/** A task whose thread dies may have died of its neighbours' hunger for memory: it has a second chance, no third. */
const TRIES = 2;

export interface ThreadPoolOptions {
  /** Threads, 1 or more. Default: as many as the machine lets this process use. */
  readonly workers?: number;
  /** The module that threads run. Default: Soundkin's own. */
  readonly file?: string;
}

/**
 * @throws CONFIG_RANGE when the number of workers is no integer from 1.
 */
export function createThreadPool({ workers = availableParallelism(), file }: ThreadPoolOptions = {}): ThreadPool {
  if (!Number.isInteger(workers) || workers < 1) throw new SoundkinError('CONFIG_RANGE', `threads: expected workers to be an integer of 1 or more, got ${workers}. Choose such a number.`);
  let threads: Promise<Piscina> | undefined;
  const started = (): Promise<Piscina> =>
    (threads ??= Promise.resolve().then(() => new (requirePackage<typeof import('piscina')>('piscina').Piscina)({ filename: file ?? workerFile(), minThreads: 1, maxThreads: workers, idleTimeout: Infinity, concurrentTasksPerWorker: 1 })));

  return {
    size: workers,
    start: () => {
      // What goes wrong is told by the first task.
      started().catch(() => undefined);
    },
    run: async (name, input) => {
      const pool = await started();
      let reason = '';
      for (let tries = 0; tries < TRIES; tries++) {
        try {
          return (await pool.run(input, { name })) as never;
        } catch (error) {
          reason = messageOf(error);
        }
      }
      return { fault: { code: 'DECODE_CRASHED', message: `threads: expected to work on "${'paths' in input ? input.paths.join('", "') : input.path}", but its thread died ${TRIES} times (${reason}). The file may be damaged in a way that a decoder cannot bear; convert it with another program.` } };
    },
    close: async () => {
      const pool = await threads?.catch(() => undefined);
      await pool?.destroy();
      threads = undefined;
    },
  };
}
