import * as tf from '@tensorflow/tfjs-core';
import { requireFeatures, type Scaler } from './scale.js';

/**
 * What a scaler makes of points that lie on the device.
 *
 * @param points [n, d]. Not disposed.
 * @returns      [n, d]. The caller disposes it.
 * @throws KMEANS_SHAPE when they have other features than the scaler was fitted to.
 */
export function scaleTensor({ offset, scale }: Scaler, points: tf.Tensor2D): tf.Tensor2D {
  requireFeatures(offset.length, points.shape[1]);
  return tf.tidy(() => {
    // The offset in two float32 parts: a large one (a centroid in Hz, say) must not cost digits of small differences.
    const high = Float32Array.from(offset);
    const low = Float32Array.from(offset, (value, f) => value - high[f]!);
    return tf.div(tf.sub(tf.sub(points, tf.tensor1d(high)), tf.tensor1d(low)), tf.tensor1d(Float32Array.from(scale)));
  });
}
