import type * as tf from '@tensorflow/tfjs-core';
import { SoundkinError } from '../errors.js';
import type { Accumulator, RunCentroids } from './accumulation.js';
import type { ReadBack } from './read-back.js';
import {
  averageCentroids,
  type ClusterSums,
  emptyClusters,
  farthestPoints,
  inertiaFromSums,
  relocateEmptyClusters,
} from './update-centroids.js';

/** Where a run of Lloyd's algorithm begins. */
export interface LloydStart {
  readonly nClusters: number;
  /** [nClusters * d], of the centred points. */
  readonly centroids: Float32Array;
}

/** Where one run of Lloyd's algorithm ended. */
export interface LloydRun {
  readonly nClusters: number;
  /** [n] */
  readonly labels: Int32Array;
  /** [k * d], of the centred points. */
  readonly centroids: Float32Array;
  readonly inertia: number;
  readonly nIter: number;
  /** [n], squared, to the point's own centroid. */
  readonly squaredDistances: Float32Array;
  /** The inertia that each iteration's assignment had, before the centroids moved. */
  readonly history: readonly { readonly inertia: number }[];
}

export interface LloydSettings {
  readonly nFeatures: number;
  /** Sum of the squared lengths of all centred points. */
  readonly totalSquares: number;
  readonly maxIter: number;
  /** A run ends when the squared lengths of its centroids' moves sum to no more than this. */
  readonly tolerance: number;
}

/** Waits for a tensor's values, and disposes it. */
export const readBack: ReadBack = async (tensor: tf.Tensor) => {
  const values = (await tensor.data()) as Float32Array | Int32Array;
  tensor.dispose();
  return values;
};

/** Milliseconds of work after which a pause lets a progress bar draw and a signal be heard. */
const PAUSE_AFTER_MS = 100;

interface ActiveRun extends RunCentroids {
  centroids: Float32Array;
  readonly history: { inertia: number }[];
}

function squaredShift(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}

/** Gives the points farthest from their centroids to the clusters that have none. */
async function fillEmptyClusters(sums: ClusterSums, run: RunCentroids, nFeatures: number, accumulator: Accumulator): Promise<ClusterSums> {
  const empty = emptyClusters(sums.counts);
  if (empty.length === 0) return sums;
  const { labels, squaredDistances } = await accumulator.assign(run);
  const far = farthestPoints(squaredDistances, empty.length);
  // More clusters than distinct points: every point lies on its centroid, and nothing is won by moving one.
  if (squaredDistances[far[0]!] === 0) return sums;
  const values = await accumulator.rows(far);
  const points = far.map((row, i) => ({
    label: labels[row]!,
    values: Array.from({ length: nFeatures }, (_, f) => values[i * nFeatures + f]!),
  }));
  return relocateEmptyClusters(sums, empty, points);
}

/**
 * Lloyd's algorithm from several starts at once, so that a step of all runs that still move reads the points once. A run ends when no
 * label changed, or when its centroids moved by no more than the tolerance.
 *
 * @param accumulator of the points. Not disposed.
 * @param onStep      told after every step how many runs have ended.
 * @throws KMEANS_NOT_FINITE when a start holds NaN or Infinity.
 * @see Lloyd 1982; scikit-learn `_kmeans_single_lloyd`. Centroids are averaged in float64.
 */
export async function lloyd(accumulator: Accumulator, starts: readonly LloydStart[], settings: LloydSettings, onStep?: (nEnded: number) => void): Promise<LloydRun[]> {
  const { nFeatures, totalSquares, maxIter, tolerance } = settings;
  for (const { centroids } of starts) {
    if (centroids.every(Number.isFinite)) continue;
    throw new SoundkinError('KMEANS_NOT_FINITE', 'kmeans: expected finite first centroids, got NaN or Infinity. Give a start of finite numbers.');
  }
  const ended: LloydRun[] = [];
  let nEnded = 0;
  let active = starts.map(({ nClusters, centroids }, run): ActiveRun => ({ run, nClusters, centroids, history: [] }));

  const end = async (state: ActiveRun): Promise<void> => {
    // Assigned once more, so that the labels belong to these centroids after a stop by tolerance too.
    const { labels, squaredDistances } = await accumulator.assign(state);
    let inertia = 0;
    for (const distance of squaredDistances) inertia += distance;
    const { run, nClusters, centroids, history } = state;
    ended[run] = { nClusters, labels, centroids, inertia, nIter: history.length, squaredDistances, history };
    nEnded++;
  };

  let lastPause = performance.now();
  for (let iteration = 1; active.length > 0; iteration++) {
    const sums = await accumulator.step(active);
    const moving: ActiveRun[] = [];
    for (const [a, state] of active.entries()) {
      const step = sums[a]!;
      state.history.push({ inertia: inertiaFromSums(step, state.centroids, totalSquares) });
      const next = averageCentroids(await fillEmptyClusters(step, state, nFeatures, accumulator));
      const shift = squaredShift(next, state.centroids);
      state.centroids = next;
      if (step.nChanged === 0 || shift <= tolerance || iteration === maxIter) await end(state);
      else moving.push(state);
    }
    active = moving;
    accumulator.keep(active.map(({ run }) => run));
    onStep?.(nEnded);
    if (performance.now() - lastPause > PAUSE_AFTER_MS) {
      // On a CPU the reads resolve at once, so nothing else here gives way.
      await new Promise((resolve) => setTimeout(resolve, 0));
      lastPause = performance.now();
    }
  }
  return ended;
}
