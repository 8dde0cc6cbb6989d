import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { LazyDuckDb, parquetTable } from '../../src/library/duckdb.js';
import { openLibrary, type Library } from '../../src/library/index.js';
import { failedRow, features, sampleClustering, sampleRow, SMALL, temporaryFolder } from './sample-rows.js';

const base = temporaryFolder();
let count = 0;

async function withLibrary(work: (library: Library) => Promise<void>): Promise<void> {
  const library = await openLibrary(join(base, String(count++)), { create: SMALL });
  await work(library);
  await library.close();
}

async function readParquet(path: string): Promise<Record<string, unknown>[]> {
  const duck = new LazyDuckDb(join(base, 'spill'));
  const rows = await duck.use(async (connection) =>
    (await connection.runAndReadAll(`SELECT * FROM ${parquetTable(path)}`)).getRowObjectsJS(),
  );
  await duck.close();
  return rows;
}

describe('exportTracks', () => {
  it('joins labels, facts and features of the members that are still there, newest row, in order', async () => {
    await withLibrary(async (library) => {
      const paths = Array.from({ length: 4000 }, (_, i) => `${4000 - i}'.wav`);
      await library.appendRows(paths.map((path, i) => sampleRow(path, { size: 1, features: features(i) })));
      await library.appendRows([
        sampleRow(paths[7] as string, { size: 2, features: features(-1) }),
        sampleRow(paths[8] as string, { removed: true, features: null }),
        failedRow(paths[9] as string),
        sampleRow('not in the clustering'),
      ]);
      const clustering = sampleClustering([...paths, 'gone before']);
      await library.writeClustering('default', clustering);
      const target = join(base, 'new folder', "out'put");
      await library.exportTracks('default', 'parquet', target);

      const rows = await readParquet(target);
      const kept = paths.filter((_, i) => i !== 8 && i !== 9).sort();
      expect(rows.map((row) => row.path)).toEqual(kept);
      const { mtimeMs } = sampleRow('');
      const seventh = rows.find((row) => row.path === paths[7]);
      expect(seventh).toEqual({
        root: '/sounds', path: paths[7], cluster: 1, distance: 7 / 3, silhouette: -0.5 + 0.7, x: Math.cos(7), y: -7, label: 'label 7',
        size: 2n, mtime_ms: mtimeMs, content_id: 'abc', duration_seconds: 1.5, sample_rate: 44100, channels: 2,
        format: 'wav', decoder: 'riff', excerpt: null, title: 'A title', artist: 'Ann Ártist', album: null, genre: 'Ambient', backend: 'wasm', code: null, message: null,
        features_seed: [...features(-1).seed as Float32Array], features_kin: [...features(-1).kin as Float32Array],
      });
      const first = rows.find((row) => row.path === paths[0]);
      expect(first).toMatchObject({ silhouette: null, label: null, size: 1n });
      expect(readdirSync(join(base, 'new folder'))).toEqual(["out'put"]);
    });
  });

  it('refuses when the clustering is absent, when no member is left, and when the target is a folder', async () => {
    await withLibrary(async (library) => {
      const target = join(base, 'never');
      await expect(library.exportTracks('x', 'parquet', target)).rejects.toMatchObject({ code: 'CLUSTERING_NOT_FOUND' });
      await library.writeClustering('x', sampleClustering(['a']));
      await expect(library.exportTracks('x', 'parquet', target)).rejects.toMatchObject({ code: 'LIBRARY_EMPTY' });
      expect(existsSync(target)).toBe(false);
      await library.appendRows([sampleRow('a')]);
      mkdirSync(join(target, 'full'), { recursive: true });
      await expect(library.exportTracks('x', 'parquet', target)).rejects.toMatchObject({ code: 'EXPORT_FORMAT', message: expect.stringContaining(target) as string });
      expect(readdirSync(target)).toEqual(['full']);
    });
  });
});
