import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeFile, type DecodedAudio } from '../../src/decode/decode-file.js';
import { createSoundFolder } from '../support/sound-files.js';
import { aiff, type AiffOptions, chunk, pack, type SampleKind } from '../support/wav-bytes.js';

const files = createSoundFolder();
const decode = (bytes: Uint8Array): Promise<DecodedAudio> => decodeFile(files.write('sound.wav', bytes), { sampleRate: 0 });
const HALVES = [0, 0.5, -0.5, -1, 0.25, 0.125];

describe('AIFF and AIFF-C', () => {
  it.each<[string, SampleKind, number, boolean, AiffOptions]>([
    ['8 bits, signed', 's8', 128, true, { bits: 8 }],
    ['16 bits', 's16', 32768, true, {}],
    ['24 bits', 's24', 8388608, true, { bits: 24 }],
    ['32 bits', 's32', 2 ** 31, true, { bits: 32 }],
    ['12 bits in 2 bytes', 's16', 32768, true, { bits: 12 }],
    ['NONE', 's16', 32768, true, { type: 'NONE' }],
    ['twos', 's24', 8388608, true, { type: 'twos', bits: 24 }],
    ['sowt', 's16', 32768, false, { type: 'sowt' }],
    ['raw', 'u8', 128, true, { type: 'raw ', bits: 8 }],
    ['in24', 's24', 8388608, true, { type: 'in24', bits: 24 }],
    ['in32', 's32', 2 ** 31, true, { type: 'in32', bits: 32 }],
    ['fl32', 'f32', 1, true, { type: 'fl32', bits: 32 }],
    ['FL32', 'f32', 1, true, { type: 'FL32', bits: 32 }],
    ['fl64', 'f64', 1, true, { type: 'fl64', bits: 64 }],
    ['samples moved by an offset', 's16', 32768, true, { offset: 6 }],
    ['an odd chunk before', 's16', 32768, true, { before: [chunk('NAME', new Uint8Array(3), { bigEndian: true })] }],
    ['a chunk behind', 's16', 32768, true, { after: [chunk('MARK', new Uint8Array(20), { bigEndian: true })] }],
    ['frames never counted', 's16', 32768, true, { frames: 0 }],
  ])('%s', async (_, kind, fullScale, bigEndian, options) => {
    const decoded = await decode(aiff(pack(HALVES.map((value) => value * fullScale), kind, bigEndian), options));
    expect([...decoded.samples]).toEqual(HALVES);
    expect(decoded).toMatchObject({ format: 'aiff', decoder: 'wav', channels: 1, sampleRate: 8000 });
    expect(decoded.warning).toBeUndefined();
  });

  it.each([8000, 11025, 22050, 44100, 48000, 96000, 192000])('reads the 80-bit rate of %i Hz', async (sampleRate) => {
    expect(await decode(aiff(pack([1, 2], 's16', true), { sampleRate }))).toMatchObject({ sampleRate, durationSeconds: 2 / sampleRate });
  });

  it('cut in its samples: a warning; cut before: an error', async () => {
    const bytes = aiff(pack(Array.from({ length: 4000 }, () => 7), 's16', true), { channels: 2 });
    const decoded = await decode(bytes.subarray(0, bytes.length - 4000));
    expect(decoded.samples).toHaveLength(1000);
    expect(decoded.warning?.message).toContain('expected 0.250 s of sound, got 0.125 s');
    await expect(decode(bytes.subarray(0, 30))).rejects.toMatchObject({ code: 'DECODE_FAILED' });
    await expect(decode(bytes.subarray(0, 54))).rejects.toMatchObject({ code: 'DECODE_EMPTY' });
    await expect(decode(aiff(new Uint8Array(0)))).rejects.toMatchObject({ code: 'DECODE_EMPTY' });
  });

  it('a real one is the same sound as its FLAC', async () => {
    const samples = new URL('../../node_modules/supersonic-scsynth-samples/samples/', import.meta.url);
    const real = await decodeFile(new URL('bd_haus.aiff', samples).pathname, { sampleRate: 0 });
    const flac = await decodeFile(new URL('bd_haus.flac', samples).pathname, { sampleRate: 0 });
    expect(readFileSync(new URL('bd_haus.aiff', samples)).length).toBeGreaterThan(real.samples.length * 2);
    expect(flac.format).toBe('flac');
    expect(real.samples).toEqual(flac.samples);
    expect(real.contentId).not.toBe(flac.contentId);
  });
});
