import type { BackendName } from '../device/device.js';
import { silhouette, silhouetteSamples } from '../evaluate/silhouette.js';
import { sizesWarning } from '../evaluate/sizes-warning.js';
import type { FeatureLayoutName } from '../features/feature-set.js';
import type { HostPoints } from '../host-points.js';
import { kmeans, type KMeansResult } from '../kmeans/kmeans.js';
import { refine } from '../kmeans/streamed.js';
import type { Clustering, Sweep } from '../library/index.js';
import type { OnProgress } from '../progress.js';
import { layout2d } from '../project/index.js';
import type { WasmCrew, WasmModule } from '../web-assembly.js';
import { labelScores } from './evaluate.js';
import type { PageInWaiting } from './page-in-waiting.js';
import { hostPoints, type Points } from './points.js';
import { MOST_SHOWN, pickShown } from './shown-sounds.js';
import { defaultRange, silhouetteSampling, sizesOf, sweepPoints, sweepSample } from './sweep.js';

/** What is settled when the points are there. */
export interface ClusterSettings {
  readonly k?: number | 'auto';
  readonly kRange?: readonly [number, number];
  readonly seed: number;
  readonly nInit: number;
  readonly features: FeatureLayoutName;
  readonly name: string;
  readonly backend: BackendName;
  readonly layoutKernel: WasmModule;
  readonly crew?: WasmCrew;
  readonly openTensors?: () => Promise<void>;
  readonly onProgress?: OnProgress;
}

/** Beyond, the silhouette of each sound would take n² distances for too long; the mean is then that of a sample. */
const MAX_EACH_SILHOUETTE = 20_000;
/** More sounds than the layout's own kernel takes. */
const MANY = 5000;
/** Sounds of a sample that those whose silhouette is asked for are compared with. */
const MOST_COMPARED = 100_000;

/** Chooses k, clusters, scores and lays out. */
export async function clusterPoints(shaped: Points, labels: readonly (string | null)[], settings: ClusterSettings, page: PageInWaiting | null): Promise<{ clustering: Clustering; sweep: Sweep | null }> {
  const { seed, nInit, onProgress, crew } = settings;
  const { values, width, tracks, scaler } = shaped;
  const n = tracks.length;
  const points = hostPoints(values, width, settings.openTensors);
  try {
    const sweep = await chooseK(shaped, points, settings);
    const k = typeof settings.k === 'number' ? settings.k : (sweep?.suggestedK ?? 1);
    const begun = await kmeans(points, { nClusters: k, seed, nInit, ...(crew && { crew }) }, onProgress);
    const result = shaped.spilled === null ? begun : await refine(shaped.spilled, { nClusters: k, start: begun.centroids, ...(crew && { crew }) }, onProgress);
    page?.begin(tracks, result);
    const sizes = sizesOf(result.labels, k);
    const scored = await scoreSilhouette(shaped, points, result, seed, settings);
    const places = await picture(shaped, result, settings);
    const clustering: Clustering = {
      name: settings.name,
      createdAt: new Date().toISOString(),
      recipe: settings.features,
      k,
      seed,
      settings: { nInit, maxIter: 300, tol: 1e-4, backend: settings.backend, ...(shaped.sample && { sampled: shaped.sample.length, passes: result.nIter }) },
      scores: { ...scored.scores, ...(labels.some((label) => label !== null) ? labelScores(labels, [...result.labels]) : {}) },
      inertia: result.inertia,
      nIter: result.nIter,
      sizes,
      warnings: warningsFor(sizes, n, settings.k ?? 'auto'),
      scaler: { kind: scaler.kind, offset: [...scaler.offset], scale: [...scaler.scale] },
      centroids: result.centroids,
      width,
      members: tracks.map(({ root, path }, i) => ({
        root,
        path,
        cluster: result.labels[i]!,
        distance: result.distances[i]!,
        silhouette: scored.samples?.[i] ?? NaN,
        x: places[2 * i]!,
        y: places[2 * i + 1]!,
        label: labels[i]!,
      })),
    };
    return { clustering, sweep };
  } finally {
    points.close();
  }
}

