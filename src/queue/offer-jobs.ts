import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobType, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { failureOf, PROTOCOL, QUEUE_NAME, refusalsKey, type JobAnswer, type JobFailure, type JobProgress, type Refusal, type StoredJob } from './job.js';
import { loadPackages } from './load-packages.js';
import { openRedis } from './open-redis.js';

/** How things stand, told again and again. */
export interface OfferState {
  /** What workers have in hand. */
  readonly inHand: readonly JobProgress[];
  /** Jobs that wait for a worker. */
  readonly waiting: number;
}

export interface OfferOptions<D, R> {
  /** The address of a Redis. */
  readonly url: string;
  /** Names the work: what an earlier coordinator of this group left in the queue is withdrawn. Letters and digits. */
  readonly group: string;
  /** Taken as there is room for them. */
  readonly jobs: Iterable<D>;
  /** The parts of a job, each a job: tried one by one where the whole kills its workers. One part, where it has no smaller ones. */
  readonly split: (data: D) => readonly D[];
  readonly onAnswer: (data: D, answer: JobAnswer<R>) => Promise<void> | void;
  /** A job that nobody could do: of code WORKER_DIED where it killed its workers. What this throws ends the offer. */
  readonly onFailure: (data: D, failure: JobFailure) => Promise<void> | void;
  readonly onRefusal?: (refusal: Refusal) => void;
  readonly onState?: (state: OfferState) => void;
  /** Lines for people: Redis is gone, Redis is back. */
  readonly onNotice?: (line: string) => void;
  /** Ends the offer early: waiting jobs are withdrawn; workers end those in hand for themselves. */
  readonly signal?: AbortSignal | undefined;
  /** Jobs in Redis at once; neither its memory nor ours grows with the work. Default 256. */
  readonly window?: number;
  /** Milliseconds from one look into the queue to the next. Default 250. */
  readonly lookMs?: number;
  /** Milliseconds until a job that failed is tried again; twice as many each further time. Default 1000. */
  readonly backOffMs?: number;
}

/** Workers that may die of a job before it is split, or is a failure. */
const LIVES = 3;
/** Workers that may die of a part of a job that was split: the killer is among the parts, so they have one try less. */
const LIVES_OF_PART = 2;
/** Tries of a job whose worker tells of a fault, each after twice the time. */
const ATTEMPTS = 5;
/** Jobs added at a time. */
const BULK = 32;
/** Nobody reads the queue's events: few are kept. */
const EVENTS = 100;
/** How long a Redis that does not answer may hold up the end. */
const WITHDRAW_MS = 3000;
/** Answers that nobody asked for any more leave Redis after this time, in seconds. */
const KEPT_SECONDS = 24 * 3600;

const UNTAKEN: JobType[] = ['wait', 'delayed', 'prioritized'];
const FINISHED: JobType[] = ['completed', 'failed'];

interface Offered<D> {
  readonly data: D;
  readonly lives: number;
}

/**
 * Has jobs done by whatever workers there are, and waits for all of them.
 *
 * What is still to be done is kept here: Redis may die and come back empty, and jobs that it lost are offered again. The queue is looked into, rather than
 * listened to, because a look misses nothing. So a job may be done twice; it is answered once.
 *
 * @throws QUEUE_UNAVAILABLE when there is no Redis at the start; what a callback throws.
 */
export async function offerJobs<D, R>(options: OfferOptions<D, R>): Promise<void> {
  const { redis } = await openRedis(options.url, options.onNotice ?? (() => undefined));
  const queue = new (loadPackages().Queue)(QUEUE_NAME, { connection: redis, streams: { events: { maxLen: EVENTS } } });
  queue.on('error', () => undefined); // connections are watched by openRedis
  const offer = new Offer(options, queue, redis);
  try {
    await offer.run();
  } finally {
    await Promise.race([offer.withdraw().then(() => queue.close()), delay(WITHDRAW_MS, undefined, { ref: false })]).catch(() => undefined);
    redis.disconnect();
  }
}

class Offer<D, R> {
  /** What is in Redis, or should be, by the job's id. */
  readonly #offered = new Map<string, Offered<D>>();
  /** Parts of jobs that were split: they go before the rest. */
  readonly #parts: Offered<D>[] = [];
  readonly #source: Iterator<D>;
  readonly #prefix: string;
  #count = 0;
  #exhausted = false;

  constructor(
    private readonly options: OfferOptions<D, R>,
    private readonly queue: Queue,
    private readonly redis: Redis,
  ) {
    this.#source = options.jobs[Symbol.iterator]();
    this.#prefix = `${options.group}-${randomBytes(4).toString('hex')}-`;
  }

