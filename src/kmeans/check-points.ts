import type * as tf from '@tensorflow/tfjs-core';
import { SoundkinError } from '../errors.js';
import type { HostPoints } from '../host-points.js';

/**
 * Checks that the points are a matrix with at least one row and one column.
 *
 * @throws KMEANS_SHAPE when they are not.
 */
export function checkPoints(points: tf.Tensor2D | HostPoints): void {
  if (points.shape.length !== 2 || points.shape[0] < 1 || points.shape[1] < 1) {
    throw new SoundkinError(
      'KMEANS_SHAPE',
      `kmeans: expected points as [sounds, features], both at least 1, got [${points.shape.join(', ')}]. Measure some sounds first.`,
    );
  }
}

/**
 * Checks that centroids, or a start, have the points' features.
 *
 * @throws KMEANS_SHAPE when they do not.
 */
export function checkCentroids(centroids: tf.Tensor2D, nClusters: number, nFeatures: number): void {
  if (centroids.rank !== 2 || centroids.shape[0] !== nClusters || centroids.shape[1] !== nFeatures) {
    throw new SoundkinError(
      'KMEANS_SHAPE',
      `kmeans: expected centroids of shape [${nClusters}, ${nFeatures}], got [${centroids.shape.join(', ')}]. Give one row a cluster, with the points' features.`,
    );
  }
}
