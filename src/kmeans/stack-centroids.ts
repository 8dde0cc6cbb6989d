import * as tf from '@tensorflow/tfjs-core';
import type { RunCentroids } from './accumulation.js';

/** The centroids of several runs with equally many clusters as one matrix. The caller disposes it. */
export function stackCentroids(runs: readonly RunCentroids[], nFeatures: number): tf.Tensor2D {
  const nRows = runs.reduce((sum, { nClusters }) => sum + nClusters, 0);
  const stacked = new Float32Array(nRows * nFeatures);
  let at = 0;
  for (const { centroids } of runs) {
    stacked.set(centroids, at);
    at += centroids.length;
  }
  return tf.tensor2d(stacked, [nRows, nFeatures]);
}
