import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DEFAULT_ANALYSIS } from '../../src/config/analysis.js';
import { mergeRows, openLibrary, type TrackRow } from '../../src/library/index.js';
import { isBetter } from '../../src/library/merge-rows.js';
import { features, sampleRow, SMALL, temporaryFolder } from './sample-rows.js';

const base = temporaryFolder();
let count = 0;

async function libraryOf(rows: readonly TrackRow[], format = SMALL): Promise<string> {
  const dir = join(base, String(count++));
  const library = await openLibrary(dir, { create: format });
  await library.appendRows(rows);
  await library.close();
  return dir;
}

/** What a library has: each path's time of change, and its features' first number or its error. */
async function contents(dir: string): Promise<Record<string, unknown>> {
  const library = await openLibrary(dir, { readOnly: true });
  const seed = await library.readPoints('seed');
  const first = new Map(seed.tracks.map(({ root, path }, i) => [`${root}:${path}`, seed.points[i * seed.width]]));
  const rows = (await library.tracks()).map(({ root, path, mtimeMs, code }) => [`${root}:${path}`, [mtimeMs, first.get(`${root}:${path}`) ?? code]]);
  await library.close();
  return Object.fromEntries(rows) as Record<string, unknown>;
}

const fileNames = (dir: string): string[] => readdirSync(join(dir, 'rows')).sort();
const good = (path: string, mtimeMs: number, value: number): TrackRow => sampleRow(path, { root: '/r', mtimeMs, features: features(value) });
const bad = (path: string, mtimeMs: number): TrackRow => sampleRow(path, { root: '/r', mtimeMs, features: null, code: 'DECODE_FAILED', message: 'no' });
const gone = (path: string, mtimeMs: number): TrackRow => sampleRow(path, { root: '/r', mtimeMs, features: null, removed: true });

