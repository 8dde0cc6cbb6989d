import * as tf from '@tensorflow/tfjs-core';
import type { Accumulator, StepSums } from './accumulation.js';
import type { CentredPoints } from './centre-points.js';
import { centroidFactors, centroidScores } from './centroid-scores.js';
import type { ReadBack } from './read-back.js';
import { stackCentroids } from './stack-centroids.js';

/**
 * Everything by matMul, so that only k * d numbers a run come back each step. One-hot products rather than segment
 * sums: those add in whatever order a GPU's threads arrive, and the same seed would not give the same labels.
 */
export function accumulateOnDevice(points: CentredPoints, nClusters: number, read: ReadBack): Accumulator {
  const { nPoints, nFeatures: d, tiles, tileRows } = points;
  let labelled: readonly number[] = []; // runs that `labels` has columns for
  let labels: tf.Tensor2D[] = []; // a tile each: [rows, labelled.length], int32

  const nearest = (tile: tf.Tensor2D, weights: tf.Tensor2D, bias: tf.Tensor1D, nRuns: number): tf.Tensor2D =>
    tf.tidy(() => tf.argMin(tf.reshape(centroidScores(tile, { weights, bias }), [-1, nRuns, nClusters]), 2));

  return {
    async step(runs): Promise<StepSums[]> {
      const nRuns = runs.length;
      const centroids = stackCentroids(runs, d);
      const { weights, bias } = centroidFactors(centroids);
      centroids.dispose();
      let packed: tf.Tensor1D | undefined;
      const before = labels;
      labels = tiles.map((tile, t) => {
        const now = nearest(tile, weights, bias, nRuns);
        const last = packed;
        packed = tf.tidy(() => {
          // Cast afterwards: oneHot with dtype float32 writes the integer's bits on wasm (tfjs 4.22).
          // oneHot refuses a depth of one, where every point is a member anyway.
          const oneHot = nClusters === 1 ? tf.ones([now.size, 1]) : tf.cast(tf.oneHot(tf.reshape(now, [-1]), nClusters), 'float32');
          const member = tf.reshape(oneHot, [-1, nRuns * nClusters]);
          const sums = tf.matMul(member, tile, true);
          const changed =
            before[t] === undefined ? tf.fill([nRuns], now.shape[0]) : tf.sum(tf.cast(tf.notEqual(now, before[t]), 'float32'), 0);
          const part = tf.concat1d([tf.reshape(sums, [-1]), tf.reshape(tf.sum(member, 0), [-1]), tf.reshape(changed, [-1])]);
          return last === undefined ? part : tf.add(last, part);
        });
        last?.dispose();
        return now;
      });
      tf.dispose([weights, bias, before]);
      labelled = runs.map(({ run }) => run);

      const values = await read(packed!);
      const nSums = nClusters * d;
      return runs.map((_, a) => ({
        sums: Float64Array.from(values.subarray(a * nSums, (a + 1) * nSums)),
        counts: Float64Array.from(values.subarray(nRuns * nSums + a * nClusters, nRuns * nSums + (a + 1) * nClusters)),
        nChanged: values[nRuns * (nSums + nClusters) + a]!,
      }));
    },

    keep(runs): void {
      if (runs.length === labelled.length) return;
      const columns = Int32Array.from(runs, (run) => labelled.indexOf(run));
      const before = labels;
      labels =
        runs.length === 0 ? [] : before.map((tile) => tf.tidy(() => tf.gather(tile, tf.tensor1d(columns, 'int32'), 1)));
      tf.dispose(before);
      labelled = runs;
    },

    async assign(run) {
      const centroids = stackCentroids([run], d);
      const { weights, bias } = centroidFactors(centroids);
      const out = { labels: new Int32Array(nPoints), squaredDistances: new Float32Array(nPoints) };
      for (let t = 0; t < tiles.length; t++) {
        const tile = tiles[t]!;
        const now = tf.tidy((): tf.Tensor1D => tf.reshape(nearest(tile, weights, bias, 1), [-1]));
        const distances = tf.tidy(() => tf.sum(tf.squaredDifference(tile, tf.gather(centroids, now)), 1));
        out.labels.set(await read(now), t * tileRows);
        out.squaredDistances.set(await read(distances), t * tileRows);
      }
      tf.dispose([centroids, weights, bias]);
      return out;
    },

    async rows(rows) {
      const out = new Float32Array(rows.length * d);
      for (const [i, row] of rows.entries()) {
        out.set(await read(tf.slice(tiles[Math.floor(row / tileRows)]!, [row % tileRows, 0], [1, d])), i * d);
      }
      return out;
    },

    dispose(): void {
      tf.dispose(labels);
      labels = [];
    },
  };
}
