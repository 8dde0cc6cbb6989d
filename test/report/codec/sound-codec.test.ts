import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/random.js';
import { decodeSound } from '../../../src/report/codec/decode-sound.js';
import { openSoundEncoder, type EncodeSound } from '../../../src/report/codec/sound-encoder.js';
import { previewBytes } from '../../../src/report/plan-previews.js';
import { realPreviewSound } from '../real-sounds.js';
import { plainEncode } from './plain-encoder.js';

const RATE = 22_050;
const NAMES = ['drum_snare_hard', 'tabla_ghe1', 'loop_amen', 'ambi_choir', 'elec_tick', 'guit_harmonics', 'perc_bell', 'bass_hit_c'];

let encode: EncodeSound;
beforeAll(async () => {
  encode = await openSoundEncoder();
});

const played = (bytes: Uint8Array): Float32Array => Float32Array.from(decodeSound(bytes), (sample) => sample / 32768);
const db = (power: number): number => 10 * Math.log10(power);

function noise(length: number, level: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length }, () => level * (random.next() * 2 - 1));
}

function tone(level: number, hz: number, length = RATE): Float32Array {
  return Float32Array.from({ length }, (_, i) => level * Math.sin((2 * Math.PI * hz * i) / RATE));
}

function power(samples: Float32Array, other?: Float32Array): number {
  return samples.reduce((sum, sample, i) => sum + (sample - (other?.[i] ?? 0)) ** 2, 0) / samples.length;
}

/** Signal to noise, in dB, as the mean over stretches of 12 ms that are not silent. */
function segmentalSnr(x: Float32Array, y: Float32Array): number {
  const all: number[] = [];
  for (let from = 0; from + 256 <= x.length; from += 256) {
    const signal = power(x.subarray(from, from + 256));
    if (signal > 1e-7) all.push(Math.min(35, Math.max(-10, db(signal / (power(x.subarray(from, from + 256), y.subarray(from, from + 256)) + 1e-12)))));
  }
  return all.reduce((sum, value) => sum + value, 0) / all.length;
}

