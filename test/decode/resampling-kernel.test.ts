import { describe, expect, it } from 'vitest';
import { resamplingKernel } from '../../src/decode/resampling-kernel.js';
import { createRandom } from '../../src/random.js';

describe.each([
  [44100, 22050],
  [48000, 22050],
  [44101, 22050],
  [8000, 22050],
])('the kernel from %i Hz to %i Hz', (source, target) => {
  it('is the dot products of its windows with the rows of the table, wherever it starts', async () => {
    const { filter, input, blockSamples, run } = await resamplingKernel(source, target);
    const { up, down, taps, rows, exact, table } = filter;
    const random = createRandom(3);
    for (let i = 0; i < input.length; i++) input[i] = random.next() * 2 - 1;
    for (const [phase, count] of [
      [0, Math.floor((blockSamples * up) / down)],
      [up - 1, 5],
      [up >> 1, 1],
      [0, 0],
    ] as const) {
      const results = run(phase, count);
      expect(results).toHaveLength(count);
      let worst = 0;
      for (let k = 0; k < count; k++) {
        const window = Math.floor((phase + k * down) / up);
        const place = (((phase + k * down) % up) / up) * rows;
        const row = Math.floor(place + 1e-9);
        let sum = 0;
        for (let n = 0; n < taps; n++) {
          const low = table[row * taps + n]!;
          const weight = exact ? low : low + (place - row) * (table[(row + 1) * taps + n]! - low);
          sum += input[window + n]! * weight;
        }
        worst = Math.max(worst, Math.abs(results[k]! - sum));
      }
      expect(worst).toBeLessThan(1e-6); // measured 2e-7
    }
  });
});

it('is made once for a pair of rates, and let go when many others came', async () => {
  const first = await resamplingKernel(44100, 22050);
  expect(await resamplingKernel(44100, 22050)).toBe(first);
  for (let rate = 30_000; rate < 30_008; rate++) await resamplingKernel(rate, 22050);
  expect(await resamplingKernel(44100, 22050)).not.toBe(first);
});

it.each([
  [192_000, 22050],
  [6_144_000, 22050],
  [100, 22050],
  [8000, 384_000],
])('takes at most 3 MB from %i Hz to %i Hz', async (source, target) => {
  const { input } = await resamplingKernel(source, target);
  expect(input.buffer.byteLength).toBeLessThan(3e6);
});
