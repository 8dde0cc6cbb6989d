import nodeWav from 'node-wav';
import { describe, expect, it } from 'vitest';
import { decodeFile } from '../../src/decode/decode-file.js';
import { encodeWav } from '../../src/decode/encode-wav.js';
import { createRandom } from '../../src/random.js';
import { createSoundFolder } from '../support/sound-files.js';
import { chunk, formatChunk, join, pack, riff, wav } from '../support/wav-bytes.js';

const files = createSoundFolder();
const fresh = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer as ArrayBuffer;
const bySelf = async (bytes: Uint8Array): ReturnType<typeof decodeFile> => decodeFile(files.write('one.wav', bytes), { sampleRate: 0 });

/** Why node-wav is not given every file: each of its faults, run, beside what our own reader makes of the same bytes. */
describe('the faults of node-wav 0.0.2', () => {
  it.each([
    ['u8', 8, 64, 64 / 128],
    ['s16', 16, 16384, 0.5],
    ['s24', 24, 4194304, 0.5],
  ] as const)('%s: positive samples come out too large', async (kind, bits, value, right) => {
    const bytes = wav(pack([value, -value], kind), { bits });
    const [channel] = nodeWav.decode(fresh(bytes))!.channelData;
    expect(channel![0]).not.toBe(right);
    expect(channel![0]! - right).toBeGreaterThan(0);
    expect(channel![1]).toBe(-right);
    expect([...(await bySelf(bytes)).samples]).toEqual([right, -right]);
  });

  it('s24: the lowest sample comes out as the highest', async () => {
    const bytes = wav(pack([-8388608, 0], 's24'), { bits: 24 });
    expect(nodeWav.decode(fresh(bytes))!.channelData[0]![0]).toBeGreaterThan(0.99);
    expect((await bySelf(bytes)).samples[0]).toBe(-1);
  });

  it('an odd chunk before the samples: nothing is returned', async () => {
    const bytes = riff([formatChunk({ tag: 3, bits: 32 }), chunk('LIST', new Uint8Array(5)), chunk('data', pack([0.5], 'f32'))]);
    expect(nodeWav.decode(fresh(bytes))).toBeUndefined();
    expect([...(await bySelf(bytes)).samples]).toEqual([0.5]);
  });

  it('a file cut in its samples: it throws, or makes up silence', async () => {
    const bytes = wav(pack([0.5, 0.25, 0.125, 0.75], 'f32'), { tag: 3, bits: 32 });
    const cut = nodeWav.decode(fresh(bytes.subarray(0, bytes.length - 8)))!.channelData[0]!;
    expect(cut).toHaveLength(4);
    expect(cut[3]).toBeNaN();
    expect([...(await bySelf(bytes.subarray(0, bytes.length - 8))).samples]).toEqual([0.5, 0.25]);
  });

  it('a small buffer from the pool, a tail that does not divide by four, an extensible header: it throws or returns nothing', async () => {
    const bytes = wav(pack([0.5], 'f32'), { tag: 3, bits: 32 });
    expect(nodeWav.decode(join(new Uint8Array(60), bytes).subarray(60))).toBeUndefined();
    expect(() => nodeWav.decode(fresh(join(bytes, new Uint8Array(2))))).toThrow(RangeError);
    expect(() => nodeWav.decode(fresh(wav(pack([0.5], 'f32'), { tag: 3, bits: 32, extensible: true })))).toThrow('fffe');
    expect((await bySelf(join(bytes, new Uint8Array(2)))).samples[0]).toBe(0.5);
  });
});

describe('what node-wav is given', () => {
  const random = createRandom(7);
  const values = Float32Array.from({ length: 3000 }, () => random.next() * 2 - 1);

  it('plain float32, mono and stereo, and gives it to the bit', async () => {
    const mono = await bySelf(wav(pack(values, 'f32'), { tag: 3, bits: 32, sampleRate: 44100 }));
    expect(mono).toMatchObject({ decoder: 'node-wav', sampleRate: 44100, channels: 1, format: 'wav' });
    expect(mono.samples).toEqual(values);
    const stereo = await bySelf(wav(pack(values, 'f32'), { tag: 3, bits: 32, channels: 2 }));
    expect(stereo).toMatchObject({ decoder: 'node-wav', channels: 2, durationSeconds: 1500 / 8000 });
    expect(stereo.samples).toEqual(Float32Array.from({ length: 1500 }, (_, i) => (values[2 * i]! + values[2 * i + 1]!) / 2));
  });

  it('no integers: of 32 bits, too, some come out a rounding off', async () => {
    const integers = Array.from({ length: 3000 }, () => random.integer(2 ** 32) - 2 ** 31);
    const bytes = wav(pack(integers, 's32'), { bits: 32 });
    const right = Float32Array.from(integers, (value) => value / 2 ** 31);
    expect(nodeWav.decode(fresh(bytes))!.channelData[0]).not.toEqual(right);
    const decoded = await bySelf(bytes);
    expect(decoded.decoder).toBe('wav');
    expect(decoded.samples).toEqual(right);
  });

  it.each([
    ['16 bits', wav(pack([1, 2], 's16'))],
    ['an extensible header', wav(pack([0.5], 'f32'), { tag: 3, bits: 32, extensible: true })],
    ['a chunk that moves the samples off a multiple of 4', riff([formatChunk({ tag: 3, bits: 32 }), chunk('LIST', new Uint8Array(6)), chunk('data', pack([0.5], 'f32'))])],
    ['a size that is not there', riff([formatChunk({ tag: 3, bits: 32 }), chunk('data', pack([0.5], 'f32'), { size: 0xffff_ffff })])],
    ['a wrong block alignment', wav(pack([0.5], 'f32'), { tag: 3, bits: 32, blockAlign: 8 })],
  ])('but not %s', async (_, bytes) => {
    expect((await bySelf(bytes)).decoder).toBe('wav');
  });
});

describe('encodeWav', () => {
  it('writes 16 bits that come back within one step, at any length and rate', async () => {
    const random = createRandom(3);
    for (const [length, sampleRate] of [[1, 8000], [777, 22050], [4001, 192000]] as const) {
      const samples = Float32Array.from({ length }, () => random.next() * 2 - 1);
      const decoded = await bySelf(encodeWav(samples, sampleRate));
      expect(decoded).toMatchObject({ sampleRate, channels: 1, durationSeconds: length / sampleRate, decoder: 'wav' });
      samples.forEach((value, i) => expect(Math.abs(decoded.samples[i]! - value)).toBeLessThanOrEqual(2 / 32768));
    }
  });

  it('clips what is louder than full scale', async () => {
    const decoded = await bySelf(encodeWav(Float32Array.of(3, -3), 8000));
    expect([...decoded.samples]).toEqual([32767 / 32768, -1]);
  });
});
