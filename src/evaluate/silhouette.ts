import type * as tf from '@tensorflow/tfjs-core';
import { SoundkinError } from '../errors.js';
import { tensorOf, valuesOf, type HostPoints } from '../host-points.js';
import type { OnProgress } from '../progress.js';
import { createRandom } from '../random.js';
import type { WasmCrew } from '../web-assembly.js';
import { requireSameLength, requireScorable } from './check-labels.js';
import { type EncodedLabels, encodeLabels } from './encode-labels.js';
import { kernelDistanceSums, kernelHolds } from './kernels/wasm/distance-sums.js';

export interface SilhouetteOptions {
  /**
   * How many points to score, chosen at random, >= 2; by default all, which takes n² distances. Each one chosen is still
   * compared with all points (scikit-learn's `sample_size` compares them with each other only, which is biased).
   */
  readonly sampleSize?: number;
  /** Names the stream of random numbers; default 0. */
  readonly seed?: number;
  readonly onProgress?: OnProgress;
  /** Threads with the kernels of points.wasm, which then compute the distances, unless the points are too many for WebAssembly's memory. A device's `crew`. */
  readonly crew?: WasmCrew;
}

export interface Silhouette {
  /** -1 to 1; higher is better. */
  readonly mean: number;
  /** Standard error of the mean; 0 when every point was scored. */
  readonly standardError: number;
  /** Points scored. */
  readonly nSampled: number;
}

/** All row numbers, the nFirst of them that were drawn in front. */
function shuffleFront(n: number, nFirst: number, seed: number): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  if (nFirst === n) return order;
  const random = createRandom(seed);
  for (let i = 0; i < nFirst; i++) {
    const j = i + random.integer(n - i);
    const other = order[j]!;
    order[j] = order[i]!;
    order[i] = other;
  }
  return order;
}

function chooseSampleSize(n: number, sampleSize: number | undefined): number {
  if (sampleSize === undefined) return n;
  if (Number.isInteger(sampleSize) && sampleSize >= 2) return Math.min(n, sampleSize);
  throw new SoundkinError(
    'EVALUATE_RANGE',
    `evaluate: expected sampleSize to be an integer of at least 2, got ${sampleSize}. Choose more sounds to score.`,
  );
}

/**
 * One labelling's values from sums of distances. a is the mean distance to the others of the point's own cluster, b the
 * least mean distance to another cluster.
 */
function valuesFromSums(sums: Float32Array | Float64Array, width: number, first: number, ids: Int32Array, { codes, counts }: EncodedLabels): Float32Array {
  return Float32Array.from(ids, (id, row) => {
    const own = codes[id]!;
    if (counts[own] === 1) return 0;
    let b = Infinity;
    for (let j = 0; j < counts.length; j++) {
      if (j !== own) b = Math.min(b, sums[row * width + first + j]! / counts[j]!);
    }
    const a = sums[row * width + first + own]! / (counts[own]! - 1);
    const larger = Math.max(a, b);
    return larger === 0 ? 0 : (b - a) / larger;
  });
}

async function sampledValues(
  points: tf.Tensor2D | HostPoints,
  labellings: readonly ArrayLike<number>[],
  { sampleSize, seed = 0, onProgress, crew }: SilhouetteOptions,
): Promise<Float32Array[]> {
  const [n, d] = points.shape;
  const encoded = labellings.map((labels) => {
    requireSameLength('sounds', n, labels.length);
    const codes = encodeLabels(labels);
    requireScorable(codes.counts.length, n);
    return codes;
  });
  if (encoded.length === 0) return [];
  const nSampled = chooseSampleSize(n, sampleSize);
  const order = shuffleFront(n, nSampled, seed);
  const codesOf = encoded.map(({ codes, counts }) => ({ codes, nClusters: counts.length }));
  const tell = (done: number, total: number): void => onProgress?.({ stage: 'silhouette', done, total });
  const sums =
    crew !== undefined && kernelHolds(n, d, codesOf.length)
      ? await kernelDistanceSums(crew, await valuesOf(points), d, codesOf, order, nSampled, tell)
      : // Loaded only here: where kernels do the work, TensorFlow.js need not be.
        await (await import('./cluster-distance-sums.js')).clusterDistanceSums(await tensorOf(points), codesOf, order, nSampled, tell);
  const width = sums.length / nSampled;
  let first = 0;
  return encoded.map((labels) => {
    const values = valuesFromSums(sums, width, first, order.subarray(0, nSampled), labels);
    first += labels.counts.length;
    return values;
  });
}

function summarise(values: Float32Array, n: number): Silhouette {
  const m = values.length;
  let mean = 0;
  for (const value of values) mean += value / m;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  // Drawn without replacement, so that the error ends at 0 when all are drawn.
  return { mean, standardError: Math.sqrt((squares / (m - 1) / m) * (1 - m / n)), nSampled: m };
}

/**
 * Silhouette of every point, -1 to 1: how much nearer its own cluster is than the next one.
 *
 *   s = (b - a) / max(a, b)      a, b: mean distance to the own and to the nearest other cluster; 0 for a cluster of one
 *
 * @param points [n, d]. Not disposed.
 * @param labels [n]
 * @returns      [n]
 * @throws EVALUATE_SHAPE when they differ in number.
 * @throws EVALUATE_RANGE unless there are 2 to n - 1 clusters.
 * @see Rousseeuw 1987; scikit-learn `silhouette_samples`. Distances are float32: between points that lie far closer
 *   together than to the mean of all, digits are lost.
 */
export async function silhouetteSamples(
  points: tf.Tensor2D | HostPoints,
  labels: ArrayLike<number>,
  options: Pick<SilhouetteOptions, 'onProgress' | 'crew'> = {},
): Promise<Float32Array> {
  const [values] = await sampledValues(points, [labels], options);
  return values!;
}

/**
 * Mean silhouette of several labellings of the same points, as a sweep over k has them: the distances, which cost most,
 * are computed once for all. Otherwise as `silhouetteSamples`.
 *
 * @throws EVALUATE_RANGE also when sampleSize is below 2.
 */
export async function silhouettes(
  points: tf.Tensor2D | HostPoints,
  labellings: readonly ArrayLike<number>[],
  options: SilhouetteOptions = {},
): Promise<Silhouette[]> {
  const values = await sampledValues(points, labellings, options);
  return values.map((labelling) => summarise(labelling, points.shape[0]));
}

/**
 * Mean silhouette of all points, or of a sample of them. Otherwise as `silhouetteSamples`.
 *
 * @throws EVALUATE_RANGE also when sampleSize is below 2.
 * @see scikit-learn `silhouette_score`
 */
export async function silhouette(points: tf.Tensor2D | HostPoints, labels: ArrayLike<number>, options: SilhouetteOptions = {}): Promise<Silhouette> {
  const [result] = await silhouettes(points, [labels], options);
  return result!;
}
