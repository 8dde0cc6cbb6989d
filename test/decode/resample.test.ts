import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKaiserSinc } from '../../src/decode/kaiser-sinc.js';
import { createResampler, resample } from '../../src/decode/resample.js';
import { createRandom } from '../../src/random.js';
import { plainResample } from '../support/plain-resample.js';
import { resampleSignal } from '../support/resample-signal.js';

const TARGET = 22050;
const RATES = [8000, 11025, 16000, 32000, 44100, 44101, 48000, 96000, 192000];
/** Those that soxr and we serve with one filter: its pass-band is flat to the end. */
const SIMPLE = [11025, 44100];

function sine(length: number, sampleRate: number, frequency: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => 0.5 * Math.sin((2 * Math.PI * frequency * i) / sampleRate + 0.3));
}

function noise(length: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length }, () => random.next() * 2 - 1);
}

function worstOf(actual: Float32Array, expected: Float32Array, first = 0, end = actual.length): number {
  let worst = 0;
  for (let i = first; i < end; i++) worst = Math.max(worst, Math.abs(actual[i]! - expected[i]!));
  return worst;
}

/** Largest distance over the middle, away from the ends where the filter sees the silence around the sound. */
function middleError(actual: Float32Array, expected: Float32Array): number {
  return worstOf(actual, expected, Math.floor(actual.length * 0.1), Math.ceil(actual.length * 0.9));
}

function decibel(ratio: number): number {
  return 20 * Math.log10(ratio);
}

describe.each(RATES)('resample from %i Hz', (rate) => {
  const length = Math.floor(rate / 2) + 1;
  const lowerNyquist = Math.min(rate, TARGET) / 2;

  it('gives a sine at the same times, without delay or change of loudness', async () => {
    for (const [frequency, bound] of [
      [50, 3e-6],
      [997, 3e-6],
      [0.7 * lowerNyquist, SIMPLE.includes(rate) ? 3e-6 : 1e-4],
      // 0.01 dB at the end of the pass-band, as soxr_hq has it there.
      [0.91 * lowerNyquist, SIMPLE.includes(rate) ? 3e-6 : 1e-3],
    ] as const) {
      const result = await resample(sine(length, rate, frequency), rate, TARGET);
      expect(result).toHaveLength(Math.ceil((length * TARGET) / rate));
      expect(middleError(result, sine(result.length, TARGET, frequency))).toBeLessThan(bound);
    }
  });

  it('passes a constant unchanged', async () => {
    const result = await resample(new Float32Array(length).fill(1), rate, TARGET);
    expect(middleError(result, new Float32Array(result.length).fill(1))).toBeLessThan(1e-6);
  });

  it('answers an impulse with the same before as behind it', async () => {
    // At 0.1 s, or the first time from there on at which both rates have a sample.
    const seconds = Array.from({ length: 22_050 }, (_, k) => (2205 + k) / TARGET).find((s) => Math.abs(s * rate - Math.round(s * rate)) < 1e-9)!;
    const [at, from] = [Math.round(seconds * TARGET), Math.round(seconds * rate)];
    const impulse = new Float32Array(2 * from + 1);
    impulse[from] = 1;
    const result = await resample(impulse, rate, TARGET);
    // The largest value of all is at the impulse's own time.
    expect(result.indexOf(result.reduce((largest, value) => Math.max(largest, value)))).toBe(at);
    for (let k = 1; k < Math.min(at, 1000); k++) expect(Math.abs(result[at - k]! - result[at + k]!)).toBeLessThan(1e-7);
  });
});

it.each(RATES.filter((rate) => rate > TARGET))('resample from %i Hz keeps out what the lower rate cannot hold', async (rate) => {
  for (const frequency of [0.501 * TARGET, 0.52 * TARGET, 0.6 * TARGET, 0.99 * TARGET].filter((f) => f < rate / 2)) {
    const alias = await resample(sine(rate, rate, frequency), rate, TARGET);
    expect(decibel(middleError(alias, new Float32Array(alias.length)) / 0.5)).toBeLessThan(-110);
  }
});

it.each([8000, 11025])('resample from %i Hz adds no images above the lower rate', async (rate) => {
  const frequency = 0.44 * rate;
  const result = await resample(sine(rate, rate, frequency), rate, TARGET);
  // Measured at the image's own frequency, with a window that keeps the sound itself away.
  let [re, im, weights] = [0, 0, 0];
  result.forEach((value, k) => {
    const weight = Math.sin((Math.PI * k) / result.length) ** 6;
    weights += weight / 2;
    re += weight * value * Math.cos((2 * Math.PI * (rate - frequency) * k) / TARGET);
    im += weight * value * Math.sin((2 * Math.PI * (rate - frequency) * k) / TARGET);
  });
  expect(decibel(Math.hypot(re, im) / weights / 0.5)).toBeLessThan(-110);
});

