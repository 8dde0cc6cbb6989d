import { availableParallelism } from 'node:os';
import { messageOf, SoundkinError } from '../errors.js';
import type { SoundStage, StageSeconds } from '../stage-seconds.js';
import { takeEarly } from './early-threads.js';
import type { Reply, Request } from './serve-tasks.js';
import type { Fault, MeasuredFile, Outcome, TaskInput, TaskName, Tasks } from './tasks.js';
import { startWorker, type WatchedWorker } from './watched-worker.js';
import { watchProgress, type Watched } from './watch-progress.js';

/** Worker threads that do one task at a time each. */
export interface ThreadPool {
  readonly size: number;
  /** What its threads have spent on sounds since it was made. */
  readonly seconds: StageSeconds;
  /** Starts a thread, where that has not been done: it is ready the sooner. */
  start(): void;
  /**
   * Runs a task in whichever thread is free. It never rejects: a thread that dies is replaced, the task tried once more, and then its file has a fault. So has one that
   * makes no progress, at once.
   */
  run<N extends TaskName>(name: N, input: TaskInput<N>): Promise<Outcome<Tasks[N]['output']>>;
  /** Measures files as one task, in the order of the paths. Where its thread dies or is stuck each is tried alone, so that only those to blame have a fault. */
  measure(input: TaskInput<'measure'>): Promise<readonly Outcome<MeasuredFile>[]>;
  /** Ends the threads; tasks that are running are given up. */
  close(): Promise<void>;
}

/** A task whose thread dies may have died of its neighbours' hunger for memory: it has a second chance, no third. */
const TRIES = 2;
/** Tasks that lie ready in a thread beside the one it does: while this thread is busy, as with loading DuckDB, none there waits for it. */
const AHEAD = 1;

export interface ThreadPoolOptions {
  /** Threads, 1 or more. Default: as many as the machine lets this process use. */
  readonly workers?: number;
  /** A module of handlers for the threads, in place of Soundkin's own. */
  readonly handlers?: string;
  /** Milliseconds without progress after which a thread is ended. Default a minute and a half, and more while a large file is read whole. */
  readonly patienceMs?: number;
}

/** Longer than anything in a thread waits by itself, as for ffmpeg. */
const PATIENCE_MS = 90_000;

/** How one try ended: with an outcome, or with the end of its thread. */
type Ending = { readonly outcome: Outcome<unknown> } | Death;

interface Death {
  readonly outcome?: never;
  readonly reason: string;
  /** By the pool's own end. */
  readonly closed: boolean;
  /** Which of its files it was at when it made no progress. */
  readonly stuckAt?: number;
  /** It had no memory left. */
  readonly isMemory?: boolean;
}

interface Task extends Request {
  readonly end: (ending: Ending) => void;
}

interface Thread extends WatchedWorker {
  /** Handed over, oldest first: the first of them is being done. */
  readonly tasks: Task[];
}

/**
 * @throws CONFIG_RANGE when the number of workers is no integer from 1.
 */
