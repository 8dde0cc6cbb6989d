import type * as tf from '@tensorflow/tfjs-core';
import { clusterMeans, squaredDistance } from './cluster-means.js';

/** numpy's `allclose(values, 0)`: what scikit-learn takes for no distance at all. */
const NEAR_ZERO = 1e-8;

/**
 * Davies and Bouldin's index, >= 0; lower is better: the mean over clusters of the worst ratio of two clusters' widths to
 * the distance of their means.
 *
 *   mean_i max_{j≠i} (s_i + s_j) / ||m_i - m_j||       s_i the mean distance of cluster i's points to m_i
 *
 * @param points [n, d]. Not disposed.
 * @param labels [n]
 * @throws EVALUATE_SHAPE when they differ in number.
 * @throws EVALUATE_RANGE unless there are 2 to n - 1 clusters.
 * @see Davies & Bouldin 1979; scikit-learn `davies_bouldin_score` (0 where all widths or all distances are 0)
 */
export async function daviesBouldin(points: tf.Tensor2D, labels: ArrayLike<number>): Promise<number> {
  const { n, d, k, codes, counts, values, means } = await clusterMeans(points, labels);
  const widths = new Float64Array(k);
  for (let i = 0; i < n; i++) widths[codes[i]!]! += Math.sqrt(squaredDistance(values, i, means, codes[i]!, d)) / counts[codes[i]!]!;
  const worst = new Float64Array(k);
  let farthest = 0;
  for (let i = 0; i < k; i++) {
    for (let j = i + 1; j < k; j++) {
      const distance = Math.sqrt(squaredDistance(means, i, means, j, d));
      farthest = Math.max(farthest, distance);
      if (distance === 0) continue; // as if infinitely far apart
      const ratio = (widths[i]! + widths[j]!) / distance;
      worst[i] = Math.max(worst[i]!, ratio);
      worst[j] = Math.max(worst[j]!, ratio);
    }
  }
  if (farthest <= NEAR_ZERO || widths.every((width) => width <= NEAR_ZERO)) return 0;
  return worst.reduce((sum, ratio) => sum + ratio, 0) / k;
}
