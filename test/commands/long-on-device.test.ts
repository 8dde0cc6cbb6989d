import { join } from 'node:path';
import { expect, it } from 'vitest';
import { extract } from '../../src/commands/extract.js';
import { encodeWav } from '../../src/decode/index.js';
import { openLibrary } from '../../src/library/index.js';
import { createSoundFolder } from '../support/sound-files.js';

const files = createSoundFolder();
const chord = (samples: number): Float32Array => Float32Array.from({ length: samples }, (_, n) => 0.3 * Math.sin(n * 0.1239));

it('leaves long sounds to the threads, whatever the device', async () => {
  files.write('a-long.wav', encodeWav(chord(140_000), 22050));
  files.write('b-short.wav', encodeWav(chord(700), 22050));
  // At one frame a sample, six seconds are long.
  const analysis = { nFft: 512, hopLength: 1, nMels: 8, nMfcc: 4 };
  const rows = [];
  for (const backend of ['cpu', 'wasm'] as const) {
    const library = join(files.folder, `library-${backend}`);
    await extract({ sounds: [files.folder], library, analysis, backend, workers: 2 });
    const opened = await openLibrary(library);
    rows.push(await opened.tracks());
    await opened.close();
  }
  expect(rows.map((list) => list.map(({ path, backend, code }) => [path, backend, code]))).toEqual([
    [['a-long.wav', 'wasm', null], ['b-short.wav', 'cpu', null]],
    [['a-long.wav', 'wasm', null], ['b-short.wav', 'wasm', null]],
  ]);
});
