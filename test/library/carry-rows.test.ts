import { describe, expect, it } from 'vitest';
import { openLibrary, type Library } from '../../src/library/index.js';
import { failedRow, features, sampleRow, SMALL, temporaryFolder } from './sample-rows.js';

const base = temporaryFolder();
let count = 0;
async function withLibrary(work: (library: Library) => Promise<void>): Promise<void> {
  const library = await openLibrary(`${base}/${++count}`, { create: SMALL });
  try {
    await work(library);
  } finally {
    await library.close();
  }
}
const place = (path: string, root = '/sounds'): { root: string; path: string } => ({ root, path });

describe('carryRows', () => {
  it('copies rows bit by bit to new names, from several files, one to several', async () => {
    await withLibrary(async (library) => {
      const odd = new Float32Array([0.1, -0, 3e-45]);
      await library.appendRows([sampleRow('a', { features: { ...features(2), seed: odd } }), sampleRow('b')]);
      await library.appendRows([sampleRow("it's", { features: features(3), code: 'DECODE_TRUNCATED', message: 'half' })]);
      const lost = await library.carryRows([
        { from: place('a'), to: { ...place('x/a', '/elsewhere'), size: 1000, mtimeMs: 5.25 } },
        { from: place('a'), to: { ...place('copy of a'), size: 1000, mtimeMs: 6 } },
        { from: place("it's"), to: { ...place('é\u{1f3b5}'), size: 1000, mtimeMs: 7 } },
      ]);
      expect(lost).toEqual([]);
      const { tracks, points } = await library.readPoints('seed');
      const row = (path: string): [object, number[]] => {
        const i = tracks.findIndex((track) => track.path === path);
        return [tracks[i]!, [...points.subarray(3 * i, 3 * i + 3)]];
      };
      const [a, ofA] = row('a');
      const [moved, ofMoved] = row('x/a');
      expect(moved).toEqual({ ...a, ...place('x/a', '/elsewhere'), mtimeMs: 5.25 });
      expect(ofMoved).toEqual([...odd]);
      expect(ofA).toEqual(ofMoved);
      expect(row('copy of a')[1]).toEqual(ofA);
      expect(row('é\u{1f3b5}')[0]).toMatchObject({ code: 'DECODE_TRUNCATED', message: 'half', mtimeMs: 7 });
      expect(tracks).toHaveLength(6);
    });
  });

  it('copies of a removed file, whose row is a tombstone no more', async () => {
    await withLibrary(async (library) => {
      await library.appendRows([sampleRow('a')]);
      await library.carryRows([{ from: place('a'), to: { ...place('b'), size: 1000, mtimeMs: 1 } }]);
      await library.appendRows([sampleRow('a', { features: null, removed: true })]);
      expect((await library.tracks()).map(({ path, measured }) => [path, measured])).toEqual([['b', true]]);
    });
  });

  it('gives back what has no measured row, and copies the others', async () => {
    await withLibrary(async (library) => {
      await library.appendRows([sampleRow('a'), failedRow('broken')]);
      const to = { ...place('b'), size: 1, mtimeMs: 1 };
      const missing = [{ from: place('broken'), to }, { from: place('nowhere'), to }];
      expect(await library.carryRows([...missing, { from: place('a'), to }])).toEqual(missing);
      expect((await library.tracks()).map(({ path }) => path)).toEqual(['a', 'b', 'broken']);
      expect(await library.carryRows([])).toEqual([]);
    });
  });

  it('wins over an older row of the new name', async () => {
    await withLibrary(async (library) => {
      await library.appendRows([sampleRow('a', { features: features(8) }), failedRow('b')]);
      await library.carryRows([{ from: place('a'), to: { ...place('b'), size: 1, mtimeMs: 1 } }]);
      const { tracks, points } = await library.readPoints('seed');
      expect(tracks.map(({ path }) => path)).toEqual(['a', 'b']);
      expect([...points.subarray(3)]).toEqual([...points.subarray(0, 3)]);
    });
  });
});