describe('against librosa.resample (soxr_hq)', () => {
  async function golden(rate: number): Promise<Float32Array> {
    const bytes = await readFile(new URL(`../golden/resample/from-${rate}.f32`, import.meta.url));
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  }
  /** Largest distance, measured 2e-6 (48 kHz); the very last sample aside, which librosa leaves 0 where soxr gives one fewer. */
  const BOUND = 4e-6;

  it.each([11025, 32000, 44100, 48000, 96000])('from %i Hz: chirp, noise and clicks to -108 dB', async (rate) => {
    const expected = await golden(rate);
    const result = await resample(resampleSignal(rate), rate, TARGET);
    expect(result).toHaveLength(expected.length);
    expect(worstOf(result, expected, 0, expected.length - 1)).toBeLessThan(BOUND);
  });

  it('the definition with the same filter is as near; others are not', async () => {
    const expected = await golden(44100);
    const errorWith = (cutoff: number, half: number, beta: number): number =>
      worstOf(plainResample(resampleSignal(44100), 44100, TARGET, createKaiserSinc(cutoff, half, beta), half), expected, 0, expected.length - 1);
    expect(errorWith(0.95687183, 97.25, 13.04)).toBeLessThan(BOUND);
    expect(errorWith(0.957, 97.25, 13.04)).toBeGreaterThan(BOUND);
    expect(errorWith(0.95687183, 97, 13.04)).toBeGreaterThan(BOUND);
    expect(errorWith(0.95687183, 97.25, 13)).toBeGreaterThan(BOUND);
    // One filter alone, where soxr chains two.
    const other = await golden(48000);
    const alone = plainResample(resampleSignal(48000), 48000, TARGET, createKaiserSinc(0.95687183, 102.21, 13.711), 102.21);
    expect(worstOf(alone, other, 0, other.length - 1)).toBeGreaterThan(10 * BOUND);
  });
});

describe('resample', () => {
  it('has the length of librosa.resample for any length and rate, and never fails', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 3000 }), fc.constantFrom(...RATES), fc.constantFrom(8000, 22050, 44100, 16001), async (length, from, to) => {
        const result = await resample(new Float32Array(length).fill(0.25), from, to);
        expect(result).toHaveLength(Math.ceil((length * to) / from));
        expect(result.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('of one sample is the filter itself', async () => {
    const result = await resample(Float32Array.of(1), 8000, TARGET);
    expect(result).toHaveLength(3);
    expect(result[0]).toBeCloseTo(0.9568, 3);
    expect(await resample(Float32Array.of(1), 44100, TARGET)).toHaveLength(1);
    expect(await resample(new Float32Array(0), 44100, TARGET)).toHaveLength(0);
  });

  it('is a copy where the rates are equal', async () => {
    const samples = sine(100, TARGET, 440);
    const result = await resample(samples, TARGET, TARGET);
    expect(result).toEqual(samples);
    expect(result).not.toBe(samples);
  });

  it('does not depend on the blocks it is given', async () => {
    const samples = noise(40_000, 5);
    for (const [from, to] of [[44100, TARGET], [48000, TARGET], [44101, TARGET], [8000, TARGET], [192_000, TARGET], [22050, 44100]] as const) {
      const whole = await resample(samples, from, to);
      const sizes = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 20_000 }));
      await fc.assert(
        fc.asyncProperty(fc.array(sizes, { maxLength: 12 }), async (blocks) => {
          const resampler = await createResampler(from, to);
          const parts: Float32Array[] = [];
          let start = 0;
          for (const size of blocks) parts.push(resampler.push(samples.subarray(start, (start += size))));
          parts.push(resampler.push(samples.subarray(start)), resampler.finish());
          expect(Buffer.concat(parts.map((part) => new Uint8Array(part.buffer))).equals(new Uint8Array(whole.buffer))).toBe(true);
        }),
        { numRuns: 12 },
      );
    }
  });

  it('keeps what is not a number within a window of where it was, however it is cut', async () => {
    const samples = noise(30_000, 6);
    samples[17_000] = NaN;
    const whole = await resample(samples, 44100, TARGET);
    const resampler = await createResampler(44100, TARGET);
    const parts = [resampler.push(samples.subarray(0, 16_900)), resampler.push(samples.subarray(16_900)), resampler.finish()];
    expect(Float32Array.from(parts.flatMap((part) => [...part]))).toEqual(whole);
    expect(whole.findIndex(Number.isNaN)).toBeGreaterThan(8500 - 110);
    expect(whole.findLastIndex(Number.isNaN)).toBeLessThan(8500 + 110);
    // The next sound hears nothing of it.
    expect((await resample(samples.subarray(0, 5000), 44100, TARGET)).every(Number.isFinite)).toBe(true);
  });

  it('keeps two streams apart that run at once', async () => {
    const [a, b] = [sine(30_000, 44100, 300), sine(30_000, 44100, 2000)];
    const [first, second] = [await createResampler(44100, TARGET), await createResampler(44100, TARGET)];
    const [firstParts, secondParts] = [[...first.push(a.subarray(0, 9999))], [...second.push(b.subarray(0, 20_001))]];
    firstParts.push(...first.push(a.subarray(9999)), ...first.finish());
    secondParts.push(...second.push(b.subarray(20_001)), ...second.finish());
    expect(Float32Array.from(firstParts)).toEqual(await resample(a, 44100, TARGET));
    expect(Float32Array.from(secondParts)).toEqual(await resample(b, 44100, TARGET));
  });
});
