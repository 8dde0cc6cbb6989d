import * as tf from '@tensorflow/tfjs-core';
import { SoundkinError } from '../errors.js';
import type { OnProgress } from '../progress.js';
import { createRandom, type Random } from '../random.js';
import { type Accumulation, chooseAccumulation } from './accumulation.js';
import { centredRows, centrePoints, type CentredPoints } from './centre-points.js';
import { checkCentroids, checkPoints } from './check-points.js';
import { initPlusPlus, nTrialsOf } from './init-plus-plus.js';
import { initRandom } from './init-random.js';
import { lloyd, type LloydRun, readBack } from './lloyd.js';
import { isSameClustering } from './same-clustering.js';

/** scikit-learn's parameters of `KMeans`, with its meanings and defaults, but for nInit: see there. */
export interface KMeansOptions {
  /** Clusters, 1 to the number of points. */
  readonly nClusters: number;
  /** Restarts, >= 1, of which the best is kept; default 10. A start given as a tensor is run once. */
  readonly nInit?: number;
  /** Iterations of one restart at most, >= 1; default 300. */
  readonly maxIter?: number;
  /** Relative to the mean variance of the features, >= 0; default 1e-4. 0 goes on until no label changes. */
  readonly tol?: number;
  /** Names the stream of random numbers; default 0. */
  readonly seed?: number;
  /** How to start; a tensor [k, d] gives the first centroids and is not disposed. Default 'k-means++'. */
  readonly init?: 'k-means++' | 'random' | tf.Tensor2D;
  /** Where clusters are summed; by default what suits the backend. */
  readonly accumulation?: Accumulation;
}

export interface KMeansResult {
  /** [n], 0 to nClusters - 1. */
  readonly labels: Int32Array;
  /** [nClusters * d], row by row. */
  readonly centroids: Float32Array;
  readonly nClusters: number;
  /** Sum of the squared distances of the points to their centroids. */
  readonly inertia: number;
  /** Iterations of the best restart. */
  readonly nIter: number;
  /** [n], of each point to its own centroid, not squared. */
  readonly distances: Float32Array;
  /** The inertia at every iteration of the best restart. */
  readonly history: readonly { readonly inertia: number }[];
  /** Clusters that have points: fewer than nClusters when there are fewer distinct points than clusters. */
  readonly distinctClusters: number;
}

/** Columns of the widest product: restarts beyond that many centroids run after the others. */
const MAX_COLUMNS = 16_384;

function requireRange(name: string, value: number, valid: boolean, expected: string): void {
  if (valid) return;
  throw new SoundkinError('KMEANS_RANGE', `kmeans: expected ${name} to be ${expected}, got ${value}. Choose one in that range.`);
}

function checkOptions({ nClusters, nInit = 10, maxIter = 300, tol = 1e-4, init }: KMeansOptions, n: number, d: number): void {
  if (!Number.isInteger(nClusters) || nClusters < 1 || nClusters > n) {
    throw new SoundkinError(
      'KMEANS_RANGE',
      `kmeans: expected 1 to ${n} clusters for ${n} sounds, got ${nClusters}. Choose fewer clusters or add sounds.`,
    );
  }
  requireRange('nInit', nInit, Number.isInteger(nInit) && nInit >= 1, 'an integer of at least 1');
  requireRange('maxIter', maxIter, Number.isInteger(maxIter) && maxIter >= 1, 'an integer of at least 1');
  requireRange('tol', tol, tol >= 0 && Number.isFinite(tol), 'a number of at least 0');
  if (init !== undefined && typeof init !== 'string') checkCentroids(init, nClusters, d);
}

/** The first centroids of some restarts, [randoms.length * k, d], less the mean. */
async function startRuns(
  points: tf.Tensor2D,
  centred: CentredPoints,
  { nClusters, init = 'k-means++' }: KMeansOptions,
  randoms: readonly Random[],
): Promise<tf.Tensor2D> {
  if (typeof init !== 'string') return tf.sub<tf.Tensor2D>(init, centred.mean);
  const rows =
    init === 'random'
      ? randoms.map((random) => initRandom(centred.nPoints, nClusters, random))
      : await initPlusPlus(points, centred, nClusters, randoms);
  return centredRows(points, centred, Int32Array.from(rows.flatMap((run) => [...run])));
}

