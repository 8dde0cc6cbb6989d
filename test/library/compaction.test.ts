import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { LazyDuckDb } from '../../src/library/duckdb.js';
import { openLibrary, type Library, type TrackSummary } from '../../src/library/index.js';
import { NewestRows } from '../../src/library/newest-rows.js';
import { mergedName, nextName } from '../../src/library/row-files.js';
import { failedRow, features, sampleRow, SMALL, temporaryFolder } from './sample-rows.js';

const base = temporaryFolder();
let count = 0;
const fresh = (): string => join(base, String(count++));
const rowNames = (dir: string): string[] => readdirSync(join(dir, 'rows')).sort();

async function append(library: Library, file: number): Promise<void> {
  await library.appendRows([
    sampleRow('in every file', { size: file }),
    sampleRow(`only in ${file}`, { features: features(file) }),
    failedRow(`failed ${file}`),
    ...(file % 3 === 0 ? [sampleRow(`only in ${file - 1}`, { removed: true, features: null })] : []),
  ]);
}

async function viewOf(dir: string): Promise<{ tracks: TrackSummary[]; seed: Float32Array; kin: Float32Array }> {
  const library = await openLibrary(dir, { readOnly: true });
  const view = {
    tracks: await library.tracks(),
    seed: (await library.readPoints('seed')).points,
    kin: (await library.readPoints('kin')).points,
  };
  await library.close();
  return view;
}

/** A library of n row files, each over the ones before it. */
async function libraryOf(n: number): Promise<string> {
  const dir = fresh();
  const library = await openLibrary(dir, { create: SMALL });
  for (let file = 1; file <= n; file++) await append(library, file);
  await library.close();
  return dir;
}

async function compact(dir: string): Promise<readonly { file: string }[]> {
  const library = await openLibrary(dir);
  await library.compact();
  const { problems } = library;
  await library.close();
  return problems;
}

function copyRows(dir: string, names: readonly string[]): string {
  const copy = fresh();
  mkdirSync(join(copy, 'rows'), { recursive: true });
  copyFileSync(join(dir, 'library.json'), join(copy, 'library.json'));
  for (const name of names) copyFileSync(join(dir, 'rows', name), join(copy, 'rows', name));
  return copy;
}

let seventeen: string;
beforeAll(async () => {
  seventeen = await libraryOf(17);
});

