import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openLibrary } from '../../src/library/index.js';
import { verifyRowFile } from '../../src/library/row-files.js';
import { LazyDuckDb } from '../../src/library/duckdb.js';
import { SMALL, temporaryFolder } from './sample-rows.js';

const base = temporaryFolder();
// Inside node_modules, so that the bundle's bare imports resolve.
const cache = fileURLToPath(new URL(`../../node_modules/.cache/soundkin-kill-${process.pid}`, import.meta.url));
const runner = join(cache, 'appender.mjs');

beforeAll(async () => {
  mkdirSync(cache, { recursive: true });
  await build({
    entryPoints: [fileURLToPath(new URL('./endless-appender.ts', import.meta.url))],
    outfile: runner,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
});
afterAll(() => rmSync(cache, { recursive: true, force: true }));

/** Runs the appender, kills it hard after so many acknowledged batches and a little more, and tells the last one. */
function runAndKill(dir: string, first: number, batches: number, delayMs: number): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [runner, dir, String(first)], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, errors, armed] = ['', '', false];
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
      if (armed || out.split('\n').length <= batches) return;
      armed = true;
      setTimeout(() => child.kill('SIGKILL'), delayMs);
    });
    child.on('error', fail);
    child.on('close', (_code, signal) => {
      if (signal !== 'SIGKILL') fail(new Error(`the appender ended by itself: ${errors}`));
      else done(Number(out.slice(0, out.lastIndexOf('\n')).split('\n').at(-1)));
    });
  });
}

describe('a library whose writer is killed', () => {
  it('has every acknowledged batch whole, and no damaged file, through appends and compactions', async () => {
    const dir = join(base, 'library');
    await (await openLibrary(dir, { create: SMALL })).close();
    let acknowledged = 0;
    for (let run = 0; run < 5; run++) {
      acknowledged = await runAndKill(dir, acknowledged + 1, 12, run * 11);
      const duck = new LazyDuckDb(join(base, 'spill'));
      for (const name of readdirSync(join(dir, 'rows')).filter((entry) => entry.endsWith('.parquet'))) {
        await duck.use((connection) => verifyRowFile(connection, join(dir, 'rows', name), SMALL));
      }
      await duck.close();

      const library = await openLibrary(dir);
      const { tracks, points } = await library.readPoints('kin');
      expect(library.problems).toEqual([]);
      // The batch in hand may have landed without its acknowledgement: then it has to be there as a whole.
      const landed = tracks.filter(({ path }) => path === `${acknowledged + 1}/0`).length;
      expect([0, 1]).toContain(landed);
      const last = acknowledged + landed;
      expect(tracks).toHaveLength(1 + 10 * last);
      expect(tracks.find(({ path }) => path === 'latest')?.size).toBe(last);
      const byPath = new Map(tracks.map(({ path }, i) => [path, points[i * 5]]));
      for (let batch = 1; batch <= last; batch++) {
        for (let i = 0; i < 10; i++) expect(byPath.get(`${batch}/${i}`)).toBe(batch + i / 16);
      }
      expect(readdirSync(join(dir, 'rows')).filter((name) => name.startsWith('.'))).toEqual([]);
      await library.close();
      acknowledged = last;
    }
    expect(acknowledged).toBeGreaterThanOrEqual(5 * 12);
  }, 120_000);
});
