import * as tf from '@tensorflow/tfjs-core';
import { SoundkinError } from '../errors.js';
import type { ReadBack } from './read-back.js';

/** Floats in the largest intermediate product: enough to keep any device busy, little enough for its smallest buffers. */
export const TILE_FLOATS = 4_194_304;

/** The points less their mean, cut into tiles of rows. */
export interface CentredPoints {
  readonly nPoints: number;
  readonly nFeatures: number;
  /** [rows, features] each; every tile but the last has `tileRows` rows. */
  readonly tiles: readonly tf.Tensor2D[];
  readonly tileRows: number;
  /** [rows, 1] each: the squared length of every centred point. */
  readonly squaredNorms: readonly tf.Tensor2D[];
  /** [features] */
  readonly mean: tf.Tensor1D;
  readonly meanValues: Float32Array;
  /** Sum of all squared norms, float64. Over nPoints * nFeatures it is the mean variance of the features. */
  readonly totalSquares: number;
  dispose(): void;
}

/**
 * Points less their mean: distances stay the same, and ||c||² - 2 x·c loses fewer digits. As scikit-learn's `KMeans.fit`.
 * The mean may be off by float32 rounding: any offset serves, as long as the same one is added back.
 *
 * @param points   [n, d]. Not disposed.
 * @param nColumns   columns of the widest product that a tile takes part in.
 * @param tileFloats  floats of the largest of a tile's points and that product.
 * @throws KMEANS_NOT_FINITE when a value is NaN or infinite, or so large that its square is.
 */
export async function centrePoints(points: tf.Tensor2D, nColumns: number, read: ReadBack, tileFloats = TILE_FLOATS): Promise<CentredPoints> {
  const [nPoints, nFeatures] = points.shape;
  const tileRows = Math.min(nPoints, Math.max(1, Math.floor(tileFloats / Math.max(nColumns, nFeatures))));
  const mean = tf.mean<tf.Tensor1D>(points, 0);
  const tiles: tf.Tensor2D[] = [];
  const squaredNorms: tf.Tensor2D[] = [];
  const dispose = (): void => tf.dispose([mean, ...tiles, ...squaredNorms]);

  for (let start = 0; start < nPoints; start += tileRows) {
    const rows = Math.min(tileRows, nPoints - start);
    const tile = tf.tidy((): tf.Tensor2D => {
      const slice = rows === nPoints ? points : tf.slice(points, [start, 0], [rows, nFeatures]);
      return tf.sub(slice, mean);
    });
    tiles.push(tile);
    squaredNorms.push(tf.tidy(() => tf.sum(tf.square(tile), 1, true)));
  }

  try {
    const values = await read(tf.tidy(() => tf.concat([mean, ...squaredNorms.map((norms) => tf.reshape(norms, [-1]))])));
    const meanValues = Float32Array.from(values.subarray(0, nFeatures));
    let totalSquares = 0;
    for (let i = nFeatures; i < values.length; i++) totalSquares += values[i]!;
    if (!Number.isFinite(totalSquares) || !meanValues.every(Number.isFinite)) {
      throw new SoundkinError(
        'KMEANS_NOT_FINITE',
        'kmeans: expected finite numbers in every point, got NaN, Infinity or values beyond float32. Leave out the sounds whose features are not finite.',
      );
    }
    return { nPoints, nFeatures, tiles, tileRows, squaredNorms, mean, meanValues, totalSquares, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** Rows of the points less their mean, bit for bit those of the tiles: [indices.length, d]. The caller disposes it. */
export function centredRows(points: tf.Tensor2D, centred: CentredPoints, indices: Int32Array): tf.Tensor2D {
  return tf.tidy(() => tf.sub(tf.gather(points, tf.tensor1d(indices, 'int32')), centred.mean));
}