describe('compact', () => {
  it('leaves 16 files as they are', async () => {
    const dir = copyRows(seventeen, rowNames(seventeen).slice(0, 16));
    const names = rowNames(dir);
    await compact(dir);
    expect(rowNames(dir)).toEqual(names);
  });

  it('merges 17 into one, and the view stays', async () => {
    const dir = copyRows(seventeen, rowNames(seventeen));
    const before = await viewOf(dir);
    expect(before.tracks).toHaveLength(1 + 17 - 5 + 17);
    await compact(dir);
    expect(rowNames(dir)).toHaveLength(1);
    expect(await viewOf(dir)).toEqual(before);
  });

  it('keeps the view whichever of the old files are still there when it is killed', async () => {
    const old = rowNames(seventeen);
    const before = await viewOf(seventeen);
    const dir = copyRows(seventeen, old);
    await compact(dir);
    const [merged] = rowNames(dir) as [string];
    for (const left of [old, old.slice(5), old.slice(0, 9), old.filter((_, i) => i % 2 === 0), old.slice(-1), old.slice(0, 1)]) {
      const half = copyRows(seventeen, left);
      copyFileSync(join(dir, 'rows', merged), join(half, 'rows', merged));
      expect(await viewOf(half)).toEqual(before);
      const library = await openLibrary(half);
      await append(library, 18);
      expect((await library.tracks()).find(({ path }) => path === 'in every file')?.size).toBe(18);
      await library.close();
    }
  });

  it('can be done again and again, with rows appended between', async () => {
    const dir = copyRows(seventeen, rowNames(seventeen));
    await compact(dir);
    const library = await openLibrary(dir);
    for (let file = 18; file <= 40; file++) await append(library, file);
    const before = await viewOf(dir);
    await library.compact();
    expect(rowNames(dir)).toHaveLength(1);
    expect(await viewOf(dir)).toEqual(before);
    expect((await library.tracks()).find(({ path }) => path === 'in every file')?.size).toBe(40);
    await library.close();
  });

  it('neither merges nor removes a damaged file', async () => {
    const dir = copyRows(seventeen, rowNames(seventeen));
    const damaged = join(dir, 'rows', '0000000099-00000000.parquet');
    const bytes = readFileSync(join(dir, 'rows', rowNames(dir)[3] as string));
    writeFileSync(damaged, bytes.subarray(0, 700));
    const before = await viewOf(dir);
    expect((await compact(dir)).map(({ file }) => file)).toEqual([damaged]);
    expect(rowNames(dir)).toHaveLength(2);
    expect(await viewOf(dir)).toEqual(before);
  });

  it('does not drop the rows of a file whose features alone are damaged', async () => {
    const dir = copyRows(seventeen, rowNames(seventeen));
    const file = join(dir, 'rows', rowNames(dir)[16] as string);
    const bytes = readFileSync(file);
    const footer = bytes.readUInt32LE(bytes.length - 8);
    bytes.fill(0xff, bytes.length - 8 - footer - 40, bytes.length - 8 - footer);
    writeFileSync(file, bytes);
    const expected = await viewOf(copyRows(seventeen, rowNames(seventeen).slice(0, 16)));
    expect((await compact(dir)).map((problem) => problem.file)).toEqual([file]);
    // 16 sound files are left: nothing that could be read is lost
    const library = await openLibrary(dir);
    const points = await library.readPoints('kin');
    expect(points.points).toEqual(expected.kin);
    await library.close();
  });

  it('goes on beside readers and appenders of other open libraries', async () => {
    const dir = copyRows(seventeen, rowNames(seventeen));
    const [a, b, c] = await Promise.all([openLibrary(dir), openLibrary(dir), openLibrary(dir)]);
    const appending = (async (): Promise<void> => {
      for (let i = 0; i < 40; i++) await a.appendRows([sampleRow('counted', { size: i }), sampleRow(`during ${i}`)]);
    })();
    let last = -1;
    for (let i = 0; i < 12; i++) {
      await Promise.all([b.compact(), c.compact()]);
      const tracks = await c.tracks();
      expect(tracks.filter(({ path }) => path.startsWith('only in'))).toHaveLength(12);
      const counted = tracks.find(({ path }) => path === 'counted')?.size ?? -1;
      expect(counted).toBeGreaterThanOrEqual(last);
      last = counted;
      expect((await b.readPoints('kin')).tracks.length).toBeGreaterThan(12);
    }
    await appending;
    const tracks = await c.tracks();
    expect(tracks.filter(({ path }) => path.startsWith('during'))).toHaveLength(40);
    expect(tracks.find(({ path }) => path === 'counted')?.size).toBe(39);
    expect([...a.problems, ...b.problems, ...c.problems]).toEqual([]);
    await Promise.all([a.close(), b.close(), c.close()]);
  });

  it('begins anew when another process merged the files away during the work, and only then', async () => {
    const dir = copyRows(seventeen, rowNames(seventeen));
    const duck = new LazyDuckDb(join(base, 'spill'));
    const newest = new NewestRows(join(dir, 'rows'), SMALL, duck);
    await expect(newest.withVerifiedView(() => Promise.reject(new Error('a fault')))).rejects.toThrow('a fault');
    const seen: number[] = [];
    await newest.withVerifiedView(async ({ files }) => {
      seen.push(files.length);
      if (seen.length > 1) return;
      await compact(dir);
      throw new Error('IO Error: Cannot open file');
    });
    expect(seen).toEqual([17, 1]);
    expect(newest.problems).toEqual([]);
    await duck.close();
  });

  it('leaves a library without rows alone', async () => {
    const dir = fresh();
    const library = await openLibrary(dir, { create: SMALL });
    await library.compact();
    await library.close();
    rmSync(dir, { recursive: true });
  });
});

describe('names of row files', () => {
  it('sort in the order of their making', () => {
    const names: string[] = [];
    const sorted = (): string[] => [...names].sort();
    for (let i = 0; i < 12; i++) names.push(nextName(sorted()));
    names.push(mergedName(sorted()));
    names.push(mergedName(sorted())); // after a kill before the first one's sources were gone
    for (let i = 0; i < 3; i++) names.push(nextName(sorted()));
    names.push(mergedName(sorted()));
    expect(sorted()).toEqual(names);
  });
});
