import * as tf from '@tensorflow/tfjs-core';
import { centroidFactors, centroidScores } from './centroid-scores.js';
import { TILE_FLOATS } from './centre-points.js';
import { checkCentroids, checkPoints } from './check-points.js';

/**
 * The nearest centroid of each point, of equally near ones the first.
 *
 * @param points    [n, d], scaled as the points that were clustered. Not disposed.
 * @param centroids [k, d]. Not disposed.
 * @returns         labels [n], int32, and distances [n], not squared. The caller disposes both.
 * @throws KMEANS_SHAPE when the features differ in number.
 * @see scikit-learn `KMeans.predict`
 */
export function assign(points: tf.Tensor2D, centroids: tf.Tensor2D): { labels: tf.Tensor1D; distances: tf.Tensor1D } {
  checkPoints(points);
  const [n, d] = points.shape;
  checkCentroids(centroids, centroids.shape[0], d);
  return tf.tidy(() => {
    // Around the centroids' mean rather than the points': the result for a point must not depend on the others.
    const mean = tf.mean(centroids, 0);
    const centred = tf.sub<tf.Tensor2D>(centroids, mean);
    const factors = centroidFactors(centred);
    const rows = Math.max(1, Math.floor(TILE_FLOATS / Math.max(d, centroids.shape[0])));
    const labels: tf.Tensor1D[] = [];
    const distances: tf.Tensor1D[] = [];
    for (let start = 0; start < n; start += rows) {
      const [label, distance] = tf.tidy(() => {
        const tile = tf.sub<tf.Tensor2D>(tf.slice(points, [start, 0], [Math.min(rows, n - start), d]), mean);
        const nearest = tf.argMin<tf.Tensor1D>(centroidScores(tile, factors), 1);
        return [nearest, tf.sqrt(tf.sum<tf.Tensor1D>(tf.squaredDifference(tile, tf.gather(centred, nearest)), 1))];
      });
      labels.push(label as tf.Tensor1D);
      distances.push(distance as tf.Tensor1D);
    }
    return { labels: tf.concat1d(labels), distances: tf.concat1d(distances) };
  });
}
