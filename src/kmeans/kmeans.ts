import type * as tf from '@tensorflow/tfjs-core';
import { SoundkinError } from '../errors.js';
import { tensorOf, valuesOf, type HostPoints } from '../host-points.js';
import type { OnProgress } from '../progress.js';
import { createRandom, type Random } from '../random.js';
import type { WasmCrew } from '../web-assembly.js';
import type { Accumulation } from './accumulation.js';
import { nTrialsOf } from './candidates.js';
import { checkCentroids, checkPoints } from './check-points.js';
import type { Engine, SeedJob } from './engine.js';
import { initRandom } from './init-random.js';
import { createKernelEngine, kernelHolds } from './kernels/wasm/kernel-engine.js';
import { lloyd, type LloydRun, type LloydStart, readBack } from './lloyd.js';
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
  /** Where clusters are summed by composed operations; by default what suits the backend, and kernels of our own where it has them. */
  readonly accumulation?: Accumulation;
  /** Threads with the kernels of points.wasm, which then do all the work, unless the points are too many for WebAssembly's memory. A device's `crew`. */
  readonly crew?: WasmCrew;
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

/** Random numbers that one restart's start takes. */
function drawsOfStart(nClusters: number, init: KMeansOptions['init'] = 'k-means++'): number {
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

/** The starts of some runs, less the mean. */
async function startRuns(engine: Engine, jobs: readonly SeedJob[], init: KMeansOptions['init'] = 'k-means++'): Promise<LloydStart[]> {
  if (typeof init !== 'string') {
    const given = await readBack(init.clone());
    const { meanValues, nFeatures } = engine;
    return jobs.map(({ nClusters }) => ({ nClusters, centroids: Float32Array.from(given, (value, i) => value - meanValues[i % nFeatures]!) }));
  }
  const rows = init === 'random' ? jobs.map(({ nClusters, random }) => initRandom(engine.nPoints, nClusters, random)) : await engine.plusPlus(jobs);
  return Promise.all(jobs.map(async ({ nClusters }, i) => ({ nClusters, centroids: await engine.rows(rows[i]!) })));
}

/** Runs cut into batches that may go together. */
function batchesOf(engine: Engine, jobs: readonly SeedJob[]): SeedJob[][] {
  const batches: SeedJob[][] = [];
  let room = 0;
  for (const job of jobs) {
    const share = 1 / engine.runsTogether(job.nClusters);
    if (batches.length === 0 || room < share * (1 - 1e-9)) {
      batches.push([]);
      room = 1;
    }
    batches.at(-1)!.push(job);
    room -= share;
  }
  return batches;
}

type Settings = Omit<KMeansOptions, 'nClusters'>;

/** All restarts of one or several k, with one engine: the best of each k. */
async function runAll(engine: Engine, ks: readonly number[], nInit: number, options: Settings, onEnded: (nEnded: number) => void): Promise<LloydRun[]> {
  const { maxIter = 300, tol = 1e-4, seed = 0, init } = options;
  const { nPoints, nFeatures, totalSquares } = engine;
  const jobs = ks.flatMap((nClusters) => {
    const random = createRandom(seed);
    return Array.from({ length: nInit }, (): SeedJob => ({ nClusters, random: drawAhead(random, drawsOfStart(nClusters, init)) }));
  });
  const settings = { nFeatures, totalSquares, maxIter, tolerance: (tol * totalSquares) / (nPoints * nFeatures) };
  const best = new Map<number, LloydRun>();
  let before = 0;
  for (const batch of batchesOf(engine, jobs)) {
    const starts = await startRuns(engine, batch, init);
    const accumulator = await engine.createAccumulator(starts);
    try {
      for (const run of await lloyd(accumulator, starts, settings, (nEnded) => onEnded(before + nEnded))) {
        if (better(run, best.get(run.nClusters), run.nClusters)) best.set(run.nClusters, run);
      }
    } finally {
      accumulator.dispose();
    }
    before += batch.length;
  }
  return ks.map((k) => best.get(k)!);
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
export async function kmeans(points: tf.Tensor2D | HostPoints, options: KMeansOptions, onProgress?: OnProgress): Promise<KMeansResult> {
  const [result] = await kmeansEach(points, [options.nClusters], options, onProgress);
  return result!;
}

/**
 * k-means for several numbers of clusters. With kernels all restarts of all of them share each reading of the points; each result is what `kmeans` gives
 * for that number alone.
 *
 * @param nClusters  distinct numbers of clusters.
 * @param onProgress told how many restarts, of all numbers of clusters, have ended.
 * @returns          a result a number, in their order.
 * @throws as `kmeans`.
 */
export async function kmeansEach(points: tf.Tensor2D | HostPoints, nClusters: readonly number[], options: Omit<KMeansOptions, 'nClusters'>, onProgress?: OnProgress): Promise<KMeansResult[]> {
  checkPoints(points);
  const [n, d] = points.shape;
  for (const k of nClusters) checkOptions({ ...options, nClusters: k }, n, d);
  if (nClusters.length === 0) return [];
  const { init, crew } = options;
  const nInit = init === undefined || typeof init === 'string' ? (options.nInit ?? 10) : 1;
  const total = nInit * nClusters.length;

  const use = async (engine: Engine, ks: readonly number[], before: number): Promise<KMeansResult[]> => {
    try {
      const runs = await runAll(engine, ks, nInit, options, (nEnded) => onProgress?.({ stage: 'kmeans', done: before + nEnded, total }));
      return runs.map((run) => finish(run, engine.meanValues));
    } finally {
      engine.dispose();
    }
  };
  if (crew !== undefined && kernelHolds(n, d, Math.max(...nClusters))) {
    const engine = openKernels(crew, await valuesOf(points), d, nInit * nClusters.reduce((sum, k) => sum + k, 0));
    if (engine !== undefined) return use(engine, nClusters, 0);
  }
  // Loaded only here: where kernels do the work, TensorFlow.js need not be.
  const { openTensorEngines } = await import('./tensor-engines.js');
  const results: KMeansResult[] = [];
  for (const { ks, open } of openTensorEngines(await tensorOf(points), nClusters, nInit, options.accumulation, readBack)) results.push(...(await use(await open(), ks, results.length * nInit)));
  return results;
}

/** The kernels' engine; undefined where the machine has no memory for another copy of the points. */
function openKernels(crew: WasmCrew, values: Float32Array, nFeatures: number, nCentroids: number): Engine | undefined {
  try {
    return createKernelEngine(crew, values, nFeatures, nCentroids);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** How many clusters have points. */
function countUsed(labels: Int32Array, nClusters: number): number {
  const used = new Uint8Array(nClusters);
  for (const label of labels) used[label] = 1;
  return used.reduce((sum, one) => sum + one, 0);
}

function finish(run: LloydRun, mean: Float32Array): KMeansResult {
  const { nClusters, labels, inertia, nIter, history } = run;
  return {
    labels,
    centroids: run.centroids.map((value, i) => value + mean[i % mean.length]!),
    nClusters,
    inertia,
    nIter,
    distances: run.squaredDistances.map((squared) => Math.sqrt(squared)),
    history,
    distinctClusters: countUsed(labels, nClusters),
  };
}
