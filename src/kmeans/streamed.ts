import { SoundkinError } from '../errors.js';
import type { OnProgress } from '../progress.js';
import type { WasmCrew } from '../web-assembly.js';
import { createBlockSteps, type BlockSteps } from './block-steps.js';
import type { KMeansResult } from './kmeans.js';
import { readBack } from './lloyd.js';

/** Points too many for the memory, which are read block by block, in one order always. */
export interface BlockPoints {
  /** Points, features. */
  readonly shape: readonly [number, number];
  /** Rows of every block but the last. */
  readonly blockRows: number;
  /** Block b: [rows * d], row by row. Good until the next call. */
  read(block: number): Promise<Float32Array>;
}

export interface RefineOptions {
  readonly nClusters: number;
  /** [nClusters * d]: where to begin, such as the centroids of a sample. */
  readonly start: Float32Array;
  /** Passes over the points that move centroids, at most, >= 1; default 10. One more labels the points. */
  readonly maxIter?: number;
  /** Relative to the mean variance of the features: passes end when the squared moves of the centroids sum to no more. Default 1e-4. */
  readonly tol?: number;
  /** As of `kmeans`. */
  readonly crew?: WasmCrew;
}

const DEFAULT_PASSES = 10;

interface Pass {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
  readonly inertia: number;
  /** Mean variance of the features. */
  readonly variance: number;
}

async function passOver(points: BlockPoints, steps: BlockSteps, centroids: Float32Array, nClusters: number, onBlock: () => void): Promise<Pass> {
  const [n, d] = points.shape;
  const sums = new Float64Array(nClusters * d);
  const counts = new Float64Array(nClusters);
  const means = new Float64Array(d);
  const meanSquares = new Float64Array(d);
  let inertia = 0;
  let within = 0;
  // Block after block, in one order: the sums are the same whatever computes a block, and however many threads.
  for (let b = 0; b * points.blockRows < n; b++) {
    const values = await points.read(b);
    const rows = values.length / d;
    const part = await steps.step(values, centroids);
    for (let i = 0; i < sums.length; i++) sums[i]! += part.sums[i]!;
    for (let j = 0; j < nClusters; j++) counts[j]! += part.counts[j]!;
    inertia += part.inertia;
    within += part.totalSquares;
    for (let f = 0; f < d; f++) {
      means[f]! += rows * part.meanValues[f]!;
      meanSquares[f]! += rows * part.meanValues[f]! ** 2;
    }
    onBlock();
  }
  let between = 0;
  for (let f = 0; f < d; f++) between += meanSquares[f]! - means[f]! ** 2 / n;
  return { sums, counts, inertia, variance: (within + Math.max(0, between)) / (n * d) };
}

/** The means of the clusters; one that no point is nearest to stays where it was. @returns how far they moved, squared and summed. */
function move(centroids: Float32Array, { sums, counts }: Pass): { next: Float32Array; shift: number } {
  const d = centroids.length / counts.length;
  let shift = 0;
  const next = centroids.map((value, i) => {
    const count = counts[Math.floor(i / d)]!;
    return count === 0 ? value : sums[i]! / count;
  });
  for (let i = 0; i < next.length; i++) shift += (next[i]! - centroids[i]!) ** 2;
  return { next, shift };
}

/**
 * Lloyd's algorithm on points that are read block by block, from given centroids: what `kmeans` does after its start, without all points in memory. Begun with the
 * best clustering of a sample of the points it needs few passes, and ends within a fraction of a percent of the inertia that `kmeans` finds on all of them.
 *
 * @param onProgress told how many passes are done, of the most there may be.
 * @throws KMEANS_SHAPE when the start does not fit the points.
 * @throws KMEANS_NOT_FINITE when a point or the start holds NaN or Infinity.
 * @see Lloyd 1982. Unlike scikit-learn's `MiniBatchKMeans`, whose centroids follow running means of small batches, each pass here is exact.
 */
export async function refine(points: BlockPoints, { nClusters, start, maxIter = DEFAULT_PASSES, tol = 1e-4, crew }: RefineOptions, onProgress?: OnProgress): Promise<KMeansResult> {
  const [n, d] = points.shape;
  if (start.length !== nClusters * d) throw new SoundkinError('KMEANS_SHAPE', `kmeans: expected ${nClusters} x ${d} numbers to start from, got ${start.length}. Give one row a cluster, with the points' features.`);
  if (!start.every(Number.isFinite)) throw new SoundkinError('KMEANS_NOT_FINITE', 'kmeans: expected finite first centroids, got NaN or Infinity. Give a start of finite numbers.');
  const nBlocks = Math.ceil(n / points.blockRows);
  const total = nBlocks * (maxIter + 1);
  let nDone = 0;
  const tell = (): void => onProgress?.({ stage: 'kmeans', done: ++nDone, total });
  const steps = createBlockSteps(Math.min(n, points.blockRows), d, nClusters, readBack, crew);
  try {
    let centroids = start;
    const history: { inertia: number }[] = [];
    while (history.length < maxIter) {
      const pass = await passOver(points, steps, centroids, nClusters, tell);
      history.push({ inertia: pass.inertia });
      const { next, shift } = move(centroids, pass);
      centroids = next;
      if (shift <= tol * pass.variance) break;
    }
    nDone = total - nBlocks;
    const labels = new Int32Array(n);
    const distances = new Float32Array(n);
    let inertia = 0;
    for (let b = 0, row = 0; b < nBlocks; b++) {
      const { labels: own, squaredDistances } = await steps.assign(await points.read(b), centroids);
      labels.set(own, row);
      for (let i = 0; i < squaredDistances.length; i++) {
        inertia += squaredDistances[i]!;
        distances[row + i] = Math.sqrt(squaredDistances[i]!);
      }
      row += own.length;
      tell();
    }
    return { labels, centroids, nClusters, inertia, nIter: history.length, distances, history, distinctClusters: new Set(labels).size };
  } finally {
    steps.close();
  }
}
