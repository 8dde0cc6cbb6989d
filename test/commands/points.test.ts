import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pointBudget, readShapedPoints, sampleRows } from '../../src/commands/points.js';
import { SpillFile } from '../../src/commands/spill-file.js';
import { DEFAULT_ANALYSIS } from '../../src/config/analysis.js';
import { featureLayout } from '../../src/features/feature-set.js';
import { openLibrary, type Library, type LibraryFormat, type TrackRow } from '../../src/library/index.js';
import { createRandom } from '../../src/random.js';
import { temporaryFolder } from '../support/real-samples.js';

const work = temporaryFolder();
const FORMAT: LibraryFormat = {
  featureSetVersion: 1,
  settings: DEFAULT_ANALYSIS,
  recipes: (['kin', 'seed'] as const).map((name) => ({ name, width: featureLayout(name, DEFAULT_ANALYSIS).width })),
};
const { width } = FORMAT.recipes[0]!;
const random = createRandom(4);

function row(root: string, path: string, changes: Partial<TrackRow> = {}): TrackRow {
  const features = Object.fromEntries(FORMAT.recipes.map(({ name, width: w }) => [name, Float32Array.from({ length: w }, () => random.next())]));
  return { root, path, size: 1, mtimeMs: 1, contentId: null, durationSeconds: 1, sampleRate: 1, channels: 1, format: 'wav', decoder: 'pcm', excerpt: null, title: null, artist: null, album: null, genre: null, backend: 'wasm', features, code: null, message: null, removed: false, ...changes };
}

let library: Library;
beforeAll(async () => {
  library = await openLibrary(join(work, 'library'), { create: FORMAT });
  // Out of order, over several files, some rows twice, one failed.
  const all = Array.from({ length: 240 }, (_, i) => row('/sounds', `${(i * 77) % 240}.wav`));
  await library.appendRows(all.slice(0, 100));
  await library.appendRows([...all.slice(100), row('/sounds', '5.wav'), row('/sounds', 'broken.wav', { features: null, code: 'DECODE_NOT_AUDIO' })]);
});
afterAll(() => library.close());

const left = (): string[] => readdirSync(library.dir).filter((name) => name.startsWith('.'));

describe('points beyond the budget', () => {
  it.each(['kin', 'seed'] as const)('are, in recipe %s, bit for bit those that would have been in memory', async (recipe) => {
    const all = await readShapedPoints(library, recipe);
    const part = await readShapedPoints(library, recipe, { mostBytes: 4 * width * 30, seed: 3 });
    expect(all.sample).toBeNull();
    expect(part.tracks).toEqual(all.tracks);
    expect([part.scaler.offset, part.scaler.scale]).toEqual([all.scaler.offset, all.scaler.scale]);
    const { shape, blockRows } = part.spilled!;
    expect(shape).toEqual([240, all.width]);
    const blocks: number[] = [];
    for (let b = 0; b * blockRows < 240; b++) blocks.push(...(await part.spilled!.read(b)));
    expect(Float32Array.from(blocks)).toEqual(all.values);
    const some = [239, 0, 17, 17];
    expect(part.rows(some)).toEqual(all.rows(some));
    expect(part.values).toEqual(all.rows(part.sample!));
    part.close();
    expect(left()).toEqual([]);
  });

  it('are sampled without repeats, by the seed, and no more than fit or are asked for', async () => {
    const draw = async (seed: number, rows?: number): Promise<number[]> => {
      const { sample, close } = await readShapedPoints(library, 'kin', { mostBytes: 4 * width * 30, seed, ...(rows !== undefined && { sampleRows: rows }) });
      close();
      return [...sample!];
    };
    const first = await draw(1);
    expect(first).toHaveLength(30);
    expect(new Set(first).size).toBe(30);
    expect(await draw(1)).toEqual(first);
    expect(await draw(2)).not.toEqual(first);
    expect(await draw(1, 12)).toEqual(first.slice(0, 12));
  });

  it('leave nothing on the disk when reading fails', async () => {
    const broken = await openLibrary(join(work, 'broken'), { create: FORMAT });
    const rows = Array.from({ length: 40 }, (_, i) => row('/sounds', `${i}.wav`));
    rows[30]!.features!['kin']![7] = NaN;
    await broken.appendRows(rows);
    await expect(readShapedPoints(broken, 'kin', { mostBytes: 4 * width * 10 })).rejects.toMatchObject({ code: 'KMEANS_NOT_FINITE' });
    expect(readdirSync(broken.dir).filter((name) => name.startsWith('.'))).toEqual([]);
    await broken.close();
  });
});

describe('a file of folders within each other', () => {
  it('counts once, and files of other folders all count', async () => {
    const nested = await openLibrary(join(work, 'nested'), { create: FORMAT });
    await nested.appendRows([row('/a', 'b/x.wav'), row('/a', 'y.wav'), row('/a/b', 'x.wav'), row('/a/b', 'z.wav'), row('/ab', 'x.wav'), row('/c', 'x.wav')]);
    const { tracks } = await readShapedPoints(nested, 'kin');
    expect(tracks.map(({ root, path }) => `${root}:${path}`)).toEqual(['/a:b/x.wav', '/a:y.wav', '/a/b:z.wav', '/ab:x.wav', '/c:x.wav']);
    await nested.close();
  });
});

describe('a spill file', () => {
  it('keeps rows put in any order, some twice', () => {
    const path = join(work, 'spill');
    const file = new SpillFile(path, 50, 3);
    const order = Array.from({ length: 50 }, (_, i) => (i * 7) % 50);
    for (const at of [...order, 4, 5, 6, 5]) file.put(at, Float32Array.of(at, at * 2, -at));
    file.put(5, Float32Array.of(0.5, 0.25, 0.125));
    expect([...file.rows([5, 6, 49, 0])]).toEqual([0.5, 0.25, 0.125, 6, 12, -6, 49, 98, -49, 0, 0, -0]);
    expect([...file.read(0)].slice(0, 6)).toEqual([0, 0, -0, 1, 2, -1]);
    file.close();
    expect(existsSync(path)).toBe(false);
  });

  it('tells of a disk that refuses', () => {
    expect(() => new SpillFile(join(work, 'no', 'folder'), 10, 3)).toThrow(expect.objectContaining({ code: 'LIBRARY_WRITE' }));
  });
});

describe('the budget', () => {
  it('is a third of the memory given, for points are held three times', () => {
    expect(pointBudget('3G')).toBe(2 ** 30);
    expect(pointBudget()).toBeLessThanOrEqual(0.6 * 2 ** 30 + 1);
    expect(() => pointBudget('3M')).toThrow(expect.objectContaining({ code: 'CONFIG_RANGE' }));
  });

  it('samples enough for every cluster', () => {
    expect(sampleRows(20)).toBe(100_000);
    expect(sampleRows(1000)).toBe(256_000);
  });
});
