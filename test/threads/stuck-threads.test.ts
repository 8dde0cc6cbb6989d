import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_ANALYSIS } from '../../src/config/analysis.js';
import { createThreadPool, type ThreadPool, type ThreadPoolOptions } from '../../src/threads/index.js';
import { watchProgress } from '../../src/threads/watch-progress.js';

const fragile = fileURLToPath(new URL('./fixtures/fragile.mjs', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'soundkin-stuck-'));
const PATH = process.env['PATH'];
let pool: ThreadPool;
afterEach(async () => {
  await pool.close();
  process.env['PATH'] = PATH;
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Long beside what a thread takes to start on a busy machine, short beside a test. */
const PATIENCE_MS = 1500;
const open = (options: ThreadPoolOptions = {}): void => void (pool = createThreadPool({ workers: 1, handlers: fragile, patienceMs: PATIENCE_MS, ...options }));
const measure = (...paths: string[]): Promise<readonly unknown[]> => pool.measure({ paths } as never);
const codeOf = (outcome: unknown): string | undefined => (outcome as { fault?: { code: string } }).fault?.code;
const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // What nobody has asked after yet is not there any more either.
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
};

describe('a thread that gets nowhere', () => {
  it.each(['loops', 'loops in wasm', 'waits'])('is ended where a file %s, and the next file has another', async (culprit) => {
    open();
    const [[stuck], [next]] = await Promise.all([measure(culprit), measure('a')]);
    expect(stuck).toMatchObject({ fault: { code: 'DECODE_TIMEOUT', message: expect.stringMatching(new RegExp(`^threads: expected .*"${culprit}", but it made no progress for \\d+ seconds, and was ended\\. .*convert`)) } });
    expect(next).toMatchObject({ value: { path: 'a' } });
  });

  it('costs a batch the file alone that it was at, which is not tried again', async () => {
    open({ workers: 2 });
    const outcomes = await measure('a', 'loops', 'broken', 'b');
    expect(outcomes.map(codeOf)).toEqual([undefined, 'DECODE_TIMEOUT', 'DECODE_FAILED', undefined]);
    expect(outcomes[3]).toMatchObject({ value: { path: 'b' } });
  });

  it('finds each of several in one batch', async () => {
    open({ workers: 2 });
    expect((await measure('loops', 'a', 'dies', 'loops in wasm')).map(codeOf)).toEqual(['DECODE_TIMEOUT', undefined, 'DECODE_CRASHED', 'DECODE_TIMEOUT']);
  });

  it('is none that goes on, however long it takes', async () => {
    open({ patienceMs: 400 });
    await measure('a'); // it has started
    expect(await measure('steps:1500')).toMatchObject([{ value: { path: 'steps:1500' } }]);
  });

  it('takes the program along that works for it', async () => {
    const bin = join(work, 'bin');
    const mark = join(work, 'pid');
    mkdirSync(bin);
    writeFileSync(join(bin, 'ffmpeg'), `#!/bin/sh\necho $$ > '${mark}'\nexec sleep 1000\n`);
    chmodSync(join(bin, 'ffmpeg'), 0o755);
    process.env['PATH'] = `${bin}${delimiter}${PATH}`;
    const file = join(work, 'a.wma');
    // ASF's own first bytes.
    writeFileSync(file, Buffer.concat([Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex'), Buffer.alloc(1000)]));
    pool = createThreadPool({ workers: 1, patienceMs: PATIENCE_MS });
    expect(codeOf(await pool.run('decode', { path: file, settings: DEFAULT_ANALYSIS }))).toBe('DECODE_TIMEOUT');
    const pid = Number(readFileSync(mark, 'utf8'));
    expect(pid).toBeGreaterThan(1);
    for (let tries = 0; tries < 50 && isRunning(pid); tries++) await wait(20);
    expect(isRunning(pid)).toBe(false);
  });

  it('lets a FIFO be an error at once', async () => {
    const fifo = join(work, 'fifo.wav');
    execFileSync('mkfifo', [fifo]);
    pool = createThreadPool({ workers: 1 });
    expect(codeOf(await pool.run('decode', { path: fifo, settings: DEFAULT_ANALYSIS }))).toBe('DECODE_READ');
  });
});

describe('a thread whose file floods memory', () => {
  it('ends alone, and the file has a fault that tells of memory', async () => {
    open({ patienceMs: 60_000 });
    const outcomes = await measure('a', 'floods the heap', 'b');
    expect(outcomes.map(codeOf)).toEqual([undefined, 'MEMORY_EXCEEDED', undefined]);
    expect(outcomes[1]).toMatchObject({ fault: { message: expect.stringMatching(/^threads: expected "floods the heap" to fit into memory.*Cut it/) } });
  });
});

describe('watchProgress', () => {
  const idle = { isBusy: () => true, onStuck: (): void => void stuck++ };
  let stuck = 0;

  it('does not count the time that nobody could run in', async () => {
    open();
    stuck = 0;
    const watch = watchProgress(300);
    const thread = { ...idle, signs: () => ({ beats: 0, item: 0, extraMs: 0, children: [] }) };
    watch.add(thread);
    // This process stands still, as one that was stopped: the time passes, and no look was taken.
    for (const until = performance.now() + 600; performance.now() < until; );
    await wait(20);
    expect(stuck).toBe(0);
    await wait(500);
    expect(stuck).toBe(1);
    watch.remove(thread);
  });

  it('waits longer for a step that says so, and for ever for one with nothing to do', async () => {
    open();
    stuck = 0;
    const watch = watchProgress(100);
    const patient = { ...idle, signs: () => ({ beats: 0, item: 0, extraMs: 1000, children: [] }) };
    const unemployed = { ...idle, isBusy: () => false, signs: () => ({ beats: 0, item: 0, extraMs: 0, children: [] }) };
    watch.add(patient);
    watch.add(unemployed);
    await wait(400);
    expect(stuck).toBe(0);
    watch.remove(patient);
    watch.remove(unemployed);
  });
});
