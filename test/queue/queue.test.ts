import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { offerJobs, type JobFailure, type OfferOptions, type Refusal } from '../../src/queue/index.js';
import { describeWithRedis, freePort, startRedis, type RedisServer } from '../support/redis-server.js';
import { REPOSITORY } from '../support/source-files.js';

type Words = readonly string[];

interface Worker {
  readonly child: ChildProcess;
  /** What it printed when it ended. */
  readonly ended: Promise<string>;
}

let redis: RedisServer;
let folder: string;
let workers: Worker[];

beforeEach(async () => {
  redis = await startRedis();
  folder = mkdtempSync(join(tmpdir(), 'soundkin-queue-'));
  workers = [];
});

afterEach(async () => {
  for (const { child } of workers) child.kill('SIGKILL');
  await Promise.all(workers.map(({ ended }) => ended));
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
});

function startWorker(): Worker {
  const child = spawn(process.execPath, ['scripts/run-ts.mjs', 'test/queue/tally-worker.ts', redis.url, folder], { cwd: REPOSITORY, stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (said += text));
  const worker = { child, ended: new Promise<string>((done) => child.on('close', () => done(said))) };
  workers.push(worker);
  return worker;
}

/** Offers jobs, and keeps what is heard of them. */
function offer(jobs: Iterable<Words>, more: Partial<OfferOptions<Words, number>> = {}) {
  const answered: Words[] = [];
  const failed: (JobFailure & { readonly words: Words })[] = [];
  const refusals: Refusal[] = [];
  const notices: string[] = [];
  const done = offerJobs<Words, number>({
    url: redis.url,
    group: 'tally',
    jobs,
    lookMs: 50,
    split: (words) => words.map((word) => [word]),
    onAnswer: (words, { result, worker }) => {
      expect(result).toBe(words.length);
      expect(worker.backend).toBe('tally');
      answered.push(words);
    },
    onFailure: (words, failure) => void failed.push({ ...failure, words }),
    onRefusal: (refusal) => refusals.push(refusal),
    onNotice: (line) => notices.push(line),
    ...more,
  });
  return { done, answered, failed, refusals, notices };
}

const range = (n: number): Words[] => Array.from({ length: n }, (_, i) => [`${i}a`, `${i}b`]);
const written = (): string[] => readdirSync(folder).map(decodeURIComponent).sort();
const wordsOf = (jobs: readonly Words[]): string[] => jobs.flat().sort();
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await delay(20);
};
/** The jobs in Redis, in any state. */
const left = async (): Promise<number> => {
  const connection = new Redis(redis.url);
  const queue = new Queue('soundkin', { connection });
  const counts = await queue.getJobCounts();
  await queue.close();
  connection.disconnect();
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
};