describe('the codec of previews', () => {
  it.each(NAMES)('writes of %s what its plain twin writes, and keeps its wave', async (name) => {
    const x = await realPreviewSound(`${name}.flac`);
    const bytes = encode(x);
    expect(Buffer.compare(bytes, plainEncode(x))).toBe(0);
    const y = played(bytes);
    expect(y).toHaveLength(x.length);
    expect(segmentalSnr(x, y)).toBeGreaterThan(15);
    // near misses: a millisecond late, and 2 dB too loud
    expect(segmentalSnr(x.subarray(0, -22), y.subarray(22))).toBeLessThan(14);
    expect(segmentalSnr(x, y.map((sample) => sample * 1.25))).toBeLessThan(14);
  });

  it('writes what its twin writes of any sound', () => {
    const part = fc.record({ length: fc.integer({ min: 0, max: 1500 }), level: fc.constantFrom(0, 1e-5, 0.003, 0.1, 1, 30), hz: fc.integer({ min: 0, max: 11_000 }), hiss: fc.constantFrom(0, 0.01, 1) });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), fc.integer(), (parts, seed) => {
        const x = Float32Array.from(parts.flatMap(({ length, level, hz, hiss }) => {
          const hissing = noise(length, level * hiss, seed);
          return [...tone(level, hz, length)].map((sample, i) => sample + hissing[i]!);
        }));
        const bytes = encode(x);
        expect(Buffer.compare(bytes, plainEncode(x))).toBe(0);
        expect(decodeSound(bytes)).toHaveLength(x.length);
      }),
      { numRuns: 60 },
    );
  });

  it.each([0, 1, 2, 511, 512, 513, 1025])('takes %i samples', (length) => {
    const x = noise(length, 0.5, length);
    const y = played(encode(x));
    expect(y).toHaveLength(length);
    if (length > 0) expect(db(power(x, y) / power(x))).toBeLessThan(-8);
  });

  it('keeps silence silent, in next to no bytes, and takes what is not finite as silence', () => {
    expect(decodeSound(encode(new Float32Array(30_000))).every((sample) => sample === 0)).toBe(true);
    expect(encode(new Float32Array(132_300)).length).toBeLessThan(1000);
    const x = tone(0.3, 500, 4000);
    const holes = x.map((sample, i) => (i % 50 === 7 ? 0 : sample));
    for (const odd of [Number.NaN, Infinity, -Infinity]) {
      expect(encode(x.map((sample, i) => (i % 50 === 7 ? odd : sample)))).toEqual(encode(holes));
    }
  });

  it('clips what is beyond full scale, without wrapping round', () => {
    const loud = tone(5, 200);
    const y = decodeSound(encode(loud));
    expect(encode(loud)).toEqual(encode(loud.map((sample) => Math.min(1, Math.max(-1, sample)))));
    expect(y.every((sample, i) => Math.abs(loud[i]!) < 1 || Math.sign(sample) === Math.sign(loud[i]!))).toBe(true);
    expect(Math.max(...y)).toBe(32767);
  });

  it.each([
    [1, 100, 30], [0.5, 440, 25], [0.02, 440, 20], [0.5, 3000, 20], [0.002, 1000, 18], [0.1, 9000, 17],
  ])('plays a tone of level %f at %i Hz with %i dB between it and the noise', (level, hz, atLeast) => {
    const x = tone(level, hz);
    const y = played(encode(x));
    expect(db(power(x) / power(x, y))).toBeGreaterThan(atLeast);
    expect(Math.abs(db(power(y) / power(x)))).toBeLessThan(0.2);
  });

  it('keeps the silence before an attack', () => {
    for (const start of [4000, 4096, 4300, 4590]) {
      const hit = noise(8000, 0.8, start).map((sample, i) => (i < start ? sample * 1e-4 : sample * Math.exp((start - i) / 900)));
      const y = played(encode(hit));
      expect(db(power(y.subarray(0, start - 256)))).toBeLessThan(-80);
      expect(db(power(y.subarray(start - 256, start)) / power(hit.subarray(start, start + 64)))).toBeLessThan(-25);
    }
  });

  it('is quieter in its noise where the sound is dark than white noise would be', () => {
    const x = tone(0.5, 150).map((sample, i) => sample + 0.01 * Math.sin(i * 2.5));
    const error = played(encode(x)).map((sample, i) => sample - x[i]!);
    // A first difference weighs high frequencies: of white noise it has twice the power.
    const risen = error.map((sample, i) => sample - (error[i - 1] ?? 0));
    expect(power(risen) / power(error)).toBeLessThan(0.5);
  });

  it('stays within what is planned for it, whatever the sound', () => {
    const seconds = 6;
    const sounds = [noise(seconds * RATE, 1, 1), noise(seconds * RATE, 1, 2).map((sample, i) => (i % 600 < 40 ? sample : sample * 0.001)), noise(seconds * RATE, 1, 3).map(Math.sign), noise(900, 1, 4)];
    for (const x of sounds) expect((encode(x).length * 4) / 3).toBeLessThan(previewBytes(x.length / RATE) - 140);
  });

  it('remembers nothing of the sound before', () => {
    const x = tone(0.5, 300);
    const alone = encode(x);
    encode(noise(50_000, 1, 5));
    expect(encode(x)).toEqual(alone);
  });

  it('plays damaged and cut bytes without end or error', () => {
    const bytes = encode(noise(20_000, 0.3, 6));
    const random = createRandom(7);
    for (let n = 0; n < 50; n++) {
      const damaged = bytes.map((byte, i) => (i > 3 && random.next() < 0.01 ? Math.floor(random.next() * 256) : byte));
      expect(decodeSound(damaged)).toHaveLength(20_000);
      expect(decodeSound(bytes.subarray(0, 3 + n * 20))).toHaveLength(20_000);
    }
  });
});