export function createThreadPool({ workers = availableParallelism(), handlers, patienceMs = PATIENCE_MS }: ThreadPoolOptions = {}): ThreadPool {
  if (!Number.isInteger(workers) || workers < 1) throw new SoundkinError('CONFIG_RANGE', `threads: expected workers to be an integer of 1 or more, got ${workers}. Choose such a number.`);
  const threads = new Set<Thread>();
  const waiting: Task[] = [];

  const seconds: Record<SoundStage, number> = { decode: 0, resample: 0, features: 0 };
  const watch = watchProgress(patienceMs);

  const addThread = (): Thread => {
    const started = (handlers === undefined ? takeEarly() : undefined) ?? startWorker({ handlers });
    const thread: Thread = { ...started, tasks: [] };
    threads.add(thread);
    let reason = 'it ended';
    const letGo = (ending: Omit<Death, 'closed'>): void => {
      watch.remove(watched);
      // A pool that was closed has let go of it.
      if (!threads.delete(thread)) return;
      const [current, ...others] = thread.tasks;
      waiting.unshift(...others);
      current?.end({ ...ending, closed: false });
      deal();
    };
    const watched: Watched = {
      signs: thread.signs,
      isBusy: () => thread.tasks.length > 0,
      // It is not waited for: what hangs in the system's hands ends when the system lets it.
      onStuck: ({ item }, seconds) => {
        letGo({ reason: `it made no progress for ${seconds} seconds`, stuckAt: item });
        void thread.end();
      },
    };
    watch.add(watched);
    thread.worker.on('message', ({ outcome, error = '', seconds: more }: Reply) => {
      for (const stage of Object.keys(more) as SoundStage[]) seconds[stage] += more[stage];
      thread.tasks.shift()?.end(outcome === undefined ? { reason: error, closed: false } : { outcome });
      deal();
    });
    let isMemory = false;
    thread.worker.on('error', (error) => {
      reason = messageOf(error);
      isMemory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
    });
    thread.worker.on('exit', () => letGo({ reason, isMemory }));
    return thread;
  };

  /** The thread for the next task; a task waits for a thread that is free rather than behind another, unless there are enough for all. */
  const threadForNext = (): Thread | undefined => {
    let [best] = threads;
    for (const thread of threads) if (thread.tasks.length < best!.tasks.length) best = thread;
    if (best?.tasks.length === 0) return best;
    if (threads.size < workers) return addThread();
    return best!.tasks.length <= AHEAD && waiting.length > workers ? best : undefined;
  };

  const deal = (): void => {
    for (let thread = waiting.length > 0 && threadForNext(); thread; thread = waiting.length > 0 && threadForNext()) {
      const task = waiting.shift()!;
      thread.tasks.push(task);
      thread.worker.postMessage({ name: task.name, input: task.input } satisfies Request);
    }
  };

  const attempt = (name: TaskName, input: unknown): Promise<Ending> =>
    new Promise((end) => {
      waiting.push({ name, input, end });
      deal();
    });

  const run: ThreadPool['run'] = async (name, input) => {
    let death: Death | undefined;
    for (let tries = 0; tries < TRIES && death?.closed !== true; tries++) {
      const ending = await attempt(name, input);
      if (ending.outcome !== undefined) return ending.outcome as never;
      death = ending;
      if (death.stuckAt !== undefined) return { fault: stuckFault('paths' in input ? input.paths[death.stuckAt]! : input.path, death.reason) };
    }
    const { reason, isMemory = false } = death!;
    const what = 'paths' in input ? input.paths.join('", "') : input.path;
    if (isMemory) return { fault: { code: 'MEMORY_EXCEEDED', message: `threads: expected "${what}" to fit into memory, but its thread had none left, twice. Cut it into parts, or convert it with another program.` } };
    return { fault: { code: 'DECODE_CRASHED', message: `threads: expected to work on "${what}", but its thread died ${TRIES} times (${reason}). The file may be damaged in a way that a decoder cannot bear; convert it with another program.` } };
  };

  const measureOne = async (input: TaskInput<'measure'>): Promise<readonly Outcome<MeasuredFile>[]> => {
    const { value, fault } = await run('measure', input);
    return fault === undefined ? value : [{ fault }];
  };

  return {
    size: workers,
    seconds,
    start: () => {
      if (threads.size === 0) addThread();
    },
    run,
    measure: async (input) => {
      const { paths } = input;
      if (paths.length === 1) return measureOne(input);
      const ending = await attempt('measure', input);
      if (ending.outcome !== undefined) return ending.outcome.value as Outcome<MeasuredFile>[];
      const { reason, stuckAt } = ending;
      return (await Promise.all(paths.map((path, i) => (i === stuckAt ? [{ fault: stuckFault(path, reason) }] : measureOne({ ...input, paths: [path] }))))).flat();
    },
    close: async () => {
      const ended = [...threads];
      threads.clear();
      const given = [...ended.flatMap(({ tasks }) => tasks), ...waiting.splice(0)];
      for (const { end } of given) end({ reason: 'it was ended', closed: true });
      for (let early = takeEarly(); early !== undefined; early = takeEarly()) ended.push({ ...early, tasks: [] });
      await Promise.all(ended.map((thread) => thread.end()));
    },
  };
}

function stuckFault(path: string, reason: string): Fault {
  return { code: 'DECODE_TIMEOUT', message: `threads: expected to come to an end with "${path}", but ${reason}, and was ended. The file may be damaged in a way that its decoder never leaves; convert it with another program, or measure again with --retry-errors if the disk was to blame.` };
}