  async run(): Promise<void> {
    const { signal, lookMs = 250 } = this.options;
    let stop: () => void = () => undefined;
    // A command waits for as long as Redis is away; whoever stops us does not.
    const stopped = new Promise<'stopped'>((done) => (stop = () => done('stopped')));
    signal?.addEventListener('abort', stop);
    if (signal?.aborted === true) stop();
    try {
      await Promise.race([this.withdraw(), stopped]);
      while (signal?.aborted !== true) {
        const round = this.#round();
        round.catch(() => undefined);
        if ((await Promise.race([round, stopped])) !== 'go on') return;
        await Promise.race([delay(lookMs), stopped]);
      }
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Removes all that this group, or one before it, has in the queue and no worker has in hand. */
  async withdraw(): Promise<void> {
    const ours = (await this.#ids([...UNTAKEN, ...FINISHED])).filter((id) => id.startsWith(`${this.options.group}-`));
    for (let i = 0; i < ours.length; i += BULK) await Promise.all(ours.slice(i, i + BULK).map((id) => this.queue.remove(id)));
    await this.redis.del(refusalsKey(this.options.group));
  }

  async #round(): Promise<'go on' | 'done'> {
    await this.#fill();
    const there = new Set(await this.#ids([...UNTAKEN, 'active', ...FINISHED]));
    await this.#add([...this.#offered].filter(([id]) => !there.has(id)));
    for (const id of await this.#ids(FINISHED)) await this.#settle(id);
    await this.#hearRefusals();
    await this.#tell();
    await this.#fill();
    return this.#offered.size === 0 && this.#exhausted ? 'done' : 'go on';
  }

  async #fill(): Promise<void> {
    const { window = 256 } = this.options;
    const fresh: [string, Offered<D>][] = [];
    while (this.#offered.size + fresh.length < window) {
      const next = this.#parts.pop() ?? this.#next();
      if (next === undefined) break;
      fresh.push([`${this.#prefix}${this.#count++}`, next]);
    }
    for (const [id, offered] of fresh) this.#offered.set(id, offered);
    await this.#add(fresh);
  }

  #next(): Offered<D> | undefined {
    if (this.#exhausted) return undefined;
    const { value, done } = this.#source.next();
    if (done === true) this.#exhausted = true;
    return done === true ? undefined : { data: value, lives: LIVES };
  }

  /** A job whose id is in the queue already is not added again. */
  async #add(offered: readonly (readonly [string, Offered<D>])[]): Promise<void> {
    const { group, backOffMs = 1000 } = this.options;
    const opts = { attempts: ATTEMPTS, backoff: { type: 'exponential', delay: backOffMs }, removeOnComplete: { age: KEPT_SECONDS }, removeOnFail: { age: KEPT_SECONDS }, stackTraceLimit: 0 };
    for (let i = 0; i < offered.length; i += BULK) {
      await this.queue.addBulk(offered.slice(i, i + BULK).map(([jobId, { data, lives }]) => ({ name: group, data: { protocol: PROTOCOL, group, lives, data } satisfies StoredJob<D>, opts: { ...opts, jobId } })));
    }
  }

  async #settle(id: string): Promise<void> {
    if (!id.startsWith(`${this.options.group}-`)) return;
    const offered = this.#offered.get(id);
    if (offered !== undefined) {
      const [answer, failed] = await this.redis.hmget(this.queue.toKey(id), 'returnvalue', 'failedReason');
      if (typeof answer === 'string') await this.options.onAnswer(offered.data, JSON.parse(answer) as JobAnswer<R>);
      else if (typeof failed === 'string') await this.#fail(offered, failureOf(failed));
      else return; // Redis lost it between two looks: the next one sees that
      this.#offered.delete(id);
    }
    await this.queue.remove(id);
  }

  async #fail({ data }: Offered<D>, failure: JobFailure): Promise<void> {
    const parts = failure.code === 'WORKER_DIED' ? this.options.split(data) : [];
    if (parts.length > 1) this.#parts.push(...parts.toReversed().map((part) => ({ data: part, lives: LIVES_OF_PART })));
    else await this.options.onFailure(data, failure);
  }

  async #hearRefusals(): Promise<void> {
    const key = refusalsKey(this.options.group);
    const told = await this.redis.lrange(key, 0, -1);
    if (told.length > 0) await this.redis.ltrim(key, told.length, -1);
    for (const text of told) this.options.onRefusal?.(JSON.parse(text) as Refusal);
  }

  async #tell(): Promise<void> {
    if (this.options.onState === undefined) return;
    const active = (await this.#ids(['active'])).filter((id) => this.#offered.has(id));
    const inHand: JobProgress[] = [];
    for (const id of active) {
      const told = await this.redis.hget(this.queue.toKey(id), 'progress');
      const progress = told === null ? null : (JSON.parse(told) as JobProgress | number);
      if (progress !== null && typeof progress === 'object') inHand.push(progress);
    }
    this.options.onState({ inHand, waiting: this.#offered.size - active.length });
  }

  /** One script, and so one moment: a job on its way from one state to the next is not missed. */
  async #ids(states: JobType[]): Promise<string[]> {
    return this.queue.getRanges(states, 0, -1);
  }
}
