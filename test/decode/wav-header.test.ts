import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFile, type DecodedAudio } from '../../src/decode/decode-file.js';
import { createSoundFolder } from '../support/sound-files.js';
import { chunk, formatChunk, join, pack, riff, text, wav } from '../support/wav-bytes.js';

const files = createSoundFolder();
// The name lies on purpose: content decides.
const decode = (bytes: Uint8Array): Promise<DecodedAudio> => decodeFile(files.write('sound.mp3', bytes), { sampleRate: 0 });
const VALUES = [0, 1000, -1000, 32767, -32768, 5, -5, 300];
const SOUND = Float32Array.from(VALUES, (value) => value / 32768);
const DATA = pack(VALUES, 's16');

describe('WAV, whole', () => {
  it.each([
    ['plain', wav(DATA)],
    ['extensible', wav(DATA, { extensible: true })],
    ['a chunk before the samples', riff([formatChunk(), chunk('LIST', new Uint8Array(26)), chunk('data', DATA)])],
    ['chunks of odd size, padded', riff([chunk('bext', new Uint8Array(7)), formatChunk(), chunk('LIST', new Uint8Array(5)), chunk('data', DATA)])],
    ['a chunk of odd size whose pad byte is missing', riff([formatChunk(), chunk('LIST', new Uint8Array(5), { pad: false }), chunk('data', DATA)])],
    ['a pad byte that is not zero', riff([formatChunk(), join(chunk('LIST', new Uint8Array(5), { pad: false }), text('x')), chunk('data', DATA)])],
    ['an unknown chunk with an odd name', riff([chunk('\x01\x02z!', new Uint8Array(4)), formatChunk(), chunk('data', DATA)])],
    ['chunks behind the samples', riff([formatChunk(), chunk('data', DATA), chunk('LIST', new Uint8Array(9)), chunk('id3 ', new Uint8Array(100))])],
    ['rubbish behind the samples', join(wav(DATA), new Uint8Array(13).fill(0x5a))],
    ['a RIFF size of 0', ((bytes) => (bytes.fill(0, 4, 8), bytes))(wav(DATA))],
    ['a block alignment of 0', wav(DATA, { blockAlign: 0 })],
    ['a block alignment that does not divide', riff([formatChunk({ blockAlign: 1 }), chunk('data', DATA)])],
    ['a size of 0xFFFFFFFF, from a pipe', riff([formatChunk(), chunk('data', DATA, { size: 0xffff_ffff })])],
    ['a size of 0x7FFFFFFF - 36, from another pipe', riff([formatChunk(), chunk('data', DATA, { size: 0x7fff_ffdb })])],
    ['a size of 0, never filled in', riff([formatChunk(), chunk('data', DATA, { size: 0 })])],
    ['big-endian RIFX', riff([formatChunk({ bigEndian: true }), chunk('data', pack(VALUES, 's16', true), { bigEndian: true })], 'RIFX')],
  ])('%s', async (_, bytes) => {
    const decoded = await decode(bytes);
    expect(decoded.samples).toEqual(SOUND);
    expect(decoded).toMatchObject({ format: 'wav', decoder: 'wav', sampleRate: 8000, sourceSampleRate: 8000, channels: 1, durationSeconds: 0.001 });
    expect(decoded.warning).toBeUndefined();
  });

  it('RF64: the true size stands in another chunk', async () => {
    const sizes = new Uint8Array(28);
    new DataView(sizes.buffer).setBigUint64(8, BigInt(DATA.length), true);
    const bytes = riff([chunk('ds64', sizes), formatChunk(), chunk('data', DATA, { size: 0xffff_ffff }), chunk('LIST', new Uint8Array(40))], 'RF64');
    const decoded = await decode(bytes);
    expect(decoded.format).toBe('rf64');
    expect(decoded.samples).toEqual(SOUND);
  });

  it('24 bits in 4 bytes, and 12 bits in 2', async () => {
    const wide = await decode(wav(pack([0x400000 * 256, -256], 's32'), { bits: 24, blockAlign: 4 }));
    expect([...wide.samples]).toEqual([0.5, -(2 ** -23)]);
    const narrow = await decode(wav(pack([16384, -16], 's16'), { bits: 12, blockAlign: 2 }));
    expect([...narrow.samples]).toEqual([0.5, -16 / 32768]);
  });

  it('gives back whatever was written, for every kind, rate, and number of channels', async () => {
    const kinds = fc.constantFrom(['u8', 8, 128], ['s16', 16, 32768], ['s24', 24, 8388608], ['s32', 32, 2147483648]) as fc.Arbitrary<['s16', number, number]>;
    await fc.assert(
      fc.asyncProperty(kinds, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 100, max: 200_000 }), fc.nat(), fc.boolean(), async ([kind, bits, fullScale], channels, sampleRate, seed, extensible) => {
        const frames = 1 + (seed % 40);
        const values = Array.from({ length: frames * channels }, (_, i) => ((seed + 7919 * i * i) % (2 * fullScale)) - fullScale);
        const decoded = await decode(wav(pack(values, kind), { bits, channels, sampleRate, extensible }));
        expect(decoded).toMatchObject({ channels, sampleRate, durationSeconds: frames / sampleRate });
        decoded.samples.forEach((sample, frame) => {
          const mean = values.slice(frame * channels, (frame + 1) * channels).reduce((sum, value) => sum + value / fullScale, 0) / channels;
          expect(Math.abs(sample - mean)).toBeLessThanOrEqual(2 ** -22);
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('WAV, broken', () => {
  it('cut in its samples: what is there, and a warning that says how much of how much', async () => {
    const bytes = wav(pack(Array.from({ length: 8000 }, () => 1), 's16'));
    const decoded = await decode(bytes.subarray(0, 44 + 2 * 2000 + 1));
    expect(decoded.samples).toHaveLength(2000);
    expect(decoded.warning?.code).toBe('DECODE_TRUNCATED');
    expect(decoded.warning?.message).toContain('expected 1.00 s of sound, got 0.250 s');
  });

  it('cut anywhere: the samples that are there, or a clear error, never anything else', async () => {
    const bytes = riff([chunk('bext', new Uint8Array(7)), formatChunk(), chunk('data', DATA)]);
    const header = bytes.length - DATA.length;
    for (let length = 1; length < bytes.length; length++) {
      const outcome = await decode(bytes.subarray(0, length)).catch((error: unknown) => error);
      if (length >= header + 2) expect(outcome).toMatchObject({ samples: SOUND.subarray(0, Math.floor((length - header) / 2)), warning: { code: 'DECODE_TRUNCATED' } });
      else if (length >= header) expect(outcome).toMatchObject({ code: 'DECODE_EMPTY' });
      else expect(outcome).toMatchObject({ code: length < 12 ? 'DECODE_NOT_AUDIO' : 'DECODE_FAILED' });
    }
  });

  it.each([
    ['no samples', wav(new Uint8Array(0)), 'DECODE_EMPTY'],
    ['no samples, but a chunk behind', riff([formatChunk(), chunk('data', new Uint8Array(0)), chunk('LIST', new Uint8Array(30))]), 'DECODE_EMPTY'],
    ['less than one frame', wav(new Uint8Array(3), { channels: 2 }), 'DECODE_EMPTY'],
    ['no format', riff([chunk('data', DATA)]), 'DECODE_FAILED'],
    ['no channels', wav(DATA, { channels: 0 }), 'DECODE_FAILED'],
    ['a rate of 0', wav(DATA, { sampleRate: 0 }), 'DECODE_FAILED'],
    ['a rate beyond belief', wav(DATA, { sampleRate: 4_000_000_000 }), 'DECODE_FAILED'],
    ['samples that are not numbers', wav(pack([0, NaN], 'f32'), { tag: 3, bits: 32 }), 'DECODE_FAILED'],
    ['samples that are infinite', wav(pack([0, -Infinity], 'f64'), { tag: 3, bits: 64 }), 'DECODE_FAILED'],
  ])('%s: %s', async (_, bytes, code) => {
    await expect(decode(bytes)).rejects.toMatchObject({ name: 'SoundkinError', code });
  });

  it('samples that are not numbers are found after resampling too', async () => {
    const values = Array.from({ length: 4000 }, () => 0.1);
    values[3999] = NaN;
    const path = files.write('nan.wav', wav(pack(values, 'f32'), { tag: 3, bits: 32 }));
    await expect(decodeFile(path, { sampleRate: 4000 })).rejects.toThrow('holds samples that are not numbers');
  });
});
