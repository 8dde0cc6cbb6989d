import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { extract } from '../../src/commands/extract.js';
import { offerTracks, type OfferTracksOptions } from '../../src/commands/offer-tracks.js';
import { openLibrary, type LibraryFormat, type TrackRow } from '../../src/library/index.js';
import { scan } from '../../src/scan/scan.js';
import { copySamples, temporaryFolder, TWELVE } from '../support/real-samples.js';
import { describeWithRedis, HAS_REDIS, startRedis, type RedisServer } from '../support/redis-server.js';
import { REPOSITORY } from '../support/source-files.js';

const work = temporaryFolder();
const sounds = join(work, 'sounds');
/** What a single machine makes of them. */
let alone: ReadonlyMap<string, unknown>;
let format: LibraryFormat;
let redis: RedisServer;
let workers: { readonly child: ChildProcess; readonly ended: Promise<string> }[] = [];
let runs = 0;

beforeAll(async () => {
  if (!HAS_REDIS) return;
  copySamples(sounds, Object.fromEntries(Array.from({ length: 36 }, (_, i) => [`part ${i % 3}/${i}-ü.flac`, TWELVE[i % TWELVE.length]!])));
  writeFileSync(join(sounds, 'broken.wav'), 'no sound at all');
  const library = join(work, 'alone');
  await extract({ sounds: [sounds], library, backend: 'wasm', workers: 1 });
  const open = await openLibrary(library, { readOnly: true });
  ({ format } = open);
  await open.close();
  alone = await contents(library);
  expect(alone.size).toBe(37 + 2 * 36);
});

beforeEach(async () => {
  redis = await startRedis();
  workers = [];
});

afterEach(async () => {
  for (const { child } of workers) child.kill('SIGKILL');
  await Promise.all(workers.map(({ ended }) => ended));
  await redis.stop();
});

/** All that a library knows of each sound, features to the bit. */
async function contents(dir: string): Promise<Map<string, unknown>> {
  const open = await openLibrary(dir, { readOnly: true });
  try {
    const rows = new Map<string, unknown>((await open.tracks()).map((row) => [row.path, row]));
    for (const { name } of open.format.recipes) {
      const { points, width, tracks } = await open.readPoints(name);
      tracks.forEach(({ path }, i) => rows.set(`${path} ${name}`, createHash('sha256').update(new Uint8Array(points.slice(i * width, (i + 1) * width).buffer)).digest('hex')));
    }
    return rows;
  } finally {
    await open.close();
  }
}

function startWorker(options: { readonly poison?: string; readonly map?: readonly string[] } = {}) {
  const child = spawn(process.execPath, ['scripts/run-ts.mjs', 'test/commands/queue-worker.ts', redis.url, ...(options.map ?? [])], { cwd: REPOSITORY, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, POISON: options.poison ?? '' } });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const worker = { child, ended: new Promise<string>((done) => child.on('close', () => done(said))) };
  workers.push(worker);
  return worker;
}

const alive = (): number => workers.filter(({ child }) => child.exitCode === null && child.signalCode === null).length;

/** A run that measures nothing itself. */
async function offer(more: Partial<OfferTracksOptions> = {}, folder = sounds) {
  const dir = join(work, `library-${(runs += 1)}`);
  const library = await openLibrary(dir, { create: format });
  const { tracks } = await scan([folder]);
  const notices: string[] = [];
  const lost: TrackRow[] = [];
  let answered = 0;
  const done = offerTracks(tracks, {
    queue: redis.url,
    library,
    mostTracks: 3,
    onRow: async (row) => void lost.push(row),
    onProgress: ({ done: count }) => (answered = count),
    onNotice: (line) => notices.push(line),
    ...more,
  }).finally(() => library.close());
  done.catch(() => undefined);
  return { dir, notices, lost, done, answered: () => answered };
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await delay(20);
};

