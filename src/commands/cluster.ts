import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from '../device/device.js';
import { keepDevice, type DeviceChange } from '../device/device-keeper.js';
import { openDevice } from '../device/open-device.js';
import { withDevice } from '../device/with-device.js';
import { SoundkinError } from '../errors.js';
import { silhouette, silhouetteSamples, sizesWarning } from '../evaluate/index.js';
import type { FeatureLayoutName } from '../features/index.js';
import { kmeans, type KMeansResult } from '../kmeans/index.js';
import { readLabels, type LabelSource } from '../labels/read-labels.js';
import { checkClusteringName, openLibrary, type Clustering, type Library, type Sweep, type TrackSummary } from '../library/index.js';
import { layout2d } from '../project/index.js';
import type { WasmCrew } from '../web-assembly.js';
import { createThreadPool, type ThreadPool } from '../threads/index.js';
import { DEFAULT_CLUSTERING, summarise, type ClusterSummary } from './cluster-summary.js';
import { labelScores, labelsOf, type LabelScores } from './evaluate.js';
import { extract, idOf, type ExtractOptions, type ExtractOutcome } from './extract.js';
import { readShapedPoints, type Points } from './points.js';
import { PageInWaiting } from './page-in-waiting.js';
import { requireIntegers } from './require-integers.js';
import { defaultRange, silhouetteSampling, sizesOf, sweepPoints } from './sweep.js';

export interface ClusterOptions extends Omit<ExtractOptions, 'sounds'> {
  /** Files and folders; none clusters everything the library has. */
  readonly sounds?: readonly string[];
  /** Clusters; 'auto' takes what a sweep over `kRange` suggests. */
  readonly k?: number | 'auto';
  readonly kRange?: readonly [number, number];
  readonly seed?: number;
  readonly nInit?: number;
  /** The recipe that sounds are compared by. */
  readonly features?: FeatureLayoutName;
  /** Labels known beforehand: a CSV file, 'folders' or 'prefix'. */
  readonly labels?: string;
  /** The name that the library keeps the clustering under. */
  readonly name?: string;
  /** Write the page. Default true. */
  readonly report?: boolean;
}

export interface ClusterOutcome {
  readonly library: string;
  readonly recipe: FeatureLayoutName;
  readonly k: number;
  readonly seed: number;
  readonly inertia: number;
  readonly nIter: number;
  readonly sizes: readonly number[];
  readonly scores: { readonly silhouette: number | null } & Partial<LabelScores>;
  readonly clusters: readonly ClusterSummary[];
  readonly warnings: readonly string[];
  /** What the choice of k rests on, where it was left open. */
  readonly sweep: Sweep | null;
  readonly report: string | null;
  /** What measuring the sounds came to, where sounds were given. */
  readonly extraction: ExtractOutcome | null;
  /** What clustered. */
  readonly backend: BackendName;
  /** Where clustering went on when a device failed; those of measuring are the extraction's. */
  readonly deviceChanges: readonly DeviceChange[];
  readonly seconds: number;
}

/** Beyond, the silhouette of each sound would take n² distances for too long; the mean is then that of a sample. */
const MAX_EACH_SILHOUETTE = 20_000;

/**
 * The main job: measures what is new, scales, clusters, evaluates, lays out, and writes the page.
 *
 * @param threads the caller's; of their own they are `options.workers`, and end with the run.
 * @throws whatever `extract` throws; CLUSTER_TOO_FEW when k exceeds the number of sounds; LABELS_NOT_FOUND, LABELS_FORMAT, LABELS_NO_MATCH.
 */
export async function cluster(options: ClusterOptions, threads?: ThreadPool): Promise<ClusterOutcome> {
  if (threads !== undefined) return clusterWith(options, threads);
  const own = createThreadPool(options.workers === undefined ? {} : { workers: options.workers });
  try {
    return await clusterWith(options, own);
  } finally {
    await own.close();
  }
}

