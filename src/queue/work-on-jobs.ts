import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { SoundkinError } from '../errors.js';
import { failureText, PROTOCOL, QUEUE_NAME, refusalsKey, type JobAnswer, type JobProgress, type Refusal, type StoredJob, type WorkerFacts } from './job.js';
import { loadPackages } from './load-packages.js';
import { openRedis } from './open-redis.js';

/** What became of a job in a worker's hand. What is thrown instead is tried again, here or elsewhere. */
export type Handled<R> =
  | { readonly result: R }
  /** This worker cannot do it, nor others like it: the job goes back, and the worker ends. */
  | { readonly refused: SoundkinError };

export interface WorkOptions<D, R> {
  /** The address of a Redis. */
  readonly url: string;
  /** Does a job. Once the signal is aborted it throws soon, unless it is done: then the job goes back. */
  readonly handle: (data: D, job: { readonly signal: AbortSignal; readonly onProgress: (done: number) => void }) => Promise<Handled<R>>;
  /** What this worker computes with, once it knows. */
  readonly backend?: () => string | null;
  /** Ends the worker; the job in hand goes back. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the worker once no job is left, waiting or in anybody's hand. */
  readonly untilEmpty?: boolean;
  readonly onNotice?: (line: string) => void;
  /** Milliseconds after which a worker that gives no sign of life loses its job to another. Default 30,000. */
  readonly lockMs?: number;
}

export interface WorkOutcome {
  /** Jobs done. */
  readonly jobs: number;
  /** Why the worker ended by itself: a job that it could not do. */
  readonly refused: SoundkinError | null;
}

/** A worker may die of a job as often as the job says, not as the queue does. */
const NEVER = 1_000_000;
const PROGRESS_MS = 1000;
const EMPTY_LOOK_MS = 500;
/** How long a Redis that does not answer may hold up the end. */
const CLOSE_MS = 3000;
/** Refusals kept for a coordinator, and for how many seconds. */
const REFUSALS = 100;
const REFUSAL_SECONDS = 3600;

/**
 * Takes jobs, one at a time, and does them, until it is stopped. A job is answered only when it is done, so one whose worker dies is taken by another.
 *
 * @throws QUEUE_UNAVAILABLE when there is no Redis at the start; later it is waited for.
 */
export async function workOnJobs<D, R>(options: WorkOptions<D, R>): Promise<WorkOutcome> {
  const { signal, lockMs = 30_000 } = options;
  const { Queue, Worker } = loadPackages();
  const { redis } = await openRedis(options.url, options.onNotice ?? (() => undefined));
  const queue = new Queue(QUEUE_NAME, { connection: redis });
  const hand = new Hand(options, redis);
  const worker = new Worker(QUEUE_NAME, (job: Job, token?: string) => hand.take(job, token ?? ''), {
    connection: redis,
    autorun: false,
    concurrency: 1,
    lockDuration: lockMs,
    stalledInterval: lockMs / 2,
    maxStalledCount: NEVER,
    runRetryDelay: PROGRESS_MS,
  });
  // Connections are watched by openRedis, jobs by their coordinator.
  queue.on('error', () => undefined);
  worker.on('error', () => undefined);
  const stop = (): void => hand.stop();
  signal?.addEventListener('abort', stop);
  if (signal?.aborted === true) stop();
  const running = worker.run();
  running.catch(() => undefined);
  try {
    if (options.untilEmpty === true) void stopWhenEmpty(queue, hand);
    await Promise.race([hand.stopped, running]);
  } finally {
    signal?.removeEventListener('abort', stop);
    hand.stop();
    await Promise.race([worker.close().then(() => queue.close()), delay(CLOSE_MS, undefined, { ref: false })]).catch(() => undefined);
    redis.disconnect();
  }
  return { jobs: hand.jobs, refused: hand.refused };
}

async function stopWhenEmpty(queue: Queue, hand: { readonly isStopped: boolean; stop(): void }): Promise<void> {
  while (!hand.isStopped) {
    await delay(EMPTY_LOOK_MS, undefined, { ref: false });
    const left = await queue.getJobCountByTypes('wait', 'active', 'delayed', 'prioritized').catch(() => 1);
    if (left === 0) hand.stop();
  }
}

/** What holds the job. */
class Hand<D, R> {
  jobs = 0;
  refused: SoundkinError | null = null;
  readonly stopped: Promise<void>;
  readonly #stop = new AbortController();
  readonly #id = randomUUID();

  constructor(
    private readonly options: WorkOptions<D, R>,
    private readonly redis: Redis,
  ) {
    this.stopped = new Promise((done) => this.#stop.signal.addEventListener('abort', () => done()));
  }

  get isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  stop(): void {
    this.#stop.abort();
  }

  async take(job: Job<StoredJob<D>>, token: string): Promise<JobAnswer<R>> {
    const { UnrecoverableError } = loadPackages();
    const { protocol, group, lives, data } = job.data;
    if (this.isStopped) return this.#giveBack(job, token);
    if (protocol !== PROTOCOL) return this.#refuse(job, token, group, new SoundkinError('LIBRARY_FORMAT', `queue: expected jobs of form ${PROTOCOL}, got form ${protocol}. Run the same version of Soundkin everywhere.`));
    if (job.stalledCounter >= lives) {
      const message = `queue: expected a worker to outlive its job, but ${job.stalledCounter} died of it, or of their machines. What it works on may be at fault.`;
      throw new UnrecoverableError(failureText(new SoundkinError('WORKER_DIED', message)));
    }
    const progress = new Progress(job, () => this.#facts());
    let handled: Handled<R>;
    try {
      handled = await this.options.handle(data, { signal: this.#stop.signal, onProgress: (done) => progress.set(done) });
    } catch (error) {
      if (this.isStopped) return this.#giveBack(job, token);
      throw new Error(failureText(error), { cause: error });
    }
    if ('refused' in handled) return this.#refuse(job, token, group, handled.refused);
    this.jobs += 1;
    return { ...progress.now(), result: handled.result };
  }

  #facts(): WorkerFacts {
    return { id: this.#id, host: hostname(), backend: this.options.backend?.() ?? null };
  }

  async #refuse(job: Job, token: string, group: string, error: SoundkinError): Promise<never> {
    this.refused = error;
    const key = refusalsKey(group);
    const refusal: Refusal = { worker: this.#facts(), code: error.code, message: error.message };
    await this.redis.multi().rpush(key, JSON.stringify(refusal)).ltrim(key, -REFUSALS, -1).expire(key, REFUSAL_SECONDS).exec();
    this.stop();
    return this.#giveBack(job, token);
  }

  async #giveBack(job: Job, token: string): Promise<never> {
    await job.moveToWait(token);
    throw new (loadPackages().WaitingError)();
  }
}

/** Tells how far the job in hand is, now and then, and never waits for it to be heard. */
class Progress {
  readonly #started = performance.now();
  #done = 0;
  #told = -Infinity;
  #telling = false;

  constructor(
    private readonly job: Job,
    private readonly facts: () => WorkerFacts,
  ) {
    this.set(0);
  }

  set(done: number): void {
    this.#done = done;
    if (this.#telling || performance.now() - this.#told < PROGRESS_MS) return;
    this.#told = performance.now();
    this.#telling = true;
    this.job
      .updateProgress(this.now())
      .catch(() => undefined)
      .finally(() => (this.#telling = false));
  }

  now(): JobProgress {
    return { worker: this.facts(), done: this.#done, perSecond: (1000 * this.#done) / Math.max(1, performance.now() - this.#started) };
  }
}
