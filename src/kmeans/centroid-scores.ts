import * as tf from '@tensorflow/tfjs-core';

/** Centroids made ready for many tiles of points. */
export interface CentroidFactors {
  /** [features, centroids]: -2 c, transposed here because not every backend's matMul is fast with a transposed operand. */
  readonly weights: tf.Tensor2D;
  /** [centroids]: ||c||². */
  readonly bias: tf.Tensor1D;
}

/** @param centroids [centroids, features]. Not disposed. The caller disposes both factors. */
export function centroidFactors(centroids: tf.Tensor2D): CentroidFactors {
  return tf.tidy(() => ({
    weights: tf.transpose(tf.mul<tf.Tensor2D>(centroids, -2)),
    bias: tf.sum<tf.Tensor1D>(tf.square(centroids), 1),
  }));
}

/**
 * ||c||² - 2 x·c for every point and centroid: the squared distance less ||x||², which is the same for all centroids of
 * a point and so plays no part in which is nearest.
 *
 * @param points [rows, features]. Not disposed.
 * @returns      [rows, centroids]. The caller disposes it.
 * @see scikit-learn `_update_chunk_dense` in `_k_means_lloyd.pyx`
 */
export function centroidScores(points: tf.Tensor2D, factors: CentroidFactors): tf.Tensor2D {
  const scores: tf.Tensor = tf.fused.matMul({ a: points, b: factors.weights, bias: factors.bias });
  return scores as tf.Tensor2D;
}
