import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { openLibrary } from '../../src/library/index.js';
import { cleanTemporaries, temporaryName, writeFailure, writeWhole } from '../../src/library/write-whole.js';
import { SMALL, temporaryFolder } from './sample-rows.js';

const base = temporaryFolder();
let count = 0;
function fresh(): string {
  const folder = join(base, String(count++));
  mkdirSync(folder);
  return folder;
}

const write = (text: string) => (temporary: string): Promise<void> => writeFile(temporary, text);

describe('writeWhole', () => {
  it('shows the old file until the new one is complete', async () => {
    const folder = fresh();
    await writeWhole(folder, write('old'), 'f');
    await writeWhole(
      folder,
      async (temporary) => {
        await writeFile(temporary, 'half');
        expect(readFileSync(join(folder, 'f'), 'utf8')).toBe('old');
        await writeFile(temporary, 'new');
      },
      'f',
    );
    expect(readFileSync(join(folder, 'f'), 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['f']);
  });

  it('keeps the old file and leaves nothing behind when the writing fails', async () => {
    const folder = fresh();
    await writeWhole(folder, write('old'), 'f');
    const failing = async (temporary: string): Promise<void> => {
      await writeFile(temporary, 'half');
      throw new Error('no more');
    };
    await expect(writeWhole(folder, failing, 'f')).rejects.toThrow('no more');
    expect(readFileSync(join(folder, 'f'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['f']);
  });

  it('does not replace a file when asked to be the first', async () => {
    const folder = fresh();
    await writeWhole(folder, write('first'), 'f', { exclusive: true });
    await expect(writeWhole(folder, write('second'), 'f', { exclusive: true })).rejects.toMatchObject({ code: 'LIBRARY_WRITE' });
    expect(readFileSync(join(folder, 'f'), 'utf8')).toBe('first');
    expect(readdirSync(folder)).toEqual(['f']);
  });

  it('tells what the disk refused as LIBRARY_WRITE, and faults of ours as they are', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(writeFailure('/l', full)).toMatchObject({ code: 'LIBRARY_WRITE', message: expect.stringContaining('no space left') as string });
    const duck = new Error('IO Error: Could not write file "/l/x": No space left on device');
    expect(writeFailure('/l', duck)).toMatchObject({ code: 'LIBRARY_WRITE', cause: duck });
    const ours = new TypeError('x is not a function');
    expect(writeFailure('/l', ours)).toBe(ours);
  });
});

describe('cleanTemporaries', () => {
  it('removes those of dead processes and very old ones, and no others', async () => {
    const folder = fresh();
    const { pid } = spawnSync(process.execPath, ['-e', '0']); // has ended: a process number that is free
    const mine = temporaryName();
    const dead = mine.replace(`-${process.pid}-`, `-${pid}-`);
    const elsewhere = `.soundkin-tmp-ffffffff-${pid}-00`;
    const old = '.soundkin-tmp-ffffffff-1-11';
    for (const name of [mine, dead, elsewhere, old, 'mine.tmp', '.hidden']) writeFileSync(join(folder, name), '');
    const dayAndMore = new Date(Date.now() - 25 * 3600 * 1000);
    utimesSync(join(folder, old), dayAndMore, dayAndMore);
    await cleanTemporaries(folder);
    expect(readdirSync(folder).sort()).toEqual([mine, elsewhere, 'mine.tmp', '.hidden'].sort());
  });

  it('happens in every folder of a library when it is opened for writing, and not when only for reading', async () => {
    const folder = fresh();
    await (await openLibrary(folder, { create: SMALL })).close();
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    const name = temporaryName().replace(`-${process.pid}-`, `-${pid}-`);
    const places = ['', 'rows', 'clusterings', 'clusterings/default'].map((part) => join(folder, part));
    for (const place of places) {
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, name), '');
    }
    await (await openLibrary(folder, { readOnly: true })).close();
    expect(places.map((place) => existsSync(join(place, name)))).toEqual([true, true, true, true]);
    await (await openLibrary(folder)).close();
    expect(places.map((place) => existsSync(join(place, name)))).toEqual([false, false, false, false]);
  });
});