async function clusterWith(options: ClusterOptions, threads: ThreadPool): Promise<ClusterOutcome> {
  const started = performance.now();
  const { seed = 0, nInit = 10, features = 'kin', name = DEFAULT_CLUSTERING } = options;
  // What can be wrong without a look at the sounds is told before hours are spent on them.
  checkClusteringName(name);
  requireIntegers({ seed, nInit, ...(typeof options.k === 'number' && { k: options.k }) });
  const labelOf = options.labels === undefined ? null : await readLabels(options.labels);
  const extraction = options.sounds === undefined || options.sounds.length === 0 ? null : await extract({ ...options, sounds: options.sounds }, threads);
  if (extraction?.interrupted === true) throw interrupted();
  const library = await openLibrary(options.library);
  try {
    const chosen = extraction === null ? undefined : new Set(extraction.tracks.map(idOf));
    const { points, labels } = await readChosen(library, options, labelOf, extraction, chosen && ((track) => chosen.has(idOf(track))));
    const devices = keepDevice((await openDevice(extraction?.device?.backend ?? options.backend ?? 'auto', { workers: options.workers })).device);
    const page = options.report === false ? null : new PageInWaiting(points.tracks, threads, options.onProgress);
    const { clustering, sweep } = await withDevice(devices, ({ crew }) => clusterPoints(points, labels, { ...options, seed, features, name, ...(crew && { crew }) }, page));
    await library.writeClustering(name, clustering);
    if (sweep !== null) await library.writeSweep(name, sweep);
    const written = page === null ? null : await page.write(library, clustering, sweep ?? (await library.readSweep(name)));
    return {
      library: library.dir,
      recipe: features,
      k: clustering.k,
      seed,
      inertia: clustering.inertia,
      nIter: clustering.nIter,
      sizes: clustering.sizes,
      scores: clustering.scores as unknown as ClusterOutcome['scores'],
      clusters: summarise(clustering),
      warnings: clustering.warnings,
      sweep,
      report: written,
      extraction,
      backend: devices.device.backend,
      deviceChanges: devices.changes,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    await library.close();
  }
}

/** What a run that was ended early says. */
function interrupted(): SoundkinError {
  return new SoundkinError('INTERRUPTED', 'extract: stopped before the end. What is measured is kept: run the same again to go on.');
}

type Choose = (track: TrackSummary) => boolean;

/** The points to cluster, and their labels. Where too few could be measured, the error tells of each file why. */
async function readChosen(library: Library, options: ClusterOptions, labelOf: LabelSource | null, extraction: ExtractOutcome | null, choose: Choose | undefined): Promise<{ points: Points; labels: (string | null)[] }> {
  try {
    const points = await readShapedPoints(library, options.features ?? 'kin', choose);
    requireEnough(points.tracks.length, options.k ?? 'auto');
    return { points, labels: labelOf === null ? points.tracks.map(() => null) : labelsOf(points.tracks, labelOf, options.labels!) };
  } catch (error) {
    if (!(error instanceof SoundkinError) || extraction === null || extraction.problems.length === 0) throw error;
    throw new SoundkinError(error.code, error.message, { cause: error, details: { problems: extraction.problems } });
  }
}

function requireEnough(n: number, k: number | 'auto'): void {
  if (k === 'auto' || k <= n) return;
  throw new SoundkinError('CLUSTER_TOO_FEW', `cluster: expected at most ${n} clusters for ${n} ${n === 1 ? 'sound' : 'sounds'}, got k = ${k}. Choose a smaller --k, or add sounds.`);
}

type Settled = ClusterOptions & { readonly seed: number; readonly features: FeatureLayoutName; readonly name: string; readonly crew?: WasmCrew };

async function clusterPoints({ values, width, tracks, scaler }: Points, labels: readonly (string | null)[], options: Settled, page: PageInWaiting | null): Promise<{ clustering: Clustering; sweep: Sweep | null }> {
  const { seed, nInit = 10, onProgress, crew } = options;
  const n = tracks.length;
  const points = tf.tensor2d(values, [n, width]);
  try {
    const sweep = await chooseK(points, options);
    const k = typeof options.k === 'number' ? options.k : (sweep?.suggestedK ?? 1);
    const result = await kmeans(points, { nClusters: k, seed, nInit, ...(crew && { crew }) }, onProgress);
    page?.begin(result);
    const sizes = sizesOf(result.labels, k);
    const each = await silhouetteOfEach(points, result, seed, crew);
    const picture = await layout2d(values, n, width, { seed, ...(onProgress && { onProgress }) });
    const clustering: Clustering = {
      name: options.name,
      createdAt: new Date().toISOString(),
      recipe: options.features,
      k,
      seed,
      settings: { nInit, maxIter: 300, tol: 1e-4, backend: tf.getBackend() },
      scores: { silhouette: each.mean, ...(labels.some((label) => label !== null) ? labelScores(labels, [...result.labels]) : {}) },
      inertia: result.inertia,
      nIter: result.nIter,
      sizes,
      warnings: warningsFor(sizes, n, options.k ?? 'auto'),
      scaler: { kind: scaler.kind, offset: [...scaler.offset], scale: [...scaler.scale] },
      centroids: result.centroids,
      width,
      members: tracks.map(({ root, path }, i) => ({
        root,
        path,
        cluster: result.labels[i]!,
        distance: result.distances[i]!,
        silhouette: each.samples?.[i] ?? NaN,
        x: picture[2 * i]!,
        y: picture[2 * i + 1]!,
        label: labels[i]!,
      })),
    };
    return { clustering, sweep };
  } finally {
    points.dispose();
  }
}

/** The sweep that k is chosen by; none where k is given, or there are too few sounds to choose. */
async function chooseK(points: tf.Tensor2D, { k = 'auto', kRange, features, seed, nInit = 10, crew, onProgress }: Settled): Promise<Sweep | null> {
  if (k !== 'auto' || points.shape[0] < 4) return null;
  return sweepPoints(points, features, { kRange: kRange ?? defaultRange(points.shape[0]), seed, nInit, crew, ...(onProgress && { onProgress }) });
}

async function silhouetteOfEach(points: tf.Tensor2D, { labels, nClusters }: KMeansResult, seed: number, crew?: WasmCrew): Promise<{ mean: number; samples: Float32Array | null }> {
  const n = points.shape[0];
  const filled = sizesOf(labels, nClusters).filter((size) => size > 0).length;
  if (filled < 2 || filled >= n) return { mean: NaN, samples: null }; // not defined for one cluster, or for one sound each
  const threads = crew && { crew };
  if (n > MAX_EACH_SILHOUETTE) return { mean: (await silhouette(points, labels, { ...silhouetteSampling(n, seed), ...threads })).mean, samples: null };
  const samples = await silhouetteSamples(points, labels, threads);
  return { mean: samples.reduce((sum, value) => sum + value, 0) / n, samples };
}

function warningsFor(sizes: readonly number[], n: number, k: number | 'auto'): string[] {
  const degenerate = sizesWarning(sizes);
  const few = k === 'auto' && n < 4 ? [`${n === 1 ? 'One sound is' : `${n} sounds are`} too few to divide: all are in one cluster.`] : [];
  return degenerate === undefined ? few : [...few, degenerate];
}
