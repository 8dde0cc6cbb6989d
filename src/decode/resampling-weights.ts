import type { ResamplingBlocks } from './resampling-blocks.js';
import type { ResamplingResponse } from './resampling-response.js';

/**
 * The filter's gains at the frequencies that a block's transform and the one back have in common, [min(samples, results)]: those from 0 up, then the negative ones.
 *
 * They are divided by `samples`, which neither transform does. At the lower Nyquist frequency, where the stop-band begins, and above it gains are 0.
 */
export function resamplingWeights({ samples, results }: ResamplingBlocks, { half, step, fill }: ResamplingResponse): Float32Array {
  const length = Math.min(samples, results);
  const response = new Float64Array(Math.floor(half / step) + 1);
  fill(response, 0, step);
  const gains = new Float64Array(length / 2);
  for (let k = 0; k < gains.length; k++) {
    // response[0] / 2 + sum of response[i] cos(i angle), by Clenshaw's recurrence
    const turn = 2 * Math.cos((2 * Math.PI * k * step) / length);
    let [a, b] = [0, 0];
    for (let i = response.length - 1; i > 0; i--) {
      const next = response[i]! + turn * a - b;
      b = a;
      a = next;
    }
    gains[k] = response[0]! / 2 + (turn / 2) * a - b;
  }
  const weights = new Float32Array(length);
  for (let k = 0; k < gains.length; k++) weights[k] = gains[k]! / gains[0]! / samples;
  for (let k = 1; k < gains.length; k++) weights[length - k] = weights[k]!;
  return weights;
}
