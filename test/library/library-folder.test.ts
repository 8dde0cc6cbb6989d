import { readdirSync, readFileSync, writeFileSync, copyFileSync, mkdirSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { openLibrary } from '../../src/library/index.js';
import { failedRow, features, sampleRow, SMALL, libraryFolder } from './sample-rows.js';

const { fresh, withLibrary } = libraryFolder();

const rowNames = (dir: string): string[] => readdirSync(join(dir, 'rows')).sort();

describe('damaged row files', () => {
  async function twoFiles(dir: string): Promise<string[]> {
    await withLibrary(async (library) => {
      await library.appendRows([sampleRow('a', { size: 1 }), sampleRow('b', { size: 1 })]);
      await library.appendRows(Array.from({ length: 3000 }, (_, i) => sampleRow(i === 0 ? 'a' : `n${i}`, { size: 2, features: features(i * Math.PI) })));
    }, dir);
    return rowNames(dir).map((name) => join(dir, 'rows', name));
  }

  it.each([
    ['cut in half', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['empty', () => Buffer.alloc(0)],
    ['not Parquet', () => Buffer.from('hello, this is a text of some length, longer than a footer')],
    ['zeros in the middle', (bytes: Buffer) => Buffer.from(bytes).fill(0, 4, bytes.length - 8)],
  ])('skips and names one that is %s, and the rest shows', async (_, damage) => {
    const dir = fresh();
    const [, second] = (await twoFiles(dir)) as [string, string];
    writeFileSync(second, damage(readFileSync(second)));
    await withLibrary(async (library) => {
      const tracks = await library.tracks();
      expect(tracks.map(({ path, size }) => [path, size])).toEqual([['a', 1], ['b', 1]]);
      expect(library.problems).toEqual([{ file: second, message: expect.stringContaining('delete it') as string }]);
      expect((await library.readPoints('kin')).tracks).toHaveLength(2);
      expect(library.problems).toHaveLength(1);
      await library.appendRows([sampleRow('c')]);
      expect(await library.tracks()).toHaveLength(3);
    }, dir);
  });

  it('skips one of which only the features cannot be decoded, when they are read', async () => {
    const dir = fresh();
    const [, second] = (await twoFiles(dir)) as [string, string];
    const bytes = readFileSync(second);
    // the columns lie one after the other, features last: spoil the region before the footer
    const footer = bytes.readUInt32LE(bytes.length - 8);
    bytes.fill(0xff, bytes.length - 8 - footer - 6000, bytes.length - 8 - footer);
    writeFileSync(second, bytes);
    await withLibrary(async (library) => {
      expect(await library.tracks()).toHaveLength(3001);
      expect(library.problems).toEqual([]);
      const { tracks } = await library.readPoints('kin');
      expect(tracks.map(({ path, size }) => [path, size])).toEqual([['a', 1], ['b', 1]]);
      expect(library.problems.map(({ file }) => file)).toEqual([second]);
    }, dir);
  });

  it('skips Parquet of other columns under the name of a row file', async () => {
    const dir = fresh();
    const [first, second] = (await twoFiles(dir)) as [string, string];
    const { LazyDuckDb, sqlString } = await import('../../src/library/duckdb.js');
    const duck = new LazyDuckDb(join(fresh(), 'spill'));
    await duck.use((connection) => connection.run(`COPY (SELECT 'a' AS path) TO ${sqlString(second)} (FORMAT parquet)`));
    await duck.close();
    await withLibrary(async (library) => {
      expect(await library.tracks()).toHaveLength(2);
      expect(library.problems.map(({ file }) => file)).toEqual([second]);
      expect(existsSync(first)).toBe(true);
    }, dir);
  });

  it('refuses a row file copied from a library with other settings', async () => {
    const [dir, other] = [fresh(), fresh()];
    await withLibrary((library) => library.appendRows([sampleRow('a')]), dir);
    const mixed = { ...SMALL, settings: { ...SMALL.settings, hopLength: 256 } };
    const library = await openLibrary(other, { create: mixed });
    await library.appendRows([sampleRow('b')]);
    await library.close();
    const [name] = rowNames(other) as [string];
    copyFileSync(join(other, 'rows', name), join(dir, 'rows', '0000000007-00000000.parquet'));
    await withLibrary(async (opened) => {
      await expect(opened.tracks()).rejects.toMatchObject({ code: 'LIBRARY_MIXED' });
    }, dir);
  });
});

describe('the folder', () => {
  it('names row files in rising order and leaves no temporaries', async () => {
    const dir = fresh();
    await withLibrary(async (library) => {
      for (let i = 0; i < 3; i++) await library.appendRows([sampleRow(`${i}`)]);
    }, dir);
    expect(rowNames(dir).map((name) => name.replace(/-[0-9a-f]{8}\./, '-x.'))).toEqual([1, 2, 3].map((seq) => `000000000${seq}-x.parquet`));
    expect(readdirSync(dir).sort()).toEqual(['library.json', 'rows']);
  });

  it('has columns of proper types for other tools', async () => {
    const dir = fresh();
    await withLibrary((library) => library.appendRows([failedRow('a')]), dir);
    const { LazyDuckDb, sqlString } = await import('../../src/library/duckdb.js');
    const duck = new LazyDuckDb(join(fresh(), 'spill'));
    const described = await duck.use((connection) => connection.runAndReadAll(`DESCRIBE SELECT * FROM ${sqlString(join(dir, 'rows/*.parquet'))}`));
    await duck.close();
    const types = Object.fromEntries(described.getRows().map(([name, type]) => [name, type]));
    expect(types).toEqual({
      root: 'VARCHAR', path: 'VARCHAR', size: 'BIGINT', mtime_ms: 'DOUBLE', content_id: 'VARCHAR',
      duration_seconds: 'DOUBLE', sample_rate: 'DOUBLE', channels: 'INTEGER', format: 'VARCHAR', decoder: 'VARCHAR', excerpt: 'VARCHAR',
      title: 'VARCHAR', artist: 'VARCHAR', album: 'VARCHAR', genre: 'VARCHAR',
      backend: 'VARCHAR', code: 'VARCHAR', message: 'VARCHAR', measured: 'BOOLEAN', removed: 'BOOLEAN',
      feature_set_version: 'INTEGER', settings_hash: 'VARCHAR', features_seed: 'FLOAT[]', features_kin: 'FLOAT[]',
    });
  });

  it('refuses to write where it may only read, and after the close', async () => {
    const dir = fresh();
    await withLibrary((library) => library.appendRows([sampleRow('a')]), dir);
    const library = await openLibrary(dir, { readOnly: true });
    expect(await library.tracks()).toHaveLength(1);
    await expect(library.appendRows([sampleRow('b')])).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(library.compact()).rejects.toMatchObject({ code: 'INTERNAL' });
    await library.close();
    await expect(library.tracks()).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('tells a refused write as LIBRARY_WRITE and can go on when the way is free', async () => {
    const dir = fresh();
    await withLibrary(async (library) => {
      writeFileSync(join(dir, 'rows'), 'in the way');
      await expect(library.appendRows([sampleRow('a')])).rejects.toMatchObject({ code: 'LIBRARY_WRITE' });
      rmSync(join(dir, 'rows'));
      mkdirSync(join(dir, 'rows'));
      await library.appendRows([sampleRow('a')]);
      expect(await library.tracks()).toHaveLength(1);
    }, dir);
  });
});
