import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createThreadPool, type ThreadPool } from '../../src/threads/index.js';

const fragile = fileURLToPath(new URL('./fixtures/fragile.mjs', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'soundkin-threads-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

let pool: ThreadPool;
afterEach(() => pool.close());
const run = (path: string): Promise<unknown> => pool.run('measure', { path } as never);

describe('a thread pool', () => {
  it('gives a fault for a task that kills its thread twice, and goes on with the others', async () => {
    pool = createThreadPool({ workers: 2, file: fragile });
    const outcomes = await Promise.all(['a', 'dies', 'b', 'c', 'dies', 'd'].map(run));
    expect(outcomes.map((outcome) => (outcome as { fault?: { code: string } }).fault?.code)).toEqual([undefined, 'DECODE_CRASHED', undefined, undefined, 'DECODE_CRASHED', undefined]);
    expect(outcomes[1]).toMatchObject({ fault: { message: expect.stringMatching(/^threads: expected .*"dies".*died 2 times/) } });
    expect(await run('e')).toMatchObject({ value: { path: 'e' } });
  });

  it('tries a task again whose thread died once', async () => {
    pool = createThreadPool({ workers: 1, file: fragile });
    expect(await run(`once:${join(work, 'mark')}`)).toMatchObject({ value: { path: expect.stringContaining('mark') } });
  });

  it('tells why where a thread throws', async () => {
    pool = createThreadPool({ workers: 1, file: fragile });
    expect(await run('throws')).toMatchObject({ fault: { code: 'DECODE_CRASHED', message: expect.stringContaining('not of this world') } });
  });

  it('uses all its threads', async () => {
    pool = createThreadPool({ workers: 3, file: fragile });
    const ids = new Set((await Promise.all(Array.from({ length: 60 }, (_, i) => run(`f${i}`)))).map((outcome) => (outcome as { value: { threadId: number } }).value.threadId));
    expect(ids.size).toBeGreaterThan(1);
    expect(ids.size).toBeLessThanOrEqual(3);
  });

  it('can be closed before it was used, and used again after it was closed', async () => {
    pool = createThreadPool({ workers: 1, file: fragile });
    await pool.close();
    expect(await run('a')).toMatchObject({ value: { path: 'a' } });
    await pool.close();
    expect(await run('b')).toMatchObject({ value: { path: 'b' } });
  });

  it.each([0, -1, 1.5, NaN])('refuses %s workers', (workers) => {
    pool = createThreadPool({ workers: 1, file: fragile });
    expect(() => createThreadPool({ workers })).toThrowError(expect.objectContaining({ code: 'CONFIG_RANGE' }));
  });
});
