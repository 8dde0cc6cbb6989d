import type { BackendName } from '../device/device.js';
import { keepDevice, type DeviceChange } from '../device/device-keeper.js';
import { openDevice } from '../device/open-device.js';
import { loadKernel } from '../device/wasm-kernels.js';
import { withDevice } from '../device/with-device.js';
import { SoundkinError } from '../errors.js';
import type { FeatureLayoutName } from '../features/feature-set.js';
import { readLabels, type LabelSource } from '../labels/read-labels.js';
import { checkClusteringName, openLibrary, type Clustering, type Library, type Sweep, type TrackSummary } from '../library/index.js';
import { createThreadPool, type ThreadPool } from '../threads/index.js';
import { DEFAULT_CLUSTERING, summarise, type ClusterSummary } from './cluster-summary.js';
import { clusterPoints } from './cluster-points.js';
import { labelsOf, type LabelScores } from './evaluate.js';
import { extract, type ExtractOptions, type ExtractOutcome } from './extract.js';
import { KeptFeatures } from './kept-features.js';
import { pointBudget, readShapedPoints, sampleRows, type AtHand, type Points } from './points.js';
import { PageInWaiting } from './page-in-waiting.js';
import { requireIntegers } from './require-integers.js';
import { idOf } from './track-id.js';
import { MAX_DEFAULT_K } from './sweep.js';

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
  /** `silhouetteError` is the silhouette's standard error, where it is that of a sample. */
  readonly scores: { readonly silhouette: number | null; readonly silhouetteError?: number } & Partial<LabelScores>;
  /** Sounds that k-means began with, where not all fitted into memory. */
  readonly sampled: number | null;
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
  const page = options.report === false ? null : new PageInWaiting(threads, options.onProgress);
  const { extraction, library, atHand } = await openMeasured({ ...options, features }, threads, page);
  let taken: Points | undefined;
  try {
    if (extraction?.interrupted === true) throw interrupted();
    const chosen = extraction === null ? undefined : new Set(extraction.tracks.map(idOf));
    const { points, labels } = await readChosen(library, options, labelOf, extraction, chosen && ((track) => chosen.has(idOf(track))), atHand);
    taken = points;
    const device = extraction?.device ?? (await openDevice(options.backend ?? 'auto', { workers: options.workers, kernelsOnly: true })).device;
    const devices = keepDevice(device);
    const layoutKernel = await loadKernel('project/kernels/layout.wasm');
    const { clustering, sweep } = await withDevice(devices, ({ backend, crew, openTensors }) =>
      clusterPoints(points, labels, { ...options, seed, nInit, features, name, backend, layoutKernel, ...(crew && { crew }), ...(openTensors && { openTensors }) }, page),
    );
    const tracks = atHand?.tracks ?? (page === null ? [] : await library.tracks());
    // While the page is put together, threads of the library write.
    const [, written] = await Promise.all([keep(library, name, clustering, sweep), page?.write(library.dir, tracks, clustering, sweep ?? (await library.readSweep(name))) ?? null]);
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
      sampled: points.sample?.length ?? null,
      warnings: clustering.warnings,
      sweep,
      report: written,
      extraction,
      backend: devices.device.backend,
      deviceChanges: devices.changes,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    taken?.close();
    await library.close();
  }
}

/** Measures the sounds given, and opens the library, with what need not be read back from it. */
async function openMeasured(options: ClusterOptions & { readonly features: FeatureLayoutName }, threads: ThreadPool, page: PageInWaiting | null): Promise<{ extraction: ExtractOutcome | null; library: Library; atHand?: AtHand }> {
  const { sounds = [], features } = options;
  if (sounds.length === 0) return { extraction: null, library: await openLibrary(options.library) };
  const kept = new KeptFeatures(features);
  let taken: { library: Library; atHand: AtHand } | undefined;
  const extraction = await extract({ ...options, sounds }, threads, {
    onRow: (row, left) => {
      kept.add(row);
      page?.foresee(row, left);
    },
    takeOver: (library, tracks) => (taken = { library, atHand: { tracks, features: kept } }),
  });
  return { extraction, ...taken! };
}

async function keep(library: Library, name: string, clustering: Clustering, sweep: Sweep | null): Promise<void> {
  await library.writeClustering(name, clustering);
  if (sweep !== null) await library.writeSweep(name, sweep);
}

/** What a run that was ended early says. */
function interrupted(): SoundkinError {
  return new SoundkinError('INTERRUPTED', 'extract: stopped before the end. What is measured is kept: run the same again to go on.');
}

type Choose = (track: TrackSummary) => boolean;

/** The points to cluster, and their labels. Where too few could be measured, the error tells of each file why. */
async function readChosen(library: Library, options: ClusterOptions, labelOf: LabelSource | null, extraction: ExtractOutcome | null, choose: Choose | undefined, atHand: AtHand | undefined): Promise<{ points: Points; labels: (string | null)[] }> {
  try {
    const most = typeof options.k === 'number' ? options.k : (options.kRange?.[1] ?? MAX_DEFAULT_K);
    const points = await readShapedPoints(library, options.features ?? 'kin', { choose, atHand, mostBytes: pointBudget(options.memory), sampleRows: sampleRows(most), seed: options.seed ?? 0 });
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