describeWithRedis('jobs on a queue', () => {
  it('are each answered once, by all workers, and leave nothing behind', async () => {
    startWorker();
    startWorker();
    const jobs = range(40);
    const { done, answered, failed } = offer(jobs, { window: 7 });
    await done;
    expect(wordsOf(answered)).toEqual(wordsOf(jobs));
    expect(answered).toHaveLength(40);
    expect(failed).toEqual([]);
    expect(written()).toEqual(wordsOf(jobs));
    expect(new Set(written().map((word) => readFileSync(join(folder, word), 'utf8'))).size).toBe(2);
    expect(await left()).toBe(0);
  });

  it('never fill Redis or the memory: no more are taken than are in the window', async () => {
    let taken = 0;
    let answered = 0;
    let most = 0;
    startWorker();
    const jobs = (function* (): Generator<Words> {
      for (const job of range(30)) {
        taken += 1;
        most = Math.max(most, taken - answered);
        yield job;
      }
    })();
    await offer(jobs, { window: 5, onAnswer: () => void (answered += 1) }).done;
    expect([taken, answered]).toEqual([30, 30]);
    expect(most).toBeLessThanOrEqual(6); // the next is looked at when one was settled
  });

  it('outlive their workers', async () => {
    const first = startWorker();
    const jobs = range(30);
    const { done, answered, failed } = offer(jobs);
    await until(() => answered.length >= 3);
    first.child.kill('SIGKILL');
    const second = startWorker();
    await until(() => answered.length >= 10);
    second.child.kill('SIGKILL');
    startWorker();
    await done;
    expect(wordsOf(answered)).toEqual(wordsOf(jobs));
    expect(failed).toEqual([]);
    expect(written()).toEqual(wordsOf(jobs));
  });

  it('outlive Redis, which comes back empty', async () => {
    startWorker();
    startWorker();
    const jobs = range(60);
    const { done, answered, failed, notices } = offer(jobs);
    await until(() => answered.length >= 5);
    await redis.kill();
    await delay(500);
    await redis.start();
    await done;
    expect(wordsOf(answered)).toEqual(wordsOf(jobs));
    expect(answered).toHaveLength(60);
    expect(failed).toEqual([]);
    expect(notices.map((line) => line.replace(/^.*:\d+/, ''))).toEqual([' is gone; waiting for it.', ' is back.']);
  });

  it('that kill their workers are split, and lose the killer alone', async () => {
    const keep = setInterval(() => {
      if (workers.filter(({ child }) => child.exitCode === null && child.signalCode === null).length < 2) startWorker();
    }, 50);
    try {
      const { done, answered, failed } = offer([['1', '2'], ['3', 'poison', '4'], ['5']]);
      await done;
      expect(wordsOf(answered)).toEqual(['1', '2', '3', '4', '5']);
      expect(failed.map(({ code, words }) => [code, words])).toEqual([['WORKER_DIED', ['poison']]]);
    } finally {
      clearInterval(keep);
    }
    expect(workers.filter(({ child }) => child.signalCode === 'SIGKILL')).toHaveLength(5); // three of the job, two of its part
  });

  it('are tried again where a worker tells of a fault, and then given up', async () => {
    startWorker();
    const { done, answered, failed } = offer([['1'], ['fault', '2'], ['3']], { backOffMs: 50 });
    await done;
    expect(wordsOf(answered)).toEqual(['1', '3']);
    expect(failed).toEqual([{ code: 'LIBRARY_WRITE', message: 'tally: expected to write, got a fault.', words: ['fault', '2'] }]);
  });

  it('go back where a worker refuses; it ends, and the coordinator learns why', async () => {
    const worker = startWorker();
    const stop = new AbortController();
    const { done, failed, refusals } = offer([['refuse', '1']], { signal: stop.signal });
    expect(JSON.parse(await worker.ended)).toEqual({ jobs: 0, refused: 'LIBRARY_MIXED' });
    await until(() => refusals.length > 0);
    expect(refusals).toMatchObject([{ code: 'LIBRARY_MIXED', message: 'tally: expected other words, got refuse.', worker: { backend: 'tally' } }]);
    expect(await left()).toBe(1);
    stop.abort();
    await done;
    expect(failed).toEqual([]);
    expect(await left()).toBe(0);
  });

  it('go back when a worker is stopped, and are withdrawn when the coordinator is', async () => {
    const worker = startWorker();
    const stop = new AbortController();
    const { done, answered } = offer([['1', 'slow'], ['2'], ['3']], { signal: stop.signal });
    await until(() => written().includes('1'));
    const asked = performance.now();
    worker.child.kill('SIGINT');
    expect(JSON.parse(await worker.ended)).toEqual({ jobs: 0, refused: null });
    expect(performance.now() - asked).toBeLessThan(2500); // slow takes 3 s
    expect(await left()).toBe(3);
    stop.abort();
    await done;
    expect(answered).toEqual([]);
    expect(await left()).toBe(0);
  });

  it('of a coordinator that was killed are withdrawn by the next one, others stay', async () => {
    const connection = new Redis(redis.url);
    const queue = new Queue('soundkin', { connection });
    await queue.add('tally', { protocol: 1, group: 'tally', lives: 3, data: ['old'] }, { jobId: 'tally-00000000-0' });
    await queue.add('other', { protocol: 1, group: 'other', lives: 3, data: ['other'] }, { jobId: 'other-00000000-0' });
    await queue.close();
    connection.disconnect();
    startWorker();
    const { done, answered } = offer([['1']]);
    await done;
    expect(answered).toEqual([['1']]);
    await until(() => written().length === 2);
    expect(written()).toEqual(['1', 'other']);
  });

  it('end at once when the coordinator is stopped while Redis is away', async () => {
    const stop = new AbortController();
    const { done, notices } = offer([['1']], { signal: stop.signal });
    await delay(300);
    await redis.kill();
    await until(() => notices.length > 0);
    stop.abort();
    const asked = performance.now();
    await done;
    expect(performance.now() - asked).toBeLessThan(4000);
  });

  it('need a Redis that answers, and lets us in', async () => {
    const nowhere = await freePort();
    await expect(offer([], { url: `redis://:secret@127.0.0.1:${nowhere}` }).done).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE', message: expect.stringContaining(`redis://127.0.0.1:${nowhere}`) });
    const locked = await startRedis({ password: 'right' });
    try {
      for (const url of [`redis://:wrong@127.0.0.1:${locked.port}`, `redis://127.0.0.1:${locked.port}`]) {
        const { message, code } = (await offer([], { url }).done.catch((error: unknown) => error)) as { message: string; code: string };
        expect(code).toBe('QUEUE_UNAVAILABLE');
        expect(message).toMatch(/WRONGPASS|NOAUTH/);
        expect(message).not.toContain('wrong@');
      }
      await offer([], { url: locked.url }).done;
    } finally {
      await locked.stop();
    }
  });
});
