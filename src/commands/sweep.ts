import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { keepDevice, type DeviceChange } from '../device/device-keeper.js';
import { openDevice } from '../device/open-device.js';
import { withDevice } from '../device/with-device.js';
import type { BackendName } from '../device/device.js';
import { messageOf, SoundkinError } from '../errors.js';
import { silhouettes } from '../evaluate/silhouette.js';
import { suggestK } from '../evaluate/suggest-k.js';
import type { FeatureLayoutName } from '../features/feature-set.js';
import type { HostPoints } from '../host-points.js';
import { kmeansEach } from '../kmeans/kmeans.js';
import { openLibrary, type Sweep } from '../library/index.js';
import type { OnProgress } from '../progress.js';
import type { WasmCrew } from '../web-assembly.js';
import { renderSweepSvg } from '../report/index.js';
import { DEFAULT_CLUSTERING } from './cluster-summary.js';
import { requireIntegers } from './require-integers.js';
import { hostPoints, pointBudget, readShapedPoints, type Points } from './points.js';

export interface SweepOptions {
  readonly library: string;
  readonly backend?: BackendName | 'auto';
  readonly features?: FeatureLayoutName;
  /** Smallest and largest number of clusters. */
  readonly kRange?: readonly [number, number];
  readonly seed?: number;
  readonly nInit?: number;
  /** Memory that points may take while they are clustered, such as '2G'; a sample of them is swept where they need more. Default: half of what is free, 1.8 GB at most. */
  readonly memory?: string;
  /** An SVG file to draw the curves into. */
  readonly out?: string;
  readonly onProgress?: OnProgress;
}

export interface SweepOutcome extends Sweep {
  readonly library: string;
  readonly sounds: number;
  /** The file of the library that holds these numbers; the report draws from it. */
  readonly kept: string;
  /** The SVG file, where one was asked for. */
  readonly picture: string | null;
  /** Where the work went on when a device failed. */
  readonly deviceChanges: readonly DeviceChange[];
  readonly seconds: number;
}

/** Largest k of a range nobody named: beyond, a list of clusters is no overview. */
export const MAX_DEFAULT_K = 20;
/** Points scored one by one for a silhouette; of more, a sample is. */
const MAX_SILHOUETTE_POINTS = 10_000;
const SILHOUETTE_SAMPLE = 5000;
/** Points swept where they do not fit into memory: a curve of inertia and silhouette over k looks no other with more. */
const SWEEP_SAMPLE = 50_000;

export function silhouetteSampling(n: number, seed: number): { sampleSize?: number; seed: number } {
  return n <= MAX_SILHOUETTE_POINTS ? { seed } : { sampleSize: SILHOUETTE_SAMPLE, seed };
}

/** The part of a sample that k is chosen by. */
export function sweepSample({ values, width }: Points): Float32Array {
  return values.subarray(0, SWEEP_SAMPLE * width);
}

/** k from 2 to 20, or to what so few sounds allow. */
export function defaultRange(n: number): [number, number] {
  return [2, Math.min(MAX_DEFAULT_K, n - 1)];
}

/**
 * Clusters the whole library with every k of a range, and keeps inertia and silhouette of each.
 *
 * @throws LIBRARY_NOT_FOUND, LIBRARY_EMPTY, CLUSTER_TOO_FEW when there are not more sounds than the largest k, KMEANS_RANGE, EXPORT_FORMAT
 *   when the picture cannot be written.
 */
export async function sweep(options: SweepOptions): Promise<SweepOutcome> {
  const started = performance.now();
  const library = await openLibrary(options.library);
  try {
    const { features = 'kin', seed = 0, nInit = 10, onProgress } = options;
    requireIntegers({ seed, nInit });
    const mostBytes = pointBudget(options.memory);
    const read = await readShapedPoints(library, features, { mostBytes, sampleRows: SWEEP_SAMPLE, seed });
    const { tracks, sample, width } = read;
    read.close(); // what is needed of it is in memory
    const devices = keepDevice((await openDevice(options.backend ?? 'auto', { kernelsOnly: true })).device);
    // Its points are made anew on each device, and disposed with what else the work leaves.
    const swept = await withDevice(devices, async ({ crew, openTensors }) => {
      const points = hostPoints(read.values, width, openTensors);
      try {
        return await sweepPoints(points, features, { kRange: options.kRange ?? defaultRange(tracks.length), seed, nInit, crew, ...(onProgress && { onProgress }) });
      } finally {
        points.close();
      }
    });
    const result: Sweep = sample === null ? swept : { ...swept, sampled: sample.length };
    await library.writeSweep(DEFAULT_CLUSTERING, result);
    const picture = options.out === undefined ? null : await writePicture(resolve(options.out), result, tracks.length);
    return { ...result, library: library.dir, sounds: tracks.length, kept: join(library.dir, 'clusterings', DEFAULT_CLUSTERING, 'sweep.json'), picture, deviceChanges: devices.changes, seconds: (performance.now() - started) / 1000 };
  } finally {
    await library.close();
  }
}

async function writePicture(file: string, { rows, suggestedK, recipe, sampled }: Sweep, sounds: number): Promise<string> {
  try {
    await writeFile(file, renderSweepSvg({ rows, suggestedK, title: `${sampled === undefined ? '' : `A sample of ${sampled} of `}${sounds} sounds, recipe ${recipe}` }));
  } catch (cause) {
    throw new SoundkinError('EXPORT_FORMAT', `sweep: expected to write ${file}, but ${messageOf(cause)}. Name another with --out.`, { cause });
  }
  return file;
}

interface SweepSettings {
  readonly kRange: readonly [number, number];
  readonly seed: number;
  readonly nInit: number;
  /** The device's, where it has one. */
  readonly crew?: WasmCrew | undefined;
  readonly onProgress?: OnProgress;
}

export async function sweepPoints(points: HostPoints, recipe: string, { kRange: [low, high], seed, nInit, crew, onProgress }: SweepSettings): Promise<Sweep> {
  const n = points.shape[0];
  if (low < 2 || high < low) throw new SoundkinError('KMEANS_RANGE', `sweep: expected a range of k such as 2..16, got ${low}..${high}. Give the smaller number first, 2 or more.`);
  if (high >= n) {
    throw new SoundkinError('CLUSTER_TOO_FEW', `sweep: expected more than ${high} sounds for k up to ${high}, got ${n}. ${n > 3 ? `Give a range up to ${n - 1}.` : 'Add sounds.'}`);
  }
  const ks = Array.from({ length: high - low + 1 }, (_, i) => low + i);
  const threads = crew && { crew };
  const runs = await kmeansEach(points, ks, { seed, nInit, ...threads }, ({ done, total }) => onProgress?.({ stage: 'sweep', done, ...(total !== undefined && { total }) }));
  const scores = await silhouettes(points, runs.map(({ labels }) => labels), { ...silhouetteSampling(n, seed), ...threads });
  const rows = ks.map((k, i) => ({ k, inertia: runs[i]!.inertia, silhouette: scores[i]!.mean, ...(scores[i]!.nSampled < n && { silhouetteError: scores[i]!.standardError }), sizes: sizesOf(runs[i]!.labels, k) }));
  const suggestion = suggestK(rows)!;
  return { recipe, rows, suggestedK: suggestion.k, reason: suggestion.reason };
}

/** Points in each cluster. */
export function sizesOf(labels: ArrayLike<number>, k: number): number[] {
  const sizes = new Array<number>(k).fill(0);
  for (let i = 0; i < labels.length; i++) sizes[labels[i]!]! += 1;
  return sizes;
}