/** The sweep that k is chosen by; none where k is given, or there are too few sounds to choose. */
async function chooseK(shaped: Points, points: HostPoints, { k = 'auto', kRange, features, seed, nInit, crew, openTensors, onProgress }: ClusterSettings): Promise<Sweep | null> {
  const n = shaped.tracks.length;
  if (k !== 'auto' || n < 4) return null;
  const settings = { kRange: kRange ?? defaultRange(n), seed, nInit, crew, ...(onProgress && { onProgress }) };
  if (shaped.sample === null) return sweepPoints(points, features, settings);
  const part = hostPoints(sweepSample(shaped), shaped.width, openTensors);
  try {
    return { ...(await sweepPoints(part, features, settings)), sampled: part.shape[0] };
  } finally {
    part.close();
  }
}

interface Scored {
  readonly scores: { silhouette: number; silhouetteError?: number };
  /** Of each sound, where that was affordable. */
  readonly samples: Float32Array | null;
}

async function scoreSilhouette({ sample, values, width, tracks }: Points, points: HostPoints, { labels, nClusters }: KMeansResult, seed: number, { crew, openTensors }: ClusterSettings): Promise<Scored> {
  const n = tracks.length;
  const filled = (some: ArrayLike<number>): number => sizesOf(some, nClusters).filter((size) => size > 0).length;
  const undefinedFor = (some: ArrayLike<number>): boolean => filled(some) < 2 || filled(some) >= some.length; // one cluster, or one sound each
  const nothing: Scored = { scores: { silhouette: NaN }, samples: null };
  if (undefinedFor(labels)) return nothing;
  const threads = crew && { crew };
  if (sample === null && n <= MAX_EACH_SILHOUETTE) {
    const samples = await silhouetteSamples(points, labels, threads);
    return { scores: { silhouette: samples.reduce((sum, value) => sum + value, 0) / n }, samples };
  }
  // Of a sample's silhouettes each is against a sample as well: mean distances to many thousand sounds are those to all of them.
  const compared = sample?.subarray(0, MOST_COMPARED);
  const part = compared === undefined ? points : hostPoints(values.subarray(0, compared.length * width), width, openTensors);
  const own = compared === undefined ? labels : Int32Array.from(compared, (row) => labels[row]!);
  try {
    if (undefinedFor(own)) return nothing;
    const { mean, standardError } = await silhouette(part, own, { ...silhouetteSampling(own.length, seed), ...threads });
    return { scores: { silhouette: mean, silhouetteError: standardError }, samples: null };
  } finally {
    if (part !== points) (part as ReturnType<typeof hostPoints>).close();
  }
}

/** [n * 2]; where the points do not fit into memory only of those that a page shows, the rest NaN. */
async function picture(shaped: Points, { labels, distances, nClusters }: KMeansResult, { seed, layoutKernel: kernel, openTensors, onProgress }: ClusterSettings): Promise<Float32Array> {
  const { spilled, values, width, tracks } = shaped;
  const n = tracks.length;
  // The covariance of so many may be summed by products of tensors.
  if (n > MANY) await openTensors?.();
  const options = { seed, kernel, ...(onProgress && { onProgress }) };
  if (spilled === null) return layout2d(values, n, width, options);
  const shown = pickShown(labels, distances, nClusters, MOST_SHOWN);
  const drawn = await layout2d(shaped.rows(shown), shown.length, width, options);
  const places = new Float32Array(2 * n).fill(NaN);
  shown.forEach((row, i) => {
    places[2 * row] = drawn[2 * i]!;
    places[2 * row + 1] = drawn[2 * i + 1]!;
  });
  return places;
}

function warningsFor(sizes: readonly number[], n: number, k: number | 'auto'): string[] {
  const degenerate = sizesWarning(sizes);
  const few = k === 'auto' && n < 4 ? [`${n === 1 ? 'One sound is' : `${n} sounds are`} too few to divide: all are in one cluster.`] : [];
  return degenerate === undefined ? few : [...few, degenerate];
}
