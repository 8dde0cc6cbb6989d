import type * as tf from '@tensorflow/tfjs-core';
import { type Accumulation, createAccumulator } from './accumulation.js';
import { centredRows, centrePoints } from './centre-points.js';
import type { Engine } from './engine.js';
import { initPlusPlus } from './init-plus-plus.js';
import type { ReadBack } from './read-back.js';

/** Columns of the widest product: restarts beyond that many centroids run after the others. */
const MAX_COLUMNS = 16_384;

/**
 * k-means by operations of tfjs: on every backend, and what the kernels are measured against.
 *
 * @param points    [n, d]. Not disposed.
 * @param nClusters of every run.
 * @param nRuns     that may go together at most.
 * @throws KMEANS_NOT_FINITE when a value is NaN or infinite.
 */
export async function createComposedEngine(points: tf.Tensor2D, nClusters: number, nRuns: number, accumulation: Accumulation, read: ReadBack): Promise<Engine> {
  const together = Math.min(nRuns, Math.max(1, Math.floor(MAX_COLUMNS / nClusters)));
  const centred = await centrePoints(points, together * nClusters, read);
  const { nPoints, nFeatures, meanValues, totalSquares } = centred;
  return {
    nPoints,
    nFeatures,
    meanValues,
    totalSquares,
    runsTogether: () => together,
    plusPlus: (jobs) => initPlusPlus(points, centred, nClusters, jobs.map(({ random }) => random)),
    rows: async (rows) => (await read(centredRows(points, centred, Int32Array.from(rows)))) as Float32Array,
    createAccumulator: () => createAccumulator(accumulation, centred, nClusters, read),
    dispose: () => centred.dispose(),
  };
}
