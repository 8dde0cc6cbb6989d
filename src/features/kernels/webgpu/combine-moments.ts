import type { TrackFeatures } from '../../extract.js';
import type { DspSettings } from '../../../tensor-dsp/index.js';
import type { MomentsLayout } from './moments.js';

/**
 * A track's row from the statistics of its chunks, in float64: means are averaged, and squared deviations moved to the common mean.
 *
 *   S = sum_c S_c + w_c (mean_c - mean)^2
 *
 * @param chunks one view of `stride` numbers each, as `gpuMoments` leaves them.
 * @see Chan, Golub & LeVeque 1983, "Algorithms for Computing the Sample Variance".
 */
export function combineMoments(chunks: readonly Float32Array[], { nKin, nSeed }: MomentsLayout, { nChroma, nMels, nMfcc }: Pick<DspSettings, 'nChroma' | 'nMels' | 'nMfcc'>): TrackFeatures {
  const plain = chunks.map((chunk) => chunk[0]!);
  const loud = chunks.map((chunk) => chunk[1]!);
  // A silent track has no loud frames to prefer.
  const isSilent = !loud.some((weight) => weight > 0);
  const kin = new Float32Array(4 * nKin);
  const means = new Float64Array(nKin);
  for (let column = 0; column < nKin; column++) {
    const at = 2 + 4 * column;
    const [mean, deviation] = pooled(chunks, plain, at);
    const [weightedMean, weightedDeviation] = isSilent ? [mean, deviation] : pooled(chunks, loud, at + 2);
    means[column] = mean;
    kin[column] = mean;
    kin[nKin + column] = deviation;
    kin[2 * nKin + column] = weightedMean;
    kin[3 * nKin + column] = weightedDeviation;
  }
  const seedOnly = Float64Array.from({ length: nSeed }, (_, i) => meanOf(chunks, plain, 2 + 4 * nKin + i));
  const nBands = nKin - 4 - nChroma - 2 * nMfcc;
  const seed = new Float32Array(4 + nChroma + nMels + nMfcc + nBands);
  seed.set([means[0]!, seedOnly[0]!, seedOnly[1]!, means[3]!]);
  seed.set(means.subarray(4, 4 + nChroma), 4);
  seed.set(seedOnly.subarray(2), 4 + nChroma);
  seed.set(means.subarray(4 + nChroma, 4 + nChroma + nMfcc + nBands), 4 + nChroma + nMels);
  return { seed, kin };
}

function meanOf(chunks: readonly Float32Array[], weights: readonly number[], at: number): number {
  let sum = 0;
  let total = 0;
  for (let c = 0; c < chunks.length; c++) {
    const weight = weights[c]!;
    if (weight === 0) continue;
    sum += weight * chunks[c]![at]!;
    total += weight;
  }
  return sum / total;
}

/** Mean and standard deviation over all chunks: a chunk's mean lies at `at`, its sum of squares after it. */
function pooled(chunks: readonly Float32Array[], weights: readonly number[], at: number): [number, number] {
  const mean = meanOf(chunks, weights, at);
  let squares = 0;
  let total = 0;
  for (let c = 0; c < chunks.length; c++) {
    const weight = weights[c]!;
    if (weight === 0) continue;
    squares += chunks[c]![at + 1]! + weight * (chunks[c]![at]! - mean) ** 2;
    total += weight;
  }
  return [mean, Math.sqrt(squares / total)];
}
