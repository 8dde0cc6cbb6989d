import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeFile, openSoundStream } from '../../src/decode/index.js';
import { createSoundFolder } from '../support/sound-files.js';
import { chunk, join, pack, riff, wav } from '../support/wav-bytes.js';

const folder = fileURLToPath(new URL('./fixtures/codings/', import.meta.url));
const golden = JSON.parse(readFileSync(joinPath(folder, 'golden.json'), 'utf8')) as {
  lossless: string[];
  coded: Record<string, { frames: number; sha256: string }>;
};
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
/** What only ffmpeg reads. */
const BY_FFMPEG = /alac|\.(wv|tta|mka|mov)$/;
const files = createSoundFolder();
const digest = (samples: Float32Array): string => createHash('sha256').update(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)).digest('hex');

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the same sound', () => {
  const bytes = readFileSync(joinPath(folder, 's16le.wav'));
  // Read here, by hand: a RIFF header of 44 bytes, and 1000 frames of two 16-bit integers.
  const expected = Float32Array.from({ length: 1000 }, (_, i) => (bytes.readInt16LE(44 + 4 * i) / 32768 + bytes.readInt16LE(46 + 4 * i) / 32768) / 2);

  it.each(golden.lossless.filter((name) => hasFfmpeg || !BY_FFMPEG.test(name)))('is the same to the bit in every lossless coding: %s', async (name) => {
    if (!BY_FFMPEG.test(name)) vi.stubEnv('PATH', '/nowhere');
    const sound = await decodeFile(joinPath(folder, name), { sampleRate: 0 });
    expect(sound).toMatchObject({ sourceSampleRate: 8000, channels: 2, durationSeconds: 0.125 });
    expect(sound.warning).toBeUndefined();
    expect(sound.samples).toEqual(expected);
    const resampled = await decodeFile(joinPath(folder, name), { sampleRate: 22050 });
    expect(digest(resampled.samples)).toBe(digest((await decodeFile(joinPath(folder, 's16le.wav'), { sampleRate: 22050 })).samples));
  });

  it.each(golden.lossless.filter((name) => hasFfmpeg || !BY_FFMPEG.test(name)))('is told by content, and so under any name: %s', async (name) => {
    const misnamed = files.write(`${name}.mp3`, readFileSync(joinPath(folder, name)));
    expect((await decodeFile(misnamed, { sampleRate: 0 })).samples).toEqual(expected);
  });
});

describe('what is coded with loss', () => {
  it.each(Object.entries(golden.coded))('%s has the samples of libsndfile to the bit', async (name, { frames, sha256 }) => {
    vi.stubEnv('PATH', '/nowhere');
    const sound = await decodeFile(joinPath(folder, name), { sampleRate: 0 });
    expect(sound.warning).toBeUndefined();
    expect([sound.decoder, sound.samples.length, digest(sound.samples)]).toEqual(['wav', frames, sha256]);
    const stream = await openSoundStream(joinPath(folder, name), { sampleRate: 0, blockSamples: 77 });
    let at = 0;
    for await (const block of stream) {
      expect(block).toEqual(sound.samples.subarray(at, at + 77));
      at += block.length;
    }
    expect(at).toBe(frames);
    const excerpt = await decodeFile(joinPath(folder, name), { sampleRate: 0, excerpt: { seconds: 0.05, at: 'middle' } });
    const from = Math.floor((frames - 400) / 2);
    expect(excerpt.samples).toEqual(sound.samples.slice(from, from + 400));
  });

  it('every file of the folder is in one of the two lists', () => {
    expect([...golden.lossless, ...Object.keys(golden.coded)].sort()).toEqual(readdirSync(folder).filter((name) => !/\.(py|json)$/.test(name)).sort());
  });
});

describe('ADPCM', () => {
  const ima = new Uint8Array(readFileSync(joinPath(folder, 'adpcm-ima.wav')));
  const view = new DataView(ima.buffer);
  const fact = Buffer.from(ima).indexOf('fact') + 8;
  const data = Buffer.from(ima).indexOf('data') + 8;

  it('is cut off where the fact chunk says that the sound ends, unless it leaves out whole blocks', async () => {
    const { samples } = await decodeFile(joinPath(folder, 'adpcm-ima.wav'), { sampleRate: 0 });
    for (const [count, left] of [[samples.length - 100, samples.length - 100], [5, samples.length], [2 ** 31, samples.length]] as const) {
      const bytes = ima.slice();
      new DataView(bytes.buffer).setUint32(fact, count, true);
      const sound = await decodeFile(files.write('fact.wav', bytes), { sampleRate: 0 });
      expect(sound.samples).toEqual(samples.slice(0, left));
      expect(sound.warning).toBeUndefined();
    }
  });

  it('that ends early is decoded as far as whole blocks go, with a warning', async () => {
    const block = view.getUint16(32, true);
    const cut = await decodeFile(files.write('cut.wav', ima.subarray(0, data + Math.floor(1.5 * block))), { sampleRate: 0 });
    expect(cut.samples.length).toBe(1 + 8 * (block / 8 - 1));
    expect(cut.warning?.code).toBe('DECODE_TRUNCATED');
    await expect(decodeFile(files.write('none.wav', ima.subarray(0, data + 10)), { sampleRate: 0 })).rejects.toMatchObject({ code: 'DECODE_EMPTY' });
  });

  it('in blocks that cannot be is left to ffmpeg', async () => {
    vi.stubEnv('PATH', '/nowhere');
    for (const [tag, blockAlign, channels] of [[0x11, 0, 1], [0x11, 4, 2], [2, 6, 1], [2, 1024, 3]] as const) {
      const file = wav(new Uint8Array(2048), { tag, bits: 4, blockAlign, channels });
      await expect(decodeFile(files.write('odd.wav', file), { sampleRate: 0 })).rejects.toMatchObject({ code: 'DECODE_UNSUPPORTED' });
    }
  });
});