/** Random numbers that one restart's start takes. */
function drawsOfStart({ nClusters, init = 'k-means++' }: KMeansOptions): number {
  return init === 'k-means++' ? 1 + (nClusters - 1) * nTrialsOf(nClusters) : nClusters;
}

/** The next numbers of a stream as one of their own: restarts advance together, and yet each has the numbers it would have had in its turn. */
function drawAhead(random: Random, count: number): Random {
  const drawn = Array.from({ length: count }, () => random.next());
  let used = 0;
  const next = (): number => drawn[used++]!;
  return { next, integer: (n) => Math.floor(next() * n), fork: random.fork };
}

function better(run: LloydRun, best: LloydRun | undefined, nClusters: number): boolean {
  return best === undefined || (run.inertia < best.inertia && !isSameClustering(run.labels, best.labels, nClusters));
}

/**
 * k-means: the clusters whose points lie closest to their centroids, by Lloyd's algorithm from several starts.
 *
 *   inertia = Σ_i ||x_i - c_label(i)||²      (the least of nInit restarts)
 *
 * The same seed on the same backend gives the same labels, and restart r is the same whatever nInit is. On the same points that is also what scikit-learn finds for `random_state` = seed, but for ties that rounding decides.
 *
 * @param points     [n, d], finite. Not disposed.
 * @param onProgress told how many restarts have ended.
 * @throws KMEANS_SHAPE when points or a given start are no matrices that fit.
 * @throws KMEANS_RANGE when there are fewer points than clusters, or a setting is outside its range.
 * @throws KMEANS_NOT_FINITE when a point or a given start holds NaN or Infinity.
 * @see scikit-learn `KMeans(algorithm='lloyd')`: from one start the same labels, inertia and iterations. nInit is 10
 *   with k-means++ too (scikit-learn's 'auto' takes 1); 'random' starts draw other rows.
 */
export async function kmeans(points: tf.Tensor2D, options: KMeansOptions, onProgress?: OnProgress): Promise<KMeansResult> {
  checkPoints(points);
  checkOptions(options, points.shape[0], points.shape[1]);
  const { nClusters, maxIter = 300, tol = 1e-4, seed = 0, init, accumulation = chooseAccumulation() } = options;
  const nInit = init === undefined || typeof init === 'string' ? (options.nInit ?? 10) : 1;
  const together = Math.min(nInit, Math.max(1, Math.floor(MAX_COLUMNS / nClusters)));

  const centred = await centrePoints(points, together * nClusters, readBack);
  try {
    const tolerance = (tol * centred.totalSquares) / (centred.nPoints * centred.nFeatures);
    const random = createRandom(seed);
    let best: LloydRun | undefined;
    for (let first = 0; first < nInit; first += together) {
      const randoms = Array.from({ length: Math.min(together, nInit - first) }, () => drawAhead(random, drawsOfStart(options)));
      const starts = await startRuns(points, centred, options, randoms);
      try {
        const settings = { nClusters, maxIter, tolerance, accumulation };
        const runs = await lloyd(centred, starts, settings, (nEnded) =>
          onProgress?.({ stage: 'kmeans', done: first + nEnded, total: nInit }),
        );
        for (const run of runs) if (better(run, best, nClusters)) best = run;
      } finally {
        starts.dispose();
      }
    }
    return finish(best!, centred.meanValues, nClusters);
  } finally {
    centred.dispose();
  }
}

function finish(run: LloydRun, mean: Float32Array, nClusters: number): KMeansResult {
  const { labels, inertia, nIter, history } = run;
  return {
    labels,
    centroids: run.centroids.map((value, i) => value + mean[i % mean.length]!),
    nClusters,
    inertia,
    nIter,
    distances: run.squaredDistances.map(Math.sqrt),
    history,
    distinctClusters: new Set(labels).size,
  };
}
