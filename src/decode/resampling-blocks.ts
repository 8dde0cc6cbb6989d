import type { ResamplingRatio } from './resampling-ratio.js';

/** How a sound is cut for transforms: blocks of one length, each `step` after the one before, all on one grid from the sound's start. */
export interface ResamplingBlocks extends ResamplingRatio {
  /** Samples of the source that a result depends on to either side. */
  readonly reach: number;
  /** Samples of a block, and results of its transform back: multiples of 16 without a prime factor over 7. */
  readonly samples: number;
  readonly results: number;
  /** The first block begins so many samples before the sound: a multiple of `down`, and at least the filter's reach. */
  readonly before: number;
  /** A multiple of `down`, the most of which every result has its whole window within the block. */
  readonly step: number;
  /** The results that a block is there for, `step * up / down` of them, begin at this one. */
  readonly firstResult: number;
  readonly stepResults: number;
}

/** What a transform reads and writes has to stay in the processor's second cache. */
const MOST_SAMPLES = 20_480;
/** How much dearer than the cheapest lengths shorter ones may be: rounding stays nearer to what is loud, as in soxr, and less of the last blocks is empty. */
const TOLERANCE = 1.1;
/** Time that a value takes in a pass of each radix, as measured, in units of that of radix 4; and in all that is not a pass. */
const RADIX_COSTS = [
  [4, 1],
  [2, 0.8],
  [3, 1],
  [5, 1.5],
  [7, 2],
] as const;
const OTHER_COST = 1.5;

/** Time of a transform, or Infinity where the kernel has none. */
function costOf(length: number): number {
  let cost = OTHER_COST;
  let rest = length;
  for (const [radix, perValue] of RADIX_COSTS) {
    for (; rest % radix === 0; rest /= radix) cost += perValue;
  }
  return rest === 1 ? cost * length : Infinity;
}

/**
 * The shortest of the cheap lengths for a ratio, or undefined where there are none: it has another prime factor, or is too far from 1.
 *
 * @param reach samples of the source that a result depends on to either side.
 */
export function resamplingBlocks({ up, down }: ResamplingRatio, reach: number): ResamplingBlocks | undefined {
  const before = Math.ceil(reach / down) * down;
  const costs = new Map<ResamplingBlocks, number>();
  for (let power = 1; power <= MOST_SAMPLES; power *= 2) {
    for (const odd of [1, 3, 5]) {
      const [samples, results] = [down * power * odd, up * power * odd];
      const step = Math.floor((samples - before - reach) / down) * down;
      if (samples % 16 !== 0 || results % 16 !== 0 || step <= 0 || Math.max(samples, results) > MOST_SAMPLES) continue;
      const cost = (costOf(samples) + costOf(results)) / step;
      const blocks = { up, down, reach, samples, results, before, step, firstResult: (before / down) * up, stepResults: (step / down) * up };
      if (cost < Infinity) costs.set(blocks, cost);
    }
  }
  const least = Math.min(...costs.values());
  const cheap = [...costs.keys()].filter((blocks) => costs.get(blocks)! <= TOLERANCE * least);
  return cheap.sort((a, b) => a.samples - b.samples)[0];
}
