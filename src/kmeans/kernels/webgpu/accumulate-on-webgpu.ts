import * as tf from '@tensorflow/tfjs-core';
import type { Accumulator, RunCentroids, StepSums } from '../../accumulation.js';
import type { CentredPoints } from '../../centre-points.js';
import type { ReadBack } from '../../read-back.js';
import { stackCentroids } from '../../stack-centroids.js';
import { gpuClusterSums } from './cluster-sums.js';
import { gpuNearest, type RunsOnDevice } from './nearest.js';

/** Entries of the table of runs, at least: a shorter one would be taken for a number. */
const LEAST_TABLE = 64;

/**
 * Assignment and sums by kernels of our own: the points are read twice a step, whatever the number of clusters, and only k (d + 1) numbers a run come back.
 * Runs may have different numbers of clusters.
 *
 * @param points on the current backend, which is webgpu.
 */
export function accumulateOnWebgpu(points: CentredPoints, read: ReadBack): Accumulator {
  const { nPoints, nFeatures: d, tiles, tileRows } = points;
  let labelled: readonly number[] = []; // runs that `labels` has rows for
  let labels: tf.Tensor2D[] = []; // a tile each: [labelled.length, rows], int32

  return {
    async step(runs): Promise<StepSums[]> {
      const onDevice = upload(runs, d);
      const before = labels;
      let sums: tf.Tensor1D | undefined;
      labels = tiles.map((tile, t) => {
        const now = gpuNearest(tile, onDevice);
        const last = sums;
        sums = gpuClusterSums(tile, now, before[t], onDevice, last);
        last?.dispose();
        return now;
      });
      const nCentroids = onDevice.centroids.shape[0];
      tf.dispose([onDevice.centroids, onDevice.squares, onDevice.table, before]);
      labelled = runs.map(({ run }) => run);

      const values = await read(sums!);
      let first = 0;
      return runs.map(({ nClusters }, a) => {
        const from = first;
        first += nClusters;
        return {
          sums: new Float64Array(values.subarray(from * d, first * d)),
          counts: new Float64Array(values.subarray(nCentroids * d + from, nCentroids * d + first)),
          nChanged: values[nCentroids * (d + 1) + a]!,
        };
      });
    },

    keep(runs): void {
      if (runs.length === labelled.length) return;
      const kept = Int32Array.from(runs, (run) => labelled.indexOf(run));
      const before = labels;
      labels = runs.length === 0 ? [] : before.map((tile) => tf.tidy(() => tf.gather(tile, tf.tensor1d(kept, 'int32'), 0)));
      tf.dispose(before);
      labelled = runs;
    },

    async assign(run) {
      const onDevice = upload([run], d);
      const out = { labels: new Int32Array(nPoints), squaredDistances: new Float32Array(nPoints) };
      for (let t = 0; t < tiles.length; t++) {
        const tile = tiles[t]!;
        const now = gpuNearest(tile, onDevice);
        const distances = tf.tidy(() => tf.sum(tf.squaredDifference(tile, tf.gather(onDevice.centroids, tf.reshape(now, [-1]))), 1));
        out.labels.set(await read(now), t * tileRows);
        out.squaredDistances.set(await read(distances), t * tileRows);
      }
      tf.dispose([onDevice.centroids, onDevice.squares, onDevice.table]);
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

/** Runs' centroids made ready. The caller disposes the three tensors. */
function upload(runs: readonly RunCentroids[], d: number): RunsOnDevice {
  const centroids = stackCentroids(runs, d);
  const table = new Int32Array(Math.max(LEAST_TABLE, 2 * runs.length));
  let first = 0;
  runs.forEach(({ nClusters }, i) => {
    table.set([first, nClusters], 2 * i);
    first += nClusters;
  });
  return {
    centroids,
    squares: tf.tidy(() => tf.sum<tf.Tensor1D>(tf.square(centroids), 1)),
    table: tf.tensor1d(table, 'int32'),
    nRuns: runs.length,
    mostClusters: Math.max(...runs.map(({ nClusters }) => nClusters)),
  };
}
