import { readdirSync, truncateSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAnalysisSettings, EXCERPT_END } from '../../src/config/analysis.js';
import { encodeWav } from '../../src/decode/index.js';
import { openDevice } from '../../src/device/open-device.js';
import { mayBeLong, mostInMemory } from '../../src/threads/long-file.js';
import { fileMeasurer } from '../../src/threads/measure-file.js';
import type { WasmModule } from '../../src/web-assembly.js';
import { createSoundFolder } from '../support/sound-files.js';

const fixtures = fileURLToPath(new URL('../decode/fixtures/', import.meta.url));
const real = fileURLToPath(new URL('../../node_modules/supersonic-scsynth-samples/samples/ambi_lunar_land.flac', import.meta.url));
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const names = readdirSync(fixtures).filter((name) => /\.\w+$/.test(name) && !name.endsWith('.md') && (hasFfmpeg || !/m4a|adpcm-8k|mp3-inside/.test(name)));
const files = createSoundFolder();
const settings = createAnalysisSettings();
let module: WasmModule;
beforeAll(async () => {
  module = (await openDevice('wasm')).device.trackKernel!;
});

const chord = (seconds: number, sampleRate = 22050): Float32Array => Float32Array.from({ length: seconds * sampleRate }, (_, n) => 0.3 * Math.sin(n * 0.1239) + (0.3 * Math.sin(n * 0.1561) * n) / (seconds * sampleRate));

describe('a file measured as it comes', () => {
  it.each([...names.map((name) => join(fixtures, name)), real])('has the row and the facts that it has when it is held: %s', async (path) => {
    const held = await fileMeasurer(module, settings)(path);
    for (const most of [1000, 9000, 1e5]) expect(await fileMeasurer(module, settings, most)(path), `${most} samples held`).toEqual(held);
    expect(held.fault).toBeUndefined();
  });

  it('keeps its own rate where that is asked for', async () => {
    const path = files.write('own-rate.wav', encodeWav(chord(3, 44_100), 44_100));
    const own = createAnalysisSettings({ sampleRate: 0 });
    const streamed = await fileMeasurer(module, own, 20_000)(path);
    expect(streamed).toEqual(await fileMeasurer(module, own)(path));
    expect(streamed.value!.facts).toMatchObject({ sampleRate: 44_100, durationSeconds: 3 });
  });

  it('measures the excerpt that is asked for, long or short', async () => {
    const path = files.write('excerpt.wav', encodeWav(chord(9, 44_100), 44_100));
    for (const given of [{ excerptSeconds: 4, excerptPlace: EXCERPT_END }, { excerptSeconds: 5, excerptPlace: 1 }, { excerptSeconds: 20, excerptPlace: 2 }]) {
      const wanted = createAnalysisSettings(given);
      expect(await fileMeasurer(module, wanted, 30_000)(path)).toEqual(await fileMeasurer(module, wanted)(path));
    }
  });

  it('says what is missing at the end of it, and measures what is there', async () => {
    const path = files.write('cut.wav', encodeWav(chord(8), 22050));
    truncateSync(path, 200_000);
    const streamed = await fileMeasurer(module, settings, 30_000)(path);
    expect(streamed.value!.facts.warning).toMatchObject({ code: 'DECODE_TRUNCATED' });
    expect(streamed).toEqual(await fileMeasurer(module, settings)(path));
  });

  it('has the faults that it has when it is held', async () => {
    const samples = chord(5);
    samples[80_000] = NaN;
    const floats = Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x03\0\x01\0\x22\x56\0\0\x88\x58\x01\0\x04\0\x20\0data', 'latin1'), Buffer.from(Uint32Array.of(samples.byteLength).buffer), Buffer.from(samples.buffer)]);
    floats.writeUInt32LE(floats.length - 8, 4);
    const loud = Buffer.from(floats);
    Buffer.from(chord(5).map((value) => value * 3e38).buffer).copy(loud, 44);
    const faulty = [
      files.write('nan.wav', floats),
      files.write('loud.wav', loud),
      files.write('no-sound.mp3', Buffer.alloc(100_000, 7)),
      files.write('empty.wav', ''),
      join(files.folder, 'missing.wav'),
      files.folder,
    ];
    const faults: unknown[] = [];
    for (const path of faulty) {
      const held = await fileMeasurer(module, settings)(path);
      expect(await fileMeasurer(module, settings, 20_000)(path), path).toEqual(held);
      faults.push(held.fault?.code);
    }
    expect(faults).toEqual(['DECODE_FAILED', 'FEATURES_NOT_FINITE', 'DECODE_NOT_AUDIO', 'DECODE_EMPTY', 'DECODE_READ', 'DECODE_READ']);
  });
});

describe('mayBeLong', () => {
  const path = files.write('four-seconds.wav', encodeWav(chord(4), 22050));

  it('is told by the header, whatever the size allows', async () => {
    expect(await mayBeLong(path, settings, 4 * 22050)).toBe(false);
    expect(await mayBeLong(path, settings, 4 * 22050 - 1)).toBe(true);
    expect(await mayBeLong(path, createAnalysisSettings({ sampleRate: 44_100 }), 4 * 22050)).toBe(true);
  });

  it('is told by the excerpt', async () => {
    const most = 3 * 22050;
    expect(await mayBeLong(path, createAnalysisSettings({ excerptSeconds: 2 }), most)).toBe(false);
    expect(await mayBeLong(path, createAnalysisSettings({ excerptSeconds: 3.5 }), most)).toBe(true);
  });

  it('is open for compressed files, unless they are small', async () => {
    const compressed = join(fixtures, 'stereo.mp3');
    expect(await mayBeLong(compressed, settings, 1000)).toBe(true);
    expect(await mayBeLong(compressed, settings, mostInMemory(settings))).toBe(false);
  });

  it('is false for what is no sound, or is not there', async () => {
    expect(await mayBeLong(files.write('text.wav', 'x'.repeat(10_000)), settings, 1000)).toBe(false);
    expect(await mayBeLong(join(files.folder, 'missing.wav'), settings, 1000)).toBe(false);
  });

  it('holds fewer samples where they make more frames', () => {
    expect(mostInMemory(settings)).toBe(2 ** 24);
    expect(mostInMemory(createAnalysisSettings({ hopLength: 1 }))).toBe(2 ** 17);
  });
});
