import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openLibrary } from '../../src/library/index.js';
import { buildCommandLine, plainEnvironment, runProgram, type Run } from '../support/command-line.js';
import { copySamples, temporaryFolder, TWELVE } from '../support/real-samples.js';
import { describeWithRedis, freePort, startRedis } from '../support/redis-server.js';

const work = temporaryFolder();
const sounds = join(work, 'sounds');
let cli: string;
/** What one machine makes of the sounds. */
let alone: unknown;

const soundkin = (args: readonly string[], more: Parameters<typeof runProgram>[2] = {}): Promise<Run> => runProgram(process.execPath, [cli, ...args], { cwd: work, ...more });

/** A library's rows, and features to the bit. */
async function contents(dir: string): Promise<unknown> {
  const library = await openLibrary(join(work, dir), { readOnly: true });
  try {
    return [await library.tracks(), ...(await Promise.all(library.format.recipes.map(async ({ name }) => Buffer.from((await library.readPoints(name)).points.buffer).toString('base64'))))];
  } finally {
    await library.close();
  }
}

beforeAll(async () => {
  cli = await buildCommandLine();
  copySamples(sounds, TWELVE);
  writeFileSync(join(sounds, 'broken.wav'), 'no sound at all');
  expect((await soundkin(['extract', sounds, '--library', 'alone', '--backend', 'wasm'])).status).toBe(1);
  alone = await contents('alone');
});

describe('parts of a run', () => {
  it('are measured into libraries of their own, and merged into what one machine makes', async () => {
    let found = 0;
    for (const shard of ['1/3', '2/3', '3/3']) {
      const run = await soundkin(['extract', sounds, '--shard', shard, '--library', `part ${shard[0]}`, '--backend', 'wasm', '--json']);
      const { files } = JSON.parse(run.stdout) as { files: { found: number; ok: number; failed: number } };
      expect(files.ok + files.failed).toBe(files.found);
      found += files.found;
    }
    expect(found).toBe(13);
    const merged = await soundkin(['merge', 'part 1', 'part 2', 'part 3', '--library', 'whole']);
    expect(merged).toMatchObject({ status: 0, stderr: '' });
    expect(merged.stdout).toMatch(/part 1: \d+ rows? copied\n.*\n.*part 3: \d+ rows? copied\n12 sounds in .*whole, 1 failed\n$/);
    expect(await contents('whole')).toEqual(alone);
    expect(JSON.parse((await soundkin(['merge', 'part 2', 'part 1', '--library', 'whole', '--json'])).stdout)).toMatchObject({ merged: [{ taken: 0 }, { taken: 0 }], files: { ok: 12, failed: 1 } });
    // All parts of the sounds into one library is as good; a part leaves the others' rows alone.
    for (const shard of ['1/2', '2/2', '1/2']) await soundkin(['extract', sounds, '--shard', shard, '--library', 'together', '--backend', 'wasm']);
    expect(await contents('together')).toEqual(alone);
  });

  it('are refused where they are none', async () => {
    const run = await soundkin(['extract', sounds, '--shard', '4/3']);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('(USAGE)');
    expect((await soundkin(['merge', 'nowhere', '--library', 'other'])).stderr).toContain('(LIBRARY_NOT_FOUND)');
    expect((await soundkin(['merge', 'alone', '--library', 'alone'])).stderr).toContain('(USAGE)');
  });
});

describeWithRedis('a run on a queue', () => {
  it('is measured by workers, who end by Ctrl-C with a count', async () => {
    const redis = await startRedis();
    try {
      const worker = spawn(process.execPath, [cli, 'worker', '--backend', 'wasm', '--json'], { cwd: work, env: plainEnvironment({ SOUNDKIN_QUEUE: redis.url }), stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      worker.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
      const ended = new Promise<number | null>((done) => worker.on('close', done));
      const run = await soundkin(['extract', sounds, '--library', 'queued', '--queue', redis.url]);
      expect(run.status).toBe(1);
      expect(run.stdout).toMatch(/: 13 sounds on wasm, [\d.]+\/s\n12 sounds in .*queued, 12 measured now: .* by 1 worker, 1 failed\nlibrary: [\d.]+ [kM]?B\n$/);
      expect(run.stderr).toMatch(/^Worker \S+ \(wasm\) joined\.$/m);
      worker.kill('SIGINT');
      expect(await ended).toBe(0);
      expect(JSON.parse(said)).toMatchObject({ jobs: 1, tracks: 13, measured: 12, backend: 'wasm' });
      expect(await contents('queued')).toEqual(alone);
      expect(await soundkin(['worker', '--queue', redis.url, '--until-empty', '--backend', 'wasm'])).toMatchObject({ status: 0, stdout: expect.stringContaining('0 sounds in 0 jobs') });
    } finally {
      await redis.stop();
    }
  });

  it('that is stopped tells so, and leaves nothing in the queue', async () => {
    const redis = await startRedis();
    try {
      let asked = false;
      const run = await soundkin(['extract', sounds, '--library', 'stopped', '--queue', redis.url], {
        onStderr: (text, kill) => {
          if (asked || !text.includes('No worker')) return;
          asked = true;
          kill('SIGINT');
        },
      });
      expect(run.status).toBe(130);
      expect(run.stderr).toContain('No worker has taken anything for a while.');
      const worker = await soundkin(['worker', '--queue', redis.url, '--until-empty', '--json', '--backend', 'wasm']);
      expect(JSON.parse(worker.stdout)).toMatchObject({ jobs: 0 });
    } finally {
      await redis.stop();
    }
  });

  it('needs a Redis', async () => {
    const url = `redis://:secret@127.0.0.1:${await freePort()}`;
    for (const args of [['worker', '--queue', url], ['extract', sounds, '--library', 'none', '--queue', url], ['worker', '--queue', 'http://host']]) {
      const run = await soundkin(args);
      expect(run.status).toBe(2);
      expect(run.stderr).toContain('(QUEUE_UNAVAILABLE)');
      expect(run.stderr).not.toContain('secret');
    }
    expect((await soundkin(['worker'])).stderr).toContain('SOUNDKIN_QUEUE');
  });
});
