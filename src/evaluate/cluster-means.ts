import type * as tf from '@tensorflow/tfjs-core';
import { requireSameLength, requireScorable } from './check-labels.js';
import { type EncodedLabels, encodeLabels } from './encode-labels.js';

/** Points on the host beside the float64 means of their clusters. */
export interface ClusterMeans extends EncodedLabels {
  readonly n: number;
  readonly d: number;
  readonly k: number;
  /** [n * d] */
  readonly values: Float32Array;
  /** [k * d] */
  readonly means: Float64Array;
}

/**
 * Reads the points and averages each cluster in float64.
 *
 * @throws EVALUATE_SHAPE when points and labels differ in number.
 * @throws EVALUATE_RANGE unless there are 2 to n - 1 clusters.
 */
export async function clusterMeans(points: tf.Tensor2D, labels: ArrayLike<number>): Promise<ClusterMeans> {
  const [n, d] = points.shape;
  requireSameLength('sounds', n, labels.length);
  const { codes, counts } = encodeLabels(labels);
  const k = counts.length;
  requireScorable(k, n);
  const values = await points.data<'float32'>();
  const means = new Float64Array(k * d);
  for (let i = 0; i < n; i++) {
    const to = codes[i]! * d;
    for (let f = 0; f < d; f++) means[to + f]! += values[i * d + f]!;
  }
  for (let j = 0; j < k; j++) for (let f = 0; f < d; f++) means[j * d + f]! /= counts[j]!;
  return { n, d, k, codes, counts, values, means };
}

/** Squared distance of a row of `a` to a row of `b`, both d wide. */
export function squaredDistance(a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number, d: number): number {
  let sum = 0;
  for (let f = 0; f < d; f++) {
    const difference = a[i * d + f]! - b[j * d + f]!;
    sum += difference * difference;
  }
  return sum;
}
