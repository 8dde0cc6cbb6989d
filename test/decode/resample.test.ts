import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createResampler, resample } from '../../src/decode/resample.js';
import { createRandom } from '../../src/random.js';

const TARGET = 22050;
const RATES = [8000, 11025, 16000, 32000, 44100, 44101, 48000, 96000, 192000];

function sine(length: number, sampleRate: number, frequency: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => 0.5 * Math.sin((2 * Math.PI * frequency * i) / sampleRate + 0.3));
}

/** Largest distance over the middle, away from the ends where the filter sees the silence around the sound. */
function middleError(actual: Float32Array, expected: Float32Array): number {
  let worst = 0;
  for (let i = Math.floor(actual.length * 0.1); i < actual.length * 0.9; i++) worst = Math.max(worst, Math.abs(actual[i]! - expected[i]!));
  return worst;
}

describe.each(RATES)('resample from %i Hz', (rate) => {
  const length = Math.floor(rate / 2) + 1;

  it('gives a sine at the same times, without delay or change of loudness', async () => {
    for (const frequency of [50, 997, 0.4 * Math.min(rate, TARGET)]) {
      const result = await resample(sine(length, rate, frequency), rate, TARGET);
      const expected = sine(result.length, TARGET, frequency);
      expect(result).toHaveLength(Math.ceil((length * TARGET) / rate));
      // Measured worst 8e-7 (8 kHz); a delay of one sample would be 0.5 at the highest of these.
      expect(middleError(result, expected)).toBeLessThan(3e-6);
    }
  });
});

it.each(RATES.filter((rate) => rate > TARGET))('resample from %i Hz keeps out what the lower rate cannot hold', async (rate) => {
  for (const frequency of [0.52 * TARGET, 0.6 * TARGET].filter((f) => f < rate / 2)) {
    const alias = await resample(sine(rate, rate, frequency), rate, TARGET);
    // Measured -121 dB and below.
    expect(20 * Math.log10(middleError(alias, new Float32Array(alias.length)) / 0.5)).toBeLessThan(-100);
  }
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

  it('is a copy where the rates are equal', async () => {
    const samples = sine(100, TARGET, 440);
    const result = await resample(samples, TARGET, TARGET);
    expect(result).toEqual(samples);
    expect(result).not.toBe(samples);
  });

  it('does not depend on the blocks it is given, nor on what was resampled before', async () => {
    const random = createRandom(5);
    const samples = Float32Array.from({ length: 40_000 }, () => random.next() - 0.5);
    const whole = await resample(samples, 48000, TARGET);
    const resampler = await createResampler(48000, TARGET);
    const parts: number[] = [];
    for (let start = 0; start < samples.length; ) {
      const size = 1 + random.integer(9000);
      parts.push(...resampler.push(samples.subarray(start, start + size)));
      start += size;
    }
    parts.push(...resampler.finish());
    expect(Float32Array.from(parts)).toEqual(whole);
    expect(await resample(samples, 48000, TARGET)).toEqual(whole);
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

  it('survives being closed early, and more rates than it keeps', async () => {
    for (let rate = 30_000; rate < 30_012; rate++) {
      const resampler = await createResampler(rate, TARGET);
      resampler.push(new Float32Array(100));
      resampler.close();
      resampler.close();
    }
    expect(await resample(new Float32Array(10), 30_000, TARGET)).toHaveLength(8);
  });
});
