import { expect, it } from 'vitest';
import { resamplingBlocks } from '../../src/decode/resampling-blocks.js';
import { resamplingRatio } from '../../src/decode/resampling-ratio.js';

const RATES = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000, 192_000];
const REACH = 210;

const pairs = RATES.flatMap((from) => RATES.map((to) => [from, to] as const)).filter(([from, to]) => from !== to && Math.max(from, to) <= 6 * Math.min(from, to));

it.each(pairs)('from %i Hz to %i Hz there are blocks, within which every result they are for has its window', (from, to) => {
  const ratio = resamplingRatio(from, to);
  const reach = Math.ceil((REACH / 2) * Math.max(1, from / to));
  const { up, down, samples, results, before, step, firstResult, stepResults } = resamplingBlocks(ratio, reach)!;
  expect({ up, down }).toEqual(ratio);
  expect(samples * up).toBe(results * down);
  expect([samples % 16, results % 16]).toEqual([0, 0]);
  // Blocks begin at samples that results lie at, and follow one another without a gap.
  expect([before % down, step % down]).toEqual([0, 0]);
  expect(firstResult * down).toBe(before * up);
  expect(stepResults * down).toBe(step * up);
  expect(before).toBeGreaterThanOrEqual(reach);
  expect(((firstResult + stepResults - 1) * down) / up + reach).toBeLessThanOrEqual(samples);
  // Most of the work is not for nothing.
  expect(step / samples).toBeGreaterThanOrEqual(0.75);
});

it('other primes, filters as long as a block, and ratios far from 1 have none', () => {
  expect(resamplingBlocks({ up: 11, down: 12 }, REACH)).toBeUndefined();
  expect(resamplingBlocks({ up: 12, down: 13 }, REACH)).toBeUndefined();
  expect(resamplingBlocks({ up: 1, down: 2 }, 20_000)).toBeUndefined();
  expect(resamplingBlocks({ up: 1, down: 2048 }, REACH)).toBeUndefined();
});
