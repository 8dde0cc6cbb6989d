import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
const runAll = (paths: readonly string[]): Promise<readonly unknown[]> => pool.measure({ paths } as never);
const run = async (path: string): Promise<unknown> => (await runAll([path]))[0];
const codeOf = (outcome: unknown): string | undefined => (outcome as { fault?: { code: string } }).fault?.code;

describe('a thread pool', () => {
  it('gives a fault for a task that kills its thread twice, and goes on with the others', async () => {
    pool = createThreadPool({ workers: 2, handlers: fragile });
    const outcomes = await Promise.all(['a', 'dies', 'b', 'c', 'dies', 'd'].map(run));
    expect(outcomes.map(codeOf)).toEqual([undefined, 'DECODE_CRASHED', undefined, undefined, 'DECODE_CRASHED', undefined]);
    expect(outcomes[1]).toMatchObject({ fault: { message: expect.stringMatching(/^threads: expected .*"dies".*died 2 times/) } });
    expect(await run('e')).toMatchObject({ value: { path: 'e' } });
  });

  it('tries a task again whose thread died once', async () => {
    pool = createThreadPool({ workers: 1, handlers: fragile });
    expect(await run(`once:${join(work, 'mark')}`)).toMatchObject({ value: { path: expect.stringContaining('mark') } });
  });

  it('tells why where a thread throws', async () => {
    pool = createThreadPool({ workers: 1, handlers: fragile });
    expect(await run('throws')).toMatchObject({ fault: { code: 'DECODE_CRASHED', message: expect.stringContaining('not of this world') } });
  });

  it('gives each file of a batch its outcome, in their order', async () => {
    pool = createThreadPool({ workers: 1, handlers: fragile });
    const outcomes = await runAll(['a', 'broken', 'b']);
    expect(outcomes.map(codeOf)).toEqual([undefined, 'DECODE_FAILED', undefined]);
    expect(outcomes[2]).toMatchObject({ value: { path: 'b' } });
    expect(await runAll([])).toEqual([]);
  });

  it.each(['dies', 'throws'])('costs a batch only the file that %s', async (culprit) => {
    pool = createThreadPool({ workers: 2, handlers: fragile });
    const paths = ['a', 'b', culprit, 'broken', 'c'];
    const [outcomes, others] = await Promise.all([runAll(paths), runAll(['d', 'e', 'f'])]);
    expect(outcomes.map(codeOf)).toEqual([undefined, undefined, 'DECODE_CRASHED', 'DECODE_FAILED', undefined]);
    expect(outcomes[2]).toMatchObject({ fault: { message: expect.stringMatching(new RegExp(`^threads: expected .*"${culprit}"`)) } });
    expect(outcomes.flatMap((outcome) => (outcome as { value?: { path: string } }).value?.path ?? [])).toEqual(['a', 'b', 'c']);
    expect(others.map(codeOf)).toEqual([undefined, undefined, undefined]);
  });

  it('has no fault to tell where a thread died once, and works on each file of a whole batch but once', async () => {
    pool = createThreadPool({ workers: 1, handlers: fragile });
    const [once, noted] = [join(work, 'mark-2'), join(work, 'noted')];
    expect((await runAll(['a', `once:${once}`, 'b'])).map(codeOf)).toEqual([undefined, undefined, undefined]);
    await runAll(['a', `noted:${noted}`, 'b']);
    expect(readFileSync(noted, 'utf8')).toBe('.');
  });

  it('uses all its threads', async () => {
    pool = createThreadPool({ workers: 3, handlers: fragile });
    const ids = new Set((await Promise.all(Array.from({ length: 60 }, (_, i) => run(`f${i}`)))).map((outcome) => (outcome as { value: { threadId: number } }).value.threadId));
    expect(ids.size).toBeGreaterThan(1);
    expect(ids.size).toBeLessThanOrEqual(3);
  });

  it('can be closed before it was used, and used again after it was closed', async () => {
    pool = createThreadPool({ workers: 1, handlers: fragile });
    await pool.close();
    expect(await run('a')).toMatchObject({ value: { path: 'a' } });
    await pool.close();
    expect(await run('b')).toMatchObject({ value: { path: 'b' } });
  });

  it.each([0, -1, 1.5, NaN])('refuses %s workers', (workers) => {
    pool = createThreadPool({ workers: 1, handlers: fragile });
    expect(() => createThreadPool({ workers })).toThrowError(expect.objectContaining({ code: 'CONFIG_RANGE' }));
  });
});
