import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_ANALYSIS } from '../../src/config/analysis.js';
import { encodeWav } from '../../src/decode/index.js';
import { startEarlyThreads, takeEarly } from '../../src/threads/early-threads.js';
import { createThreadPool, type ThreadPool } from '../../src/threads/index.js';

const fragile = fileURLToPath(new URL('./fixtures/fragile.mjs', import.meta.url));
let pool: ThreadPool | undefined;
afterEach(() => pool?.close());

describe('threads that start early', () => {
  it('are taken once, and are none where none were started', async () => {
    expect(takeEarly()).toBeUndefined();
    startEarlyThreads(1);
    const worker = takeEarly()?.worker;
    expect(worker?.threadId).toBeGreaterThan(0);
    expect(takeEarly()).toBeUndefined();
    await worker?.terminate();
  });

  it('are not taken when they have ended', async () => {
    startEarlyThreads(1);
    const { worker } = takeEarly()!;
    await worker.terminate();
    expect(worker.threadId).toBeLessThan(0);
    startEarlyThreads(1);
    const ends = takeEarly()!.worker;
    expect(ends).not.toBe(worker);
    await ends.terminate();
  });

  it('do the tasks of the first pool as its own would', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'soundkin-early-'));
    try {
      const path = join(folder, 'a.wav');
      writeFileSync(path, encodeWav(Float32Array.from({ length: 4000 }, (_, i) => Math.sin(i / 9)), 22_050));
      const decoded = [];
      for (const early of [0, 2]) {
        startEarlyThreads(early);
        pool = createThreadPool({ workers: 1 });
        pool.start();
        decoded.push((await pool.run('decode', { path, settings: DEFAULT_ANALYSIS })).value?.samples);
        await pool.close(); // with those that it did not need
      }
      expect(decoded[0]).toHaveLength(4000);
      expect(decoded[1]).toEqual(decoded[0]);
      expect(takeEarly()).toBeUndefined();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('are left alone by a pool with handlers of its own', async () => {
    startEarlyThreads(1);
    pool = createThreadPool({ workers: 1, handlers: fragile });
    expect((await pool.measure({ paths: ['a'] } as never))[0]).toMatchObject({ value: { path: 'a' } });
  });
});
