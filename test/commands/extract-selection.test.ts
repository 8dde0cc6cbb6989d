import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { errors } from '../../src/commands/errors.js';
import { extract } from '../../src/commands/extract.js';
import { temporaryFolder } from '../support/real-samples.js';
import { pack, wav } from '../support/wav-bytes.js';

const work = temporaryFolder();
const tone = wav(pack(Array.from({ length: 8000 }, (_, i) => Math.round(9000 * Math.sin(i / 5))), 's16'), { sampleRate: 22050 });
const backend = 'wasm';
let sounds = '';
let library = '';
let runs = 0;
const put = (path: string, bytes: Uint8Array | string = tone): void => {
  writeFileSync(join(sounds, path), bytes);
  utimesSync(join(sounds, path), 1_700_000_000, 1_700_000_000);
};

beforeEach(() => {
  sounds = join(work, `sounds-${++runs}`);
  library = join(work, `library-${runs}`);
  mkdirSync(join(sounds, 'sub'), { recursive: true });
});

it('passes over what is excluded, ignored, hidden and no sound, counts each, and lets go of what was measured before', async () => {
  for (const path of ['a.wav', 'b.wav', '.c.wav', 'sub/a.wav', 'sub/d.wav']) put(path);
  put('cover.jpg', 'picture');
  const first = await extract({ sounds: [sounds], library, backend });
  expect(first.files).toMatchObject({ found: 4, skipped: 1, hidden: 1, ignored: 0, excluded: 0, vanished: 0, unreadable: 0, removed: 0 });
  put('sub/.soundkinignore', 'd.wav');
  const second = await extract({ sounds: [sounds], library, backend, exclude: ['/a.wav', '*.mp3'] });
  expect(second.files).toMatchObject({ found: 2, unchanged: 2, ignored: 1, excluded: 1, removed: 2 });
  expect(second.tracks.map(({ path }) => path)).toEqual(['b.wav', 'sub/a.wav']);
});

it('retryErrors measures again what failed or is damaged, though it has not changed', async () => {
  put('good.wav');
  put('bad.wav', ' '.repeat(tone.length));
  put('short.wav', tone.subarray(0, 9000));
  expect((await extract({ sounds: [sounds], library, backend })).files).toMatchObject({ ok: 2, failed: 1, damaged: 1, measured: 2 });
  put('bad.wav'); // of the same size and time, and now with the content of another
  expect((await extract({ sounds: [sounds], library, backend })).files).toMatchObject({ failed: 1, measured: 0, unchanged: 3 });
  expect((await errors({ library })).files.map(({ path }) => path)).toEqual(['bad.wav', 'short.wav']);
  const again = await extract({ sounds: [sounds], library, backend, retryErrors: true });
  expect(again.files).toMatchObject({ ok: 3, failed: 0, damaged: 1, measured: 1, carried: 1, unchanged: 1 });
  expect((await errors({ library })).files.map(({ path }) => path)).toEqual(['short.wav']);
});

it('tells problems of one name in two folders apart', async () => {
  for (const folder of ['m', 'n']) {
    mkdirSync(join(sounds, folder));
    put(`${folder}/bad.wav`, 'no sound');
  }
  const { problems } = await extract({ sounds: [join(sounds, 'm'), join(sounds, 'n')], library, backend });
  expect(problems.map(({ root, path }) => [root, path])).toEqual([[join(sounds, 'm'), 'bad.wav'], [join(sounds, 'n'), 'bad.wav']]);
});
