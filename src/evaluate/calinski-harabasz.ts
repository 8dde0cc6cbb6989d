import type * as tf from '@tensorflow/tfjs-core';
import { clusterMeans, squaredDistance } from './cluster-means.js';

/**
 * Calinski and Harabasz' variance ratio, >= 0; higher is better.
 *
 *   (Σ_k n_k ||m_k - m||² / (k - 1)) / (Σ_i ||x_i - m_label(i)||² / (n - k))       (1 where the divisor is 0)
 *
 * @param points [n, d]. Not disposed.
 * @param labels [n]
 * @throws EVALUATE_SHAPE when they differ in number.
 * @throws EVALUATE_RANGE unless there are 2 to n - 1 clusters.
 * @see Calinski & Harabasz 1974; scikit-learn `calinski_harabasz_score`
 */
export async function calinskiHarabasz(points: tf.Tensor2D, labels: ArrayLike<number>): Promise<number> {
  const { n, d, k, codes, counts, values, means } = await clusterMeans(points, labels);
  const mean = new Float64Array(d);
  for (let j = 0; j < k; j++) for (let f = 0; f < d; f++) mean[f]! += (means[j * d + f]! * counts[j]!) / n;
  let between = 0;
  for (let j = 0; j < k; j++) between += counts[j]! * squaredDistance(means, j, mean, 0, d);
  let within = 0;
  for (let i = 0; i < n; i++) within += squaredDistance(values, i, means, codes[i]!, d);
  return within === 0 ? 1 : (between * (n - k)) / (within * (k - 1));
}
