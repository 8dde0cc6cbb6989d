import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { errors, FILE_CODES } from '../../src/commands/errors.js';
import { openLibrary, type TrackRow } from '../../src/library/index.js';
import { sampleRow, SMALL } from '../library/sample-rows.js';
import { temporaryFolder } from '../support/real-samples.js';

const library = join(temporaryFolder(), 'library');
const fine = join(temporaryFolder(), 'fine');

const failed = (path: string, changes: Partial<TrackRow> = {}): TrackRow => sampleRow(path, { features: null, code: 'DECODE_FAILED', message: 'decode: no', ...changes });

beforeAll(async () => {
  const open = await openLibrary(library, { create: SMALL });
  await open.appendRows([
    sampleRow('good.wav'),
    sampleRow('short.wav', { code: 'DECODE_TRUNCATED', message: 'decode: ends early' }),
    failed('text.wav', { root: '/b', code: 'DECODE_NOT_AUDIO', message: 'decode: text' }),
    failed('text.wav', { root: '/a', code: 'DECODE_NOT_AUDIO', message: 'decode: text' }),
    failed('mended.wav'),
    failed('gone.wav'),
    failed('zero.wav', { code: 'DECODE_EMPTY', message: null, size: 0 }),
  ]);
  await open.appendRows([sampleRow('mended.wav'), failed('gone.wav', { removed: true })]);
  await open.close();
  const other = await openLibrary(fine, { create: SMALL });
  await other.appendRows([sampleRow('good.wav')]);
  await other.close();
});

describe('errors', () => {
  it('lists what failed and what is damaged, by root and path, and not what was mended or is gone', async () => {
    const outcome = await errors({ library });
    expect(outcome.files.map(({ root, path, code, measured }) => [root, path, code, measured])).toEqual([
      ['/a', 'text.wav', 'DECODE_NOT_AUDIO', false],
      ['/b', 'text.wav', 'DECODE_NOT_AUDIO', false],
      [sampleRow('x').root, 'short.wav', 'DECODE_TRUNCATED', true],
      [sampleRow('x').root, 'zero.wav', 'DECODE_EMPTY', false],
    ]);
    expect(outcome.files[3]).toMatchObject({ message: '', size: 0 });
    expect(outcome).toMatchObject({ library, failed: 3, damaged: 1 });
    expect(outcome.codes.map(({ code, failed, damaged }) => [code, failed, damaged])).toEqual([['DECODE_NOT_AUDIO', 2, 0], ['DECODE_EMPTY', 1, 0], ['DECODE_TRUNCATED', 0, 1]]);
    expect(outcome.codes[0]?.meaning).toContain('no audio format');
  });

  it('of some codes only, in any case', async () => {
    const outcome = await errors({ library, codes: ['decode_empty', 'DECODE_TRUNCATED'] });
    expect([outcome.files.map(({ path }) => path), outcome.failed, outcome.damaged]).toEqual([['short.wav', 'zero.wav'], 1, 1]);
    expect((await errors({ library, codes: ['DECODE_CRASHED'] })).files).toEqual([]);
    expect((await errors({ library, codes: [] })).files).toHaveLength(4);
  });

  it('of a library without any is empty', async () => {
    expect(await errors({ library: fine })).toEqual({ library: fine, failed: 0, damaged: 0, codes: [], files: [] });
  });

  it('refuses a code that no file can have, and a folder that is no library', async () => {
    for (const code of ['USAGE', 'DECODE', '']) await expect(errors({ library, codes: [code] })).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('DECODE_FAILED') as unknown });
    await expect(errors({ library: join(fine, 'nothing') })).rejects.toMatchObject({ code: 'LIBRARY_NOT_FOUND' });
    expect(FILE_CODES).toContain('DECODE_CRASHED');
    expect(FILE_CODES).not.toContain('INTERNAL');
  });
});
