import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { Crew } from '../../src/device/crew.js';
import { pointCrew } from '../support/point-crew.js';

const crews: Crew[] = [];
const crewOf = (workers: number): Crew => {
  crews.push(pointCrew(workers));
  return crews.at(-1)!;
};
afterAll(async () => {
  await Promise.all(crews.map((crew) => crew.close()));
});

/** Sums of columns by the kernel, block by block: what the threads left in memory. */
function blockSums(crew: Crew, alone: boolean): { sums: number[]; size: number } {
  const [n, bytes, blockRows] = [200_000, 64, 64];
  const session = crew.open(alone);
  try {
    const points = session.allocate(n * bytes);
    const partial = session.allocate(Math.ceil(n / blockRows) * bytes * 4);
    new Float32Array(session.memory.buffer, points, (n * bytes) / 4).forEach((_, i, all) => (all[i] = i % 1009));
    for (let round = 0; round < 20; round++) session.run('columnSums', points, n, bytes, blockRows, partial);
    return { sums: [...new Float64Array(session.memory.buffer, partial, 8), ...new Float64Array(session.memory.buffer, partial + 3124 * bytes * 4, 8)], size: session.size };
  } finally {
    session.close();
  }
}

describe('createCrew', () => {
  it('does the same work with any number of threads, time and again', () => {
    const one = blockSums(crewOf(1), false);
    expect(one.size).toBe(1);
    expect(one.sums.every((sum) => sum > 0)).toBe(true);
    for (const workers of [2, 4]) {
      const crew = crewOf(workers);
      for (let session = 0; session < 3; session++) expect(blockSums(crew, false)).toEqual({ ...one, size: workers });
      expect(blockSums(crew, true)).toEqual(one);
    }
  });

  it('keeps sessions apart that are open at once', () => {
    const crew = crewOf(2);
    const sessions = [crew.open(false), crew.open(false)];
    const places = sessions.map((session, s) => {
      const at = session.allocate(64 * 16);
      new Float32Array(session.memory.buffer, at, 256).fill(s + 1);
      return { at, partial: session.allocate(64) };
    });
    sessions.forEach((session, s) => session.run('columnSums', places[s]!.at, 64, 16, 64, places[s]!.partial));
    expect(sessions.map((session, s) => new Float64Array(session.memory.buffer, places[s]!.partial, 1)[0])).toEqual([64, 128]);
    sessions.forEach((session) => session.close());
  });

  it('gives memory that grows, at multiples of 64 bytes, and takes it back', () => {
    const session = crewOf(1).open(true);
    const first = session.allocate(3);
    const second = session.allocate(40 * 2 ** 20);
    expect([first % 64, second % 64]).toEqual([0, 0]);
    expect(second).toBeGreaterThanOrEqual(first + 3);
    expect(session.memory.buffer.byteLength).toBeGreaterThanOrEqual(second + 40 * 2 ** 20);
    session.top = first;
    expect(session.allocate(1)).toBe(first);
    expect(() => session.allocate(2 ** 32)).toThrow(RangeError);
    session.close();
  });

  it('does not keep a process alive', () => {
    const script = `
      import { pointCrew } from ${JSON.stringify(fileURLToPath(new URL('../support/point-crew.ts', import.meta.url)))};
      const session = pointCrew(3).open(false);
      const at = session.allocate(64 * 16);
      session.run('columnSums', at, 64, 16, 64, session.allocate(64));
      console.log('done');
    `;
    const bundle = execFileSync(process.execPath, ['--input-type=module', '-e', `
      import { build } from 'esbuild';
      const { outputFiles } = await build({ stdin: { contents: ${JSON.stringify(script)}, resolveDir: process.cwd(), loader: 'ts' }, bundle: true, write: false, platform: 'node', format: 'esm', keepNames: true, minify: true, define: { 'import.meta.url': ${JSON.stringify(JSON.stringify(new URL('../support/point-crew.ts', import.meta.url).href))} } });
      process.stdout.write(outputFiles[0].text);
    `], { encoding: 'utf8', cwd: fileURLToPath(new URL('../..', import.meta.url)) });
    // Bundled, minified and with names kept, as a command line may be.
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', bundle], { encoding: 'utf8', timeout: 20_000 })).toBe('done\n');
  });
});
