import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createResampler, resample } from '../../src/decode/resample.js';
import { resampleByWindows } from '../../src/decode/resample-by-windows.js';
import { resamplingConvolver } from '../../src/decode/resampling-convolver.js';
import { resamplingKernel } from '../../src/decode/resampling-kernel.js';
import { resamplingModule } from '../../src/decode/resampling-module.js';
import { createRandom } from '../../src/random.js';

/** Both ways, higher and lower, with every prime factor the transforms know. */
const PAIRS = [
  [44100, 22050],
  [48000, 22050],
  [32000, 22050],
  [96000, 22050],
  [88200, 22050],
  [192_000, 22050],
  [16000, 22050],
  [11025, 22050],
  [8000, 22050],
  [24000, 22050],
  [44100, 16000],
  [44100, 48000],
  [48000, 44100],
  [22050, 44100],
] as const;

/** Of results up to 2, measured 1e-6: the rounding of both ways, and what the stop-band lets through, which windows fold back and blocks cut off. */
const BOUND = 1.8e-6;

function noise(length: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length }, () => random.next() * 2 - 1);
}

async function byWindows(samples: Float32Array, from: number, to: number): Promise<Float32Array> {
  const resampler = resampleByWindows(await resamplingKernel(from, to));
  return Float32Array.from([...resampler.push(samples), ...resampler.finish()]);
}

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

describe.each(PAIRS)('resampling by blocks from %i Hz to %i Hz', (from, to) => {
  it('gives what the filter gives window by window, to -125 dB, at any length', async () => {
    expect(resamplingConvolver(await resamplingModule(), from, to)).toBeDefined();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60_000 }), fc.integer(), async (length, seed) => {
        const samples = noise(length, seed);
        const [actual, expected] = [await resample(samples, from, to), await byWindows(samples, from, to)];
        expect(actual).toHaveLength(expected.length);
        const worst = largest(actual.map((value, i) => value - expected[i]!));
        expect(worst).toBeLessThan(BOUND);
      }),
      { numRuns: 6 },
    );
  });

  it('keeps silence silent beside what is loud', async () => {
    const samples = noise(100_000, 1).fill(0, 20_000, 80_000);
    const [actual, expected] = [await resample(samples, from, to), await byWindows(samples, from, to)];
    const silent = (values: Float32Array): number => values.filter((value) => value === 0).length;
    expect(silent(expected)).toBeGreaterThan((57_000 * to) / from);
    // Silence is looked for in fours of samples.
    expect(silent(actual)).toBeGreaterThan(silent(expected) - 24 * Math.max(1, to / from));
    for (const [i, value] of expected.entries()) if (actual[i] === 0 && value !== 0) expect(Math.abs(value)).toBeLessThan(BOUND);
  });

  it('hears what is not a number, or louder than any sound, in no result but those whose windows have it', async () => {
    const samples = noise(60_000, 2);
    const clean = await resample(samples, from, to);
    for (const bad of [NaN, Infinity, -Infinity, 1e30, -65_537]) {
      const damaged = samples.slice();
      damaged[30_000] = bad;
      const [actual, expected] = [await resample(damaged, from, to), await byWindows(damaged, from, to)];
      const far = (i: number): boolean => Math.abs((i * from) / to - 30_000) > 1200;
      expect(largest(actual.map((value, i) => (far(i) ? value - clean[i]! : 0)))).toBeLessThan(2 * BOUND);
      // Beside it the results are those of the windows.
      for (let i = Math.floor(((30_000 - 100) * to) / from); i < ((30_000 + 100) * to) / from; i++) expect(actual[i]).toBe(expected[i]);
    }
  });
});

it('a ratio with another prime factor, or far from 1, has no blocks', async () => {
  const module = await resamplingModule();
  for (const [from, to] of [
    [44101, 22050],
    [22050, 22051],
    [11_000, 22050],
    [6_144_000, 22050],
  ] as const) {
    expect(resamplingConvolver(module, from, to)).toBeUndefined();
  }
});

it('takes at most 1.5 MB, and never more in a stream', async () => {
  const module = await resamplingModule();
  for (const [from, to] of PAIRS) expect(resamplingConvolver(module, from, to)!.input.buffer.byteLength).toBeLessThan(1.5e6);
  const convolver = resamplingConvolver(module, 44100, 22050)!;
  const before = convolver.input.buffer;
  const resampler = await createResampler(44100, 22050);
  for (let i = 0; i < 50; i++) resampler.push(new Float32Array(10_000));
  expect(convolver.input.buffer).toBe(before);
});