describe('headers that lie', () => {
  const body = pack([1, 2, 3, 4], 's16');
  const format = (fields: Partial<Record<'channels' | 'rate' | 'bits' | 'align' | 'tag', number>>): Uint8Array => {
    const bytes = new DataView(new ArrayBuffer(16));
    bytes.setUint16(0, fields.tag ?? 1, true);
    bytes.setUint16(2, fields.channels ?? 1, true);
    bytes.setUint32(4, fields.rate ?? 8000, true);
    bytes.setUint16(12, fields.align ?? 2, true);
    bytes.setUint16(14, fields.bits ?? 16, true);
    return chunk('fmt ', new Uint8Array(bytes.buffer));
  };

  it.each([
    ['no rate', riff([format({ rate: 0 }), chunk('data', body)]), 'DECODE_FAILED'],
    ['4 Hz', riff([format({ rate: 4 }), chunk('data', body)]), 'DECODE_FAILED'],
    ['4 GHz', riff([format({ rate: 0xffff_ffff }), chunk('data', body)]), 'DECODE_FAILED'],
    ['no channels', riff([format({ channels: 0 }), chunk('data', body)]), 'DECODE_FAILED'],
    ['65535 channels', riff([format({ channels: 65_535 }), chunk('data', body)]), 'DECODE_EMPTY'],
    ['no bits', riff([format({ bits: 0 }), chunk('data', body)]), 'DECODE_UNSUPPORTED'],
    ['an AU of 4 G channels', join(Buffer.from('.snd'), pack([24, -1, 3, 8000, -1], 's32', true), body), 'DECODE_EMPTY'],
    ['an AU whose samples begin behind its end', join(Buffer.from('.snd'), pack([2 ** 30, -1, 3, 8000, 1], 's32', true), body), 'DECODE_EMPTY'],
  ])('%s: a clear error, and no memory', async (_, bytes, code) => {
    vi.stubEnv('PATH', '/nowhere');
    const before = process.memoryUsage().arrayBuffers;
    const path = files.write('lie', bytes);
    await expect(decodeFile(path, { sampleRate: 22050 })).rejects.toMatchObject({ name: 'SoundkinError', code });
    await expect(openSoundStream(path, { sampleRate: 22050 })).rejects.toMatchObject({ name: 'SoundkinError', code });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 * 2 ** 20);
  });

  it.each([
    ['2^40 samples', riff([chunk('data', new Uint8Array(0))])],
    ['4 GiB', riff([format({}), chunk('data', body, { size: 0xffff_fff0 })])],
    ['a FLAC of 2^36 samples', (() => {
      const bytes = new Uint8Array(readFileSync(joinPath(folder, 's16.flac')));
      bytes[21] = bytes[21]! | 15;
      bytes.fill(255, 22, 26);
      return bytes;
    })()],
  ])('a promise of %s takes no memory', async (_, bytes) => {
    const before = process.memoryUsage().arrayBuffers;
    await decodeFile(files.write('promise', bytes), { sampleRate: 22050 }).catch((error: unknown) => expect(error).toMatchObject({ name: 'SoundkinError' }));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 * 2 ** 20);
  });

  it.each([[384_000, 1], [192_000, 8], [100, 2]])('%d Hz in %d channels is decoded', async (sampleRate, channels) => {
    const values = Array.from({ length: 4000 * channels }, (_, i) => ((i * 7919) % 20_000) - 10_000);
    const path = files.write('wide.wav', wav(pack(values, 's16'), { sampleRate, channels }));
    const { samples } = await decodeFile(path, { sampleRate: 0 });
    expect(samples).toHaveLength(4000);
    expect(samples[9]).toBeCloseTo(values.slice(9 * channels, 10 * channels).reduce((sum, value) => sum + value / 32768, 0) / channels, 6);
    expect((await decodeFile(path, { sampleRate: 22050 })).samples).toHaveLength(Math.ceil((4000 * 22050) / sampleRate));
  });
});
