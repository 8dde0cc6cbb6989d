import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeFile, encodeWav } from '../../src/decode/index.js';
import { createSoundFolder } from '../support/sound-files.js';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));
const real = fileURLToPath(new URL('../../node_modules/supersonic-scsynth-samples/samples/ambi_lunar_land.flac', import.meta.url));
const files = readdirSync(fixtures).filter((name) => /\.(mp3|ogg|opus|oga|flac)$/.test(name)).map((name) => join(fixtures, name));

describe('the beginning of a file', () => {
  const sounds = createSoundFolder();

  it.each([...files, real])('is that of the whole, and nothing is said of the end: %s', async (path) => {
    const whole = await decodeFile(path, { sampleRate: 22050 });
    const beginning = await decodeFile(path, { sampleRate: 22050, maxSeconds: 0.25 });
    expect(beginning.warning).toBeUndefined();
    expect(beginning.samples.length).toBe(Math.ceil(0.25 * 22050));
    // The last few results of a resampled block await samples that are not decoded.
    expect(beginning.samples.subarray(0, 5000)).toEqual(whole.samples.subarray(0, 5000));
    // The decoder that was stopped early gives the next file whole.
    expect((await decodeFile(path, { sampleRate: 22050 })).samples).toEqual(whole.samples);
  });

  it('of a WAV is read no further than wanted', async () => {
    const ramp = Float32Array.from({ length: 200_000 }, (_, i) => Math.fround((i % 1000) / 1024));
    const path = sounds.write('long.wav', encodeWav(ramp, 22050));
    const whole = await decodeFile(path, { sampleRate: 0 });
    const beginning = await decodeFile(path, { sampleRate: 0, maxSeconds: 1 });
    expect(beginning.samples).toEqual(whole.samples.subarray(0, 22050));
    expect((await decodeFile(path, { sampleRate: 0, maxSeconds: 1000 })).samples).toEqual(whole.samples);
    const unnamed = await decodeFile(path, { sampleRate: 0, maxSeconds: 1, identify: false });
    expect(unnamed).toEqual({ ...beginning, contentId: '' });
  });
});
