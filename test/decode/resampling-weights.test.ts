import { describe, expect, it } from 'vitest';
import { resamplingBlocks } from '../../src/decode/resampling-blocks.js';
import { createResamplingFilter } from '../../src/decode/resampling-filter.js';
import { resamplingResponse } from '../../src/decode/resampling-response.js';
import { resamplingWeights } from '../../src/decode/resampling-weights.js';

describe.each([
  [44100, 22050],
  [48000, 22050],
  [192_000, 22050],
  [11025, 22050],
  [8000, 22050],
])('the gains from %i Hz to %i Hz', (from, to) => {
  const response = resamplingResponse(from, to);
  const blocks = resamplingBlocks(createResamplingFilter(from, to), Math.ceil(response.half * Math.max(1, from / to)))!;
  const weights = resamplingWeights(blocks, response);
  const { samples, results } = blocks;

  it('are those of the table of windows at each frequency', () => {
    const { taps, before, table, up } = createResamplingFilter(from, to);
    for (const k of [0, 1, 7, 100, Math.floor(weights.length * 0.4), Math.floor(weights.length * 0.48), weights.length / 2 - 1]) {
      // Over all phases: sample n of row p lies (n - before) - p / up samples from the result.
      let sum = 0;
      for (let i = 0; i < up * taps; i++) {
        const [p, n] = [Math.floor(i / taps), i % taps];
        sum += (table[i]! / up) * Math.cos((2 * Math.PI * k * (n - before - p / up)) / samples);
      }
      expect(weights[k]! * samples).toBeCloseTo(sum, 6);
    }
  });

  it('are alike at negative frequencies, and stop where the lower rate does', () => {
    expect(weights).toHaveLength(Math.min(samples, results));
    for (let k = 1; k < weights.length / 2; k++) expect(weights[weights.length - k]).toBe(weights[k]);
    expect(weights[weights.length / 2]).toBe(0);
  });
});
