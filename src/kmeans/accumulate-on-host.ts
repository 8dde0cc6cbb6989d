import * as tf from '@tensorflow/tfjs-core';
import type { Accumulator, StepSums } from './accumulation.js';
import type { CentredPoints } from './centre-points.js';
import { centroidFactors, centroidScores } from './centroid-scores.js';
import type { ReadBack } from './read-back.js';
import { stackCentroids } from './stack-centroids.js';

interface RunState {
  readonly labels: Int32Array;
  readonly sums: Float64Array;
  readonly counts: Float64Array;
}

/**
 * Distances by matMul on the backend; sums here, in float64, and only of the points that changed their cluster: after
 * the first steps those are few.
 */
export async function accumulateOnHost(points: CentredPoints, nClusters: number, read: ReadBack): Promise<Accumulator> {
  const { nPoints, nFeatures: d, tiles, tileRows } = points;
  const values: Float32Array[] = [];
  for (const tile of tiles) values.push((await read(tf.clone(tile))) as Float32Array);
  const states = new Map<number, RunState>();

  /** Labels of a tile for every run: [rows * nRuns]. */
  const labelsOf = (tile: tf.Tensor2D, weights: tf.Tensor2D, bias: tf.Tensor1D, nRuns: number): Promise<ArrayLike<number>> =>
    read(tf.tidy(() => tf.argMin(tf.reshape(centroidScores(tile, { weights, bias }), [-1, nRuns, nClusters]), 2)));

  const stateOf = (run: number): RunState => {
    let state = states.get(run);
    if (state === undefined) {
      state = {
        labels: new Int32Array(nPoints).fill(-1),
        sums: new Float64Array(nClusters * d),
        counts: new Float64Array(nClusters),
      };
      states.set(run, state);
    }
    return state;
  };

  const move = ({ sums, counts }: RunState, row: Float32Array, from: number, old: number, now: number): void => {
    const to = now * d;
    counts[now]! += 1;
    if (old < 0) {
      for (let f = 0; f < d; f++) sums[to + f]! += row[from + f]!;
      return;
    }
    const off = old * d;
    counts[old]! -= 1;
    for (let f = 0; f < d; f++) {
      const value = row[from + f]!;
      sums[to + f]! += value;
      sums[off + f]! -= value;
    }
  };

  return {
    async step(runs): Promise<StepSums[]> {
      const centroids = stackCentroids(runs, d);
      const { weights, bias } = centroidFactors(centroids);
      centroids.dispose();
      const active = runs.map(({ run }) => stateOf(run));
      const nChanged = Array.from({ length: runs.length }, () => 0);
      for (let t = 0; t < tiles.length; t++) {
        const nearest = await labelsOf(tiles[t]!, weights, bias, runs.length);
        const tile = values[t]!;
        const rows = tiles[t]!.shape[0];
        active.forEach((state, a) => {
          for (let i = 0; i < rows; i++) {
            const now = nearest[i * runs.length + a]!;
            const old = state.labels[t * tileRows + i]!;
            if (now === old) continue;
            move(state, tile, i * d, old, now);
            state.labels[t * tileRows + i] = now;
            nChanged[a]! += 1;
          }
        });
      }
      tf.dispose([weights, bias]);
      return active.map(({ sums, counts }, a) => ({ sums, counts, nChanged: nChanged[a]! }));
    },

    keep(runs): void {
      for (const run of states.keys()) if (!runs.includes(run)) states.delete(run);
    },

    async assign(run) {
      const centroids = stackCentroids([run], d);
      const { weights, bias } = centroidFactors(centroids);
      centroids.dispose();
      const centres = run.centroids;
      const labels = new Int32Array(nPoints);
      const squaredDistances = new Float32Array(nPoints);
      for (let t = 0; t < tiles.length; t++) {
        const tile = values[t]!;
        labels.set(await labelsOf(tiles[t]!, weights, bias, 1), t * tileRows);
        for (let i = 0; i < tiles[t]!.shape[0]; i++) {
          const row = i * d;
          const centre = labels[t * tileRows + i]! * d;
          let sum = 0;
          for (let f = 0; f < d; f++) {
            const difference = tile[row + f]! - centres[centre + f]!;
            sum += difference * difference;
          }
          squaredDistances[t * tileRows + i] = sum;
        }
      }
      tf.dispose([weights, bias]);
      return { labels, squaredDistances };
    },

    rows(rows) {
      const out = new Float32Array(rows.length * d);
      rows.forEach((row, i) => {
        const tile = values[Math.floor(row / tileRows)]!;
        const start = (row % tileRows) * d;
        out.set(tile.subarray(start, start + d), i * d);
      });
      return Promise.resolve(out);
    },

    dispose(): void {
      states.clear();
    },
  };
}
