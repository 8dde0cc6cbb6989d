import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { settingsHash } from '../../src/config/analysis.js';
import { openLibrary, type LibraryFormat } from '../../src/library/index.js';
import { SMALL, temporaryFolder } from './sample-rows.js';

const base = temporaryFolder();
let count = 0;
const fresh = (): string => join(base, `library-${count++}`);

async function make(dir: string, format: LibraryFormat = SMALL): Promise<void> {
  await (await openLibrary(dir, { create: format })).close();
}

describe('openLibrary', () => {
  it('makes library.json, and reads it back', async () => {
    const dir = join(fresh(), 'deep', 'down');
    await make(dir);
    expect(JSON.parse(readFileSync(join(dir, 'library.json'), 'utf8'))).toEqual({
      format: 'soundkin-library',
      formatVersion: 2,
      ...SMALL,
      settingsHash: settingsHash(SMALL.settings),
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    const library = await openLibrary(dir);
    expect(library.dir).toBe(dir);
    expect(library.format).toEqual(SMALL);
    await library.close();
  });

  it('lets several processes make one library at once', async () => {
    const dir = fresh();
    const opened = await Promise.all(Array.from({ length: 8 }, () => openLibrary(dir, { create: SMALL })));
    expect(opened.map(({ format }) => format)).toEqual(opened.map(() => SMALL));
    const asked = Array.from({ length: 8 }, (_, i) => ({ ...SMALL, featureSetVersion: i % 2 }));
    const other = fresh();
    const results = await Promise.allSettled(asked.map((create) => openLibrary(other, { create })));
    const winner = (await openLibrary(other)).format.featureSetVersion;
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual(asked.map((format) => format.featureSetVersion === winner));
  });

  it.each([
    ['absent', () => fresh()],
    ['empty', () => {
      const dir = fresh();
      mkdirSync(dir);
      writeFileSync(join(dir, '.DS_Store'), '');
      return dir;
    }],
  ])('finds no library in a folder that is %s, and says what to do', async (_, prepare) => {
    const dir = prepare();
    for (const options of [{}, { readOnly: true }, { readOnly: true, create: SMALL }]) {
      await expect(openLibrary(dir, options)).rejects.toMatchObject({
        code: 'LIBRARY_NOT_FOUND',
        message: `library: expected a library in ${dir}, found none. Run \`soundkin cluster FOLDER\` first, or name another with --library.`,
      });
    }
    await make(dir); // yet one can be made there
  });

  it('refuses a folder of other things, whether reading or making', async () => {
    const dir = fresh();
    mkdirSync(dir);
    writeFileSync(join(dir, 'song.wav'), '');
    for (const options of [{}, { create: SMALL }]) {
      await expect(openLibrary(dir, options)).rejects.toMatchObject({ code: 'LIBRARY_FORMAT', message: expect.stringContaining('song.wav') as string });
    }
  });

  it('does not make a library in place of a file, nor under one', async () => {
    const file = fresh();
    writeFileSync(file, 'text');
    for (const path of [file, join(file, 'deeper')]) {
      await expect(openLibrary(path, { create: SMALL })).rejects.toMatchObject({ code: 'LIBRARY_WRITE' });
      await expect(openLibrary(path)).rejects.toMatchObject({ code: 'LIBRARY_NOT_FOUND' });
    }
    expect(readFileSync(file, 'utf8')).toBe('text');
  });

  const good = { format: 'soundkin-library', formatVersion: 2, ...SMALL, settingsHash: settingsHash(SMALL.settings) };
  it.each([
    ['no JSON', '{"format": '],
    ['an array', '[]'],
    ['another format', JSON.stringify({ ...good, format: 'other' })],
    ['a newer version', JSON.stringify({ ...good, formatVersion: 3 })],
    ['an older version', JSON.stringify({ ...good, formatVersion: 1 })],
    ['no version', JSON.stringify({ ...good, formatVersion: undefined })],
    ['no settings', JSON.stringify({ ...good, settings: undefined })],
    ['settings of text', JSON.stringify({ ...good, settings: { nFft: '2048' } })],
    ['settings changed by hand', JSON.stringify({ ...good, settings: { ...SMALL.settings, nFft: 1024 } })],
    ['a recipe without a width', JSON.stringify({ ...good, recipes: [{ name: 'seed' }] })],
  ])('refuses a library.json with %s', async (_, text) => {
    const dir = fresh();
    mkdirSync(dir);
    writeFileSync(join(dir, 'library.json'), text);
    for (const options of [{}, { create: SMALL }]) {
      await expect(openLibrary(dir, options)).rejects.toMatchObject({ code: 'LIBRARY_FORMAT' });
    }
    expect(readFileSync(join(dir, 'library.json'), 'utf8')).toBe(text);
  });

  it('accepts the good one that those are made from', async () => {
    const dir = fresh();
    mkdirSync(dir);
    writeFileSync(join(dir, 'library.json'), JSON.stringify(good));
    expect((await openLibrary(dir)).format).toEqual(SMALL);
  });

  it('refuses to mix, telling each difference and what to do', async () => {
    const dir = fresh();
    await make(dir);
    const asked: LibraryFormat = {
      featureSetVersion: 4,
      settings: { ...SMALL.settings, hopLength: 256 },
      recipes: [{ name: 'seed', width: 3 }, { name: 'kin', width: 6 }, { name: 'new', width: 1 }],
    };
    await expect(openLibrary(dir, { create: asked })).rejects.toMatchObject({
      code: 'LIBRARY_MIXED',
      message: `library: expected feature set version 3, hopLength 512, recipe kin 5, recipe new none, as the rows in ${dir} were measured with, got feature set version 4, hopLength 256, recipe kin 6, recipe new 1. Name another folder with --library, or delete this one to measure everything anew.`,
    });
    const turned: LibraryFormat = {
      featureSetVersion: 3,
      settings: Object.fromEntries(Object.entries(SMALL.settings).reverse()) as unknown as LibraryFormat['settings'],
      recipes: SMALL.recipes.toReversed(),
    };
    await make(dir, turned); // the order of keys and recipes does not matter
  });
});