describeWithRedis('a run on a queue', () => {
  it('makes the library that a single machine makes, though workers and Redis are killed', async () => {
    const run = await offer();
    startWorker();
    startWorker();
    await until(() => run.answered() >= 6);
    workers[0]!.child.kill('SIGKILL');
    startWorker();
    await until(() => run.answered() >= 12);
    await redis.kill();
    await delay(300);
    await redis.start();
    await until(() => run.answered() >= 24);
    workers[1]!.child.kill('SIGKILL');
    const outcome = await run.done;
    expect(await contents(run.dir)).toEqual(alone);
    expect(run.lost).toEqual([]);
    expect(outcome.measured).toBe(36);
    expect(outcome.workers.reduce((sum, { tracks }) => sum + tracks, 0)).toBe(37); // a job done twice is counted once
    expect(outcome.workers).toHaveLength(3);
    expect(outcome.workers.every(({ backend }) => backend === 'wasm')).toBe(true);
    expect(run.notices.filter((line) => /joined/.test(line))).toHaveLength(3);
    expect(run.notices.filter((line) => /is gone|is back/.test(line))).toHaveLength(2);
    await (await openLibrary(run.dir)).close(); // lets go of what killed workers had begun to write
    expect(readdirSync(join(run.dir, 'rows')).every((name) => name.endsWith('.parquet'))).toBe(true);
  });

  it('loses a sound that kills its worker, and nothing else', async () => {
    const poison = 'part 1/4-ü.flac';
    const run = await offer();
    const keep = setInterval(() => void (alive() < 2 && startWorker({ poison })), 50);
    try {
      expect((await run.done).measured).toBe(35);
    } finally {
      clearInterval(keep);
    }
    expect(run.lost).toMatchObject([{ path: poison, root: sounds, features: null, code: 'WORKER_DIED' }]);
    const expected = new Map(alone);
    for (const key of ['', ' kin', ' seed']) expect(expected.delete(`${poison}${key}`)).toBe(true);
    expect(await contents(run.dir)).toEqual(expected);
  });

  it('serves workers that have the folders elsewhere: rows name the places of the run', async () => {
    const elsewhere = join(work, 'mounted');
    mkdirSync(elsewhere);
    symlinkSync(sounds, join(elsewhere, 'music'));
    const run = await offer();
    symlinkSync(run.dir, join(elsewhere, 'library'));
    startWorker({ map: [`${sounds}=${join(elsewhere, 'music')}/`, `${run.dir}=${join(elsewhere, 'library')}`] });
    await run.done;
    expect(await contents(run.dir)).toEqual(alone);
  });

  it('is refused by a worker without the sounds or the library, which the run then tells', async () => {
    const empty = join(work, 'empty');
    mkdirSync(empty, { recursive: true });
    const stop = new AbortController();
    const run = await offer({ signal: stop.signal });
    for (const [map, code, told] of [
      [`${sounds}=${empty}`, 'SCAN_NOT_FOUND', 'an empty one'],
      [`${sounds}=${join(work, 'nowhere')}`, 'SCAN_NOT_FOUND', 'ENOENT'],
      [`${run.dir}=${join(work, 'nowhere')}`, 'LIBRARY_NOT_FOUND', 'ENOENT'],
      [`${run.dir}=${join(work, 'alone')}`, 'LIBRARY_MIXED', 'got another'],
    ] as const) {
      const seen = run.notices.length;
      const { jobs, refused } = JSON.parse(await startWorker({ map: [map] }).ended) as { jobs: number; refused: { code: string; message: string } };
      expect(jobs).toBe(0);
      expect(refused).toMatchObject({ code, message: expect.stringContaining(told) });
      await until(() => run.notices.slice(seen).some((line) => line.includes(refused.message)));
    }
    stop.abort();
    expect(await run.done).toMatchObject({ measured: 0 });
  });

  it('ends with what is done when it is stopped', async () => {
    const stop = new AbortController();
    const run = await offer({ signal: stop.signal });
    const worker = startWorker();
    await until(() => run.answered() >= 6);
    stop.abort();
    const { measured } = await run.done;
    expect(measured).toBeLessThan(36);
    worker.child.kill('SIGINT');
    const { tracks } = JSON.parse(await worker.ended) as { tracks: number };
    const rows = await contents(run.dir);
    expect([...rows.keys()].filter((key) => !key.endsWith(' kin') && !key.endsWith(' seed'))).toHaveLength(tracks);
    for (const [key, value] of rows) expect(value).toEqual(alone.get(key));
  });

  it('fails where the rows that workers wrote do not appear', async () => {
    const run = await offer({ seenMs: 500 });
    const copy = `${run.dir}-copy`;
    cpSync(run.dir, copy, { recursive: true });
    startWorker({ map: [`${run.dir}=${copy}`] });
    await expect(run.done).rejects.toMatchObject({ code: 'LIBRARY_WRITE', message: expect.stringContaining('those of 37 sounds did not') });
  });
});
