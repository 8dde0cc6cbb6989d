import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockForRun } from '../../src/library/run-lock.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'soundkin-lock-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const command = 'soundkin extract here';
const whole = (): string => join(dir, 'run-whole.lock');
const held = (holder: object, ageMs = 0): void => {
  writeFileSync(whole(), JSON.stringify({ pid: process.pid, host: hostname(), since: '2026-01-01T00:00:00Z', command: 'soundkin cluster there', ...holder }));
  const at = new Date(Date.now() - ageMs);
  utimesSync(whole(), at, at);
};
/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid!;
}

describe('lockForRun', () => {
  it('keeps a second run out, names the first, and lets it in afterwards', async () => {
    const first = await lockForRun(dir, { command });
    await expect(lockForRun(dir, { command: 'soundkin extract' })).rejects.toMatchObject({
      code: 'LIBRARY_LOCKED',
      message: expect.stringContaining(`got \`${command}\` (process ${process.pid}, since `) as string,
    });
    await first.release();
    const second = await lockForRun(dir, { command });
    await second.release();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('passes a dead run over, and not a living one', async () => {
    held({ pid: await deadPid() });
    const lock = await lockForRun(dir, { command });
    expect(JSON.parse(readFileSync(whole(), 'utf8'))).toMatchObject({ pid: process.pid, command });
    await lock.release();
    held({ pid: process.pid });
    await expect(lockForRun(dir, { command })).rejects.toMatchObject({ code: 'LIBRARY_LOCKED' });
  });

  it('judges another machine by its signs of life alone', async () => {
    held({ pid: await deadPid(), host: 'elsewhere' }, 30_000);
    await expect(lockForRun(dir, { command })).rejects.toThrow('on elsewhere');
    held({ host: 'elsewhere' }, 61_000);
    await (await lockForRun(dir, { command })).release();
  });

  it('gives up a lock whose process id was given again, and a damaged one, when they are old', async () => {
    held({ pid: process.pid }, 61_000);
    await (await lockForRun(dir, { command })).release();
    writeFileSync(whole(), '{"pid": 12');
    await expect(lockForRun(dir, { command })).rejects.toMatchObject({ code: 'LIBRARY_LOCKED' });
    utimesSync(whole(), new Date(0), new Date(0));
    await (await lockForRun(dir, { command })).release();
  });

  it('gives signs of life', async () => {
    const lock = await lockForRun(dir, { command, beatMs: 20 });
    utimesSync(whole(), new Date(0), new Date(0));
    const text = readFileSync(whole(), 'utf8');
    await expect.poll(() => statSync(whole()).mtimeMs).toBeGreaterThan(Date.now() - 30_000);
    await expect(lockForRun(dir, { command })).rejects.toMatchObject({ code: 'LIBRARY_LOCKED' });
    expect(readFileSync(whole(), 'utf8')).toBe(text);
    await lock.release();
  });

  it('lets parts run beside each other, but not beside the whole', async () => {
    const one = await lockForRun(dir, { command, part: '1-of-2' });
    const two = await lockForRun(dir, { command, part: '2-of-2' });
    await expect(lockForRun(dir, { command, part: '1-of-2' })).rejects.toMatchObject({ code: 'LIBRARY_LOCKED' });
    await expect(lockForRun(dir, { command })).rejects.toMatchObject({ code: 'LIBRARY_LOCKED' });
    await one.release();
    await two.release();
    const all = await lockForRun(dir, { command });
    await expect(lockForRun(dir, { command, part: '1-of-2' })).rejects.toMatchObject({ code: 'LIBRARY_LOCKED' });
    await all.release();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('lets one of many through, a dead run being in the way', async () => {
    held({ pid: await deadPid() });
    const tried = await Promise.allSettled(Array.from({ length: 12 }, () => lockForRun(dir, { command })));
    const won = tried.filter((one) => one.status === 'fulfilled');
    expect(won).toHaveLength(1);
    await won[0]!.value.release();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('does not remove the lock of another that took its place', async () => {
    const lock = await lockForRun(dir, { command });
    held({ command: 'soundkin of another' });
    await lock.release();
    expect(readFileSync(whole(), 'utf8')).toContain('of another');
  });

  it('says what the disk refused', async () => {
    await expect(lockForRun(join(dir, 'nowhere'), { command })).rejects.toMatchObject({ code: 'LIBRARY_WRITE' });
  });
});