describe('merged rows', () => {
  it('are all of both libraries, with the better one of a path', async () => {
    const ours = await libraryOf([good('only ours', 1, 1), good('same', 1, 2), good('ours newer', 5, 3), good('theirs newer', 1, 4), bad('failed here', 1), good('failed there', 1, 5), good('newer failure', 1, 6), good('gone there', 1, 7), gone('gone here', 1)]);
    const theirs = await libraryOf([good('only theirs', 1, 11), good('same', 1, 12), good('ours newer', 1, 13), good('theirs newer', 5, 14), good('failed here', 1, 15), bad('failed there', 1), bad('newer failure', 5), gone('gone there', 1), good('gone here', 1, 17), gone('never here', 1), bad('failed only there', 1)]);
    const before = readdirSync(join(theirs, 'rows'));
    expect(await mergeRows(ours, theirs)).toEqual({ taken: 7, known: 4, problems: [] });
    expect(await contents(ours)).toEqual({
      '/r:only ours': [1, 1],
      '/r:only theirs': [1, 11],
      '/r:same': [1, 2],
      '/r:ours newer': [5, 3],
      '/r:theirs newer': [5, 14],
      '/r:failed here': [1, 15],
      '/r:failed there': [1, 5],
      '/r:newer failure': [5, 'DECODE_FAILED'],
      '/r:failed only there': [1, 'DECODE_FAILED'],
    });
    expect(readdirSync(join(theirs, 'rows'))).toEqual(before);
    const files = fileNames(ours);
    expect(await mergeRows(ours, theirs)).toEqual({ taken: 0, known: 11, problems: [] });
    expect(fileNames(ours)).toEqual(files);
  });

  it('make a new library that equals the other, to the bit', async () => {
    const theirs = await libraryOf([good('a', 1.25, 1 / 3), bad('b', 2), good('ü\n"\'c', 3, -0)]);
    const ours = join(base, 'new one');
    await mergeRows(ours, theirs);
    const all = async (dir: string): Promise<unknown> => {
      const library = await openLibrary(dir, { readOnly: true });
      const found = [library.format, await library.tracks(), ...(await Promise.all(SMALL.recipes.map(async ({ name }) => Buffer.from((await library.readPoints(name)).points.buffer).toString('hex'))))];
      await library.close();
      return found;
    };
    expect(await all(ours)).toEqual(await all(theirs));
  });

  it('have the roots that these are called here', async () => {
    const ours = await libraryOf([good('a', 1, 1)]);
    const theirs = await libraryOf([{ ...good('a', 1, 2), root: '/mnt/r' }, { ...good('b', 1, 3), root: '/mnt/r' }, { ...good('b', 1, 4), root: '/other' }]);
    expect(await mergeRows(ours, theirs, { place: (root) => root.replace('/mnt/r', '/r') })).toMatchObject({ taken: 2, known: 1 });
    expect(await contents(ours)).toEqual({ '/r:a': [1, 1], '/r:b': [1, 3], '/other:b': [1, 4] });
  });

  it('are refused where they were measured in another way, and where there are none', async () => {
    const ours = await libraryOf([good('a', 1, 1)]);
    const other = await libraryOf([good('b', 1, 1)], { ...SMALL, settings: { ...DEFAULT_ANALYSIS, hopLength: 100 } });
    await expect(mergeRows(ours, other)).rejects.toMatchObject({ code: 'LIBRARY_MIXED' });
    const newer = await libraryOf([good('b', 1, 1)], { ...SMALL, featureSetVersion: SMALL.featureSetVersion + 1 });
    await expect(mergeRows(ours, newer)).rejects.toMatchObject({ code: 'LIBRARY_MIXED' });
    await expect(mergeRows(ours, join(base, 'nowhere'))).rejects.toMatchObject({ code: 'LIBRARY_NOT_FOUND' });
    expect(Object.keys(await contents(ours))).toEqual(['/r:a']);
  });

  it('leave out a damaged file, and tell of it', async () => {
    const ours = await libraryOf([good('a', 1, 1)]);
    const theirs = await libraryOf([good('b', 1, 2)]);
    const open = await openLibrary(theirs);
    await open.appendRows([good('c', 1, 3)]);
    await open.close();
    const file = join(theirs, 'rows', fileNames(theirs)[1]!);
    writeFileSync(file, readFileSync(file).subarray(0, 200));
    const { taken, problems } = await mergeRows(ours, theirs);
    expect([taken, problems.map(({ file: named }) => named)]).toEqual([1, [file]]);
    expect(Object.keys(await contents(ours))).toEqual(['/r:a', '/r:b']);
  });

  it('go on where a stopped run left off', async () => {
    const ours = join(base, 'stopped');
    const theirs = await libraryOf(Array.from({ length: 22_000 }, (_, i) => good(String(i), 1, i)));
    const stop = new AbortController();
    const first = await mergeRows(ours, theirs, { signal: stop.signal, onProgress: (done) => void (done > 20_480 && stop.abort()) });
    expect(first.taken).toBe(20_480);
    expect(await mergeRows(ours, theirs)).toMatchObject({ taken: 22_000 - 20_480, known: 20_480 });
    expect(await contents(ours)).toEqual(await contents(theirs));
  });
});

describe('the better row', () => {
  const row = fc.record({ mtimeMs: fc.integer({ min: 0, max: 2 }), removed: fc.boolean(), measured: fc.boolean() }).map(({ mtimeMs, removed, measured }) => {
    const { features: _, ...summary } = sampleRow('a', { mtimeMs, removed });
    return { ...summary, measured: measured && !removed };
  });

  it('is any where there is none, so that a file that one library knows to be gone does not come back with the next', () => {
    fc.assert(fc.property(row, (a) => isBetter(a, undefined)));
  });

  it('is never both, nor better than itself, and the best of three is the same in any order', () => {
    fc.assert(
      fc.property(row, row, row, (a, b, c) => {
        expect(isBetter(a, b) && isBetter(b, a)).toBe(false);
        expect(isBetter(a, a)).toBe(false);
        const best = (rows: readonly (typeof a)[]): unknown => {
          const { mtimeMs, removed, measured } = rows.reduce((ours, theirs) => (isBetter(theirs, ours) ? theirs : ours));
          return { mtimeMs, removed, measured };
        };
        expect(best([c, b, a])).toEqual(best([a, b, c]));
        expect(best([b, a, c])).toEqual(best([a, b, c]));
      }),
    );
  });
});
