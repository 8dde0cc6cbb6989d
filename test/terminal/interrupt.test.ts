import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/decode/index.js';
import { runWithProgress } from '../../src/terminal/run-with-progress.js';
import { buildCommandLine, runProgram } from '../support/command-line.js';
import { temporaryFolder } from '../support/real-samples.js';

const work = temporaryFolder();
const COUNT = 60;
let cli = '';

beforeAll(async () => {
  cli = await buildCommandLine();
  mkdirSync(join(work, 'sounds'));
  // Each another sound: of equal ones, one would be measured and the others known.
  for (let i = 0; i < COUNT; i++) writeFileSync(join(work, 'sounds', `${i}.wav`), encodeWav(Float32Array.from({ length: 33_000 }, (_, t) => Math.sin((t * (i + 9)) / 300) / 2), 22_050));
});

const soundkin = (args: readonly string[], onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void): ReturnType<typeof runProgram> =>
  runProgram(process.execPath, [cli, ...args], { cwd: work, ...(onStderr && { onStderr }) });

describe('Ctrl-C', () => {
  it('while measuring keeps what is measured, ends with 130, and the next run goes on with the rest', async () => {
    const stopped = await soundkin(['extract', 'sounds', '--library', 'lib', '--backend', 'cpu'], (text, kill) => {
      if (text.startsWith('measuring: ')) kill('SIGINT');
    });
    expect(stopped).toMatchObject({ status: 130, stdout: '' });
    // On a busy machine another line may come before the signal is heard.
    expect(stopped.stderr).toMatch(/^(measuring: \d+ of 60, .* left\n)+Stopping; .*\nsoundkin: .*stopped by Ctrl-C.*run the same again.*\(INTERRUPTED\)\n$/);

    const rest = await soundkin(['extract', 'sounds', '--library', 'lib', '--backend', 'wasm', '--json']);
    expect(rest.status).toBe(0);
    const { files } = JSON.parse(rest.stdout) as { files: { measured: number; unchanged: number; ok: number } };
    expect(files.ok).toBe(COUNT);
    expect(files.unchanged).toBeGreaterThan(0);
    expect(files.measured).toBeGreaterThan(0);
    expect(files.measured + files.unchanged).toBe(COUNT);
  });

  it('is one JSON object with --json', async () => {
    const child = spawn(process.execPath, [cli, 'cluster', 'sounds', '--library', 'json-lib', '--backend', 'cpu', '--json'], { cwd: work, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.resume();
    const ended = new Promise<number | null>((done) => child.on('close', done));
    while (!existsSync(join(work, 'json-lib', 'library.json'))) await wait(20);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'INTERRUPTED' } });
  });
});

describe('runWithProgress', () => {
  const listeners = (): number => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');

  it('asks a job that measures to end, and tells of the interruption when it has', async () => {
    const before = listeners();
    let aborted = false;
    const run = runWithProgress(true, async ({ onProgress, signal }) => {
      onProgress({ stage: 'features', done: 1, total: 2 });
      process.emit('SIGINT');
      await wait(20);
      aborted = signal.aborted;
      onProgress({ stage: 'features', done: 2, total: 2 });
      return 'kept';
    });
    await expect(run).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(aborted).toBe(true);
    expect(listeners()).toBe(before);
  });

  it('does not wait for a job that is past measuring', async () => {
    const run = runWithProgress(true, async ({ onProgress }) => {
      onProgress({ stage: 'kmeans', done: 0, total: 2 });
      process.emit('SIGTERM');
      await wait(60_000, undefined, { ref: false });
    });
    await expect(run).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  it('does not go on to cluster when it was interrupted just before', async () => {
    const stages: string[] = [];
    const run = runWithProgress(true, async ({ onProgress }) => {
      onProgress({ stage: 'features', done: 2, total: 2 });
      process.emit('SIGINT');
      onProgress({ stage: 'sweep', done: 1, total: 9 });
      await wait(60_000, undefined, { ref: false });
      stages.push('went on');
    });
    await expect(run).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(stages).toEqual([]);
  });

  it('hands results and errors through, and listens no longer than it runs', async () => {
    const before = listeners();
    expect(await runWithProgress(true, async () => 7)).toBe(7);
    await expect(runWithProgress(true, () => Promise.reject(new Error('own')))).rejects.toThrow('own');
    expect(listeners()).toBe(before);
  });
});
