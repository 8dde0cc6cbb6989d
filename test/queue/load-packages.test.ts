import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { REPOSITORY } from '../support/source-files.js';

it('the queue says what to install where its packages are missing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'soundkin-queue-'));
  try {
    // Outside of the repository nothing finds its packages.
    const outfile = join(folder, 'queue.mjs');
    await build({ absWorkingDir: REPOSITORY, entryPoints: ['src/queue/index.ts'], outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'error' });
    const { offerJobs, workOnJobs } = (await import(pathToFileURL(outfile).href)) as typeof import('../../src/queue/index.js');
    const url = 'redis://127.0.0.1:1';
    const nothing = (): void => undefined;
    const expected = { code: 'QUEUE_UNAVAILABLE', message: expect.stringContaining('npm install bullmq ioredis') };
    await expect(offerJobs({ url, group: 'none', jobs: [], split: () => [], onAnswer: nothing, onFailure: nothing })).rejects.toMatchObject(expected);
    await expect(workOnJobs({ url, handle: async () => ({ result: 1 }) })).rejects.toMatchObject(expected);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
