import { join, sep } from 'node:path';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { SoundkinError } from '../errors.js';
import type { FeatureLayoutName } from '../features/feature-set.js';
import { RECIPES, type Recipe } from '../features/recipe.js';
import type { HostPoints } from '../host-points.js';
import { createScaler, fitScaler, type Scaler } from '../kmeans/scale.js';
import { createScalerFit } from '../kmeans/scaler-fit.js';
import type { BlockPoints } from '../kmeans/streamed.js';
import type { Library, TrackSummary } from '../library/index.js';
import { createRandom } from '../random.js';
import { memoryBudget } from '../threads/memory-budget.js';
import type { KeptFeatures } from './kept-features.js';
import { SpillFile } from './spill-file.js';

/** The sounds of a library as a recipe sees them: all in memory, or a sample of them there and all of them on the disk. */
export interface Points {
  /** All of them. */
  readonly tracks: readonly TrackSummary[];
  /** Scaled and shaped by the recipe, [n * width]; of `sample` where there is one. */
  readonly values: Float32Array;
  readonly width: number;
  readonly recipe: Recipe;
  readonly scaler: Scaler;
  /** The numbers of the tracks in `values`, drawn at random and in that order, so that its beginning is a sample as well. Null where `values` holds all. */
  readonly sample: Int32Array | null;
  /** All of them, where `values` is a sample. */
  readonly spilled: BlockPoints | null;
  /** The values of some tracks, [indices.length * width]. */
  rows(indices: ArrayLike<number>): Float32Array;
  /** Lets go of what lies on the disk. */
  close(): void;
}

/** What is known of a library without reading it. */
export interface AtHand {
  /** As `library.tracks()` gives them. */
  readonly tracks: readonly TrackSummary[];
  readonly features: KeptFeatures;
}

export interface ReadPointsOptions {
  readonly choose?: ((track: TrackSummary) => boolean) | undefined;
  /** What need not be read; features are read unless those of all sounds chosen are there. */
  readonly atHand?: AtHand | undefined;
  /** Bytes that the points may take in memory. Default: `pointBudget()`. */
  readonly mostBytes?: number;
  /** Rows of a sample, where one has to do. Default: `sampleRows()`. */
  readonly sampleRows?: number;
  /** Names the stream that a sample is drawn by; default 0. */
  readonly seed?: number;
}

/** While they are clustered, points take three times their size: as they are, as the kernels place them, and what runs keep of each. */
const COPIES = 3;
/** What a run takes for points unless told otherwise: a process then stays below 4 GB with a million tracks in hand. */
const DEFAULT_BYTES = 1.8 * 2 ** 30;

/** Bytes for points, of a budget as `--memory` gives it. @throws CONFIG_RANGE when it is no size. */
export function pointBudget(memory?: string): number {
  return (memory === undefined ? Math.min(DEFAULT_BYTES, memoryBudget()) : memoryBudget(memory)) / COPIES;
}

const LEAST_SAMPLE = 100_000;
/** Points a cluster that tell where its centroid is; FAISS takes as many. */
const SAMPLE_PER_CLUSTER = 256;

/** Rows of a sample that so many clusters are begun with. */
export function sampleRows(nClusters: number): number {
  return Math.max(LEAST_SAMPLE, SAMPLE_PER_CLUSTER * nClusters);
}

/**
 * Reads a library's features, scales them over the sounds chosen, and shapes them by the recipe. A file that was measured from a folder
 * and again from one within it counts once. Points beyond the budget go to a temporary file of the library, and a sample of them to memory.
 *
 * @throws LIBRARY_EMPTY when no sound chosen has features. @throws LIBRARY_WRITE when there is no room for them on the disk.
 */
export async function readShapedPoints(library: Library, recipeName: FeatureLayoutName, options: ReadPointsOptions = {}): Promise<Points> {
  const recipe = RECIPES[recipeName];
  const { choose, atHand, mostBytes = pointBudget() } = options;
  const isFirst = firstOfEachFile(atHand?.tracks ?? (await library.tracks()));
  const isChosen = (track: TrackSummary): boolean => track.measured && (choose?.(track) ?? true) && isFirst(track);
  const read = pointsAtHand(library, recipeName, isChosen, atHand) ?? (await readPoints(library, recipeName, isChosen, mostBytes));
  if (read.tracks.length === 0) {
    throw new SoundkinError('LIBRARY_EMPTY', `library: expected measured sounds in ${library.dir}, got none. See which files failed, or run \`soundkin extract FOLDER\`.`);
  }
  if (read.spill === undefined) return shapeInMemory(read, recipe, library);
  try {
    const rows = Math.min(Math.floor(mostBytes / (4 * read.width)), options.sampleRows ?? LEAST_SAMPLE, read.tracks.length);
    return await shapeOnDisk(read.tracks, read.spill, recipe, library, drawSample(read.tracks.length, rows, options.seed ?? 0));
  } catch (error) {
    read.spill.close();
    throw error;
  }
}

type Read = { readonly tracks: TrackSummary[]; readonly width: number } & ({ readonly points: Float32Array; readonly spill?: undefined } | { readonly spill: SpillFile });

async function readPoints(library: Library, recipe: FeatureLayoutName, isChosen: (track: TrackSummary) => boolean, mostBytes: number): Promise<Read> {
  let read: Read | undefined;
  const begin = (tracks: TrackSummary[], width: number): ((index: number, features: Float32Array) => void) => {
    read?.spill?.close();
    if (4 * tracks.length * width <= mostBytes) {
      const points = new Float32Array(tracks.length * width);
      read = { tracks, width, points };
      return (index, features) => points.set(features, index * width);
    }
    const spill = new SpillFile(library.temporaryFile(), tracks.length, width);
    read = { tracks, width, spill };
    return (index, features) => spill.put(index, features);
  };
  try {
    await library.streamPoints(recipe, isChosen, begin);
    return read!;
  } catch (error) {
    read?.spill?.close();
    throw error;
  }
}

function shapeInMemory({ tracks, width, points }: { tracks: TrackSummary[]; width: number; points: Float32Array }, recipe: Recipe, { format }: Library): Points {
  const scaler = fitScaler(points, width, recipe.scaling);
  const values = scaler.transformRows(points, points);
  recipe.shape(values, format.settings);
  const rows = (indices: ArrayLike<number>): Float32Array => {
    const out = new Float32Array(indices.length * width);
    for (let i = 0; i < indices.length; i++) out.set(values.subarray(indices[i]! * width, (indices[i]! + 1) * width), i * width);
    return out;
  };
  return { tracks, values, width, recipe, scaler, sample: null, spilled: null, rows, close: () => undefined };
}

/** The same numbers as in memory, bit for bit. */
async function shapeOnDisk(tracks: TrackSummary[], spill: SpillFile, recipe: Recipe, { format }: Library, sample: Int32Array): Promise<Points> {
  const { width, blockRows, nBlocks, nRows } = spill;
  const fit = createScalerFit(recipe.scaling, width);
  const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve)); // in which a signal is heard
  for (let pass = 0; pass < fit.nPasses; pass++) {
    for (let b = 0; b < nBlocks; b++) {
      fit.add(pass, spill.read(b));
      await pause();
    }
  }
  const { offset, scale } = fit.finish();
  const scaler = createScaler(recipe.scaling, offset, scale);
  const values = new Float32Array(sample.length * width);
  const place = new Int32Array(nRows).fill(-1);
  sample.forEach((row, i) => (place[row] = i));
  for (let b = 0; b < nBlocks; b++) {
    const block = spill.read(b);
    scaler.transformRows(block, block);
    recipe.shape(block, format.settings);
    spill.rewrite(b, block);
    for (let r = 0; r < block.length / width; r++) {
      const at = place[b * blockRows + r]!;
      if (at >= 0) values.set(block.subarray(r * width, (r + 1) * width), at * width);
    }
    await pause();
  }
  const spilled: BlockPoints = { shape: [nRows, width], blockRows, read: (b) => Promise.resolve(spill.read(b)) };
  return { tracks, values, width, recipe, scaler, sample, spilled, rows: (indices) => spill.rows(indices), close: () => spill.close() };
}

/** The numbers of some of n rows, each as likely as any other, in random order. */
function drawSample(n: number, rows: number, seed: number): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const random = createRandom(seed);
  for (let i = 0; i < rows; i++) {
    const j = i + random.integer(n - i);
    const other = order[j]!;
    order[j] = order[i]!;
    order[i] = other;
  }
  return order.slice(0, rows);
}

/** Whether a track is the first of its file. Only folders of which one lies within another share files: of the rest no list is kept. */
function firstOfEachFile(tracks: readonly TrackSummary[]): (track: TrackSummary) => boolean {
  const roots = [...new Set(tracks.map(({ root }) => root))];
  const isWithin = (inner: string, outer: string): boolean => inner !== outer && (outer.endsWith(sep) || outer.endsWith('/') ? inner.startsWith(outer) : inner.startsWith(`${outer}/`) || inner.startsWith(`${outer}${sep}`));
  const shared = new Set(roots.filter((root) => roots.some((other) => isWithin(root, other) || isWithin(other, root))));
  const owners = new Map<string, string>();
  return ({ root, path }) => {
    if (!shared.has(root)) return true;
    const file = join(root, path);
    if (!owners.has(file)) owners.set(file, root);
    return owners.get(file) === root;
  };
}

function pointsAtHand({ format }: Library, recipe: FeatureLayoutName, isChosen: (track: TrackSummary) => boolean, atHand?: AtHand): { tracks: TrackSummary[]; points: Float32Array; width: number; spill?: undefined } | undefined {
  const width = format.recipes.find(({ name }) => name === recipe)?.width;
  if (atHand === undefined || width === undefined) return undefined;
  const tracks = atHand.tracks.filter(isChosen);
  const points = atHand.features.of(tracks, width);
  return points && { tracks, points, width };
}

/** Points for kernels and tensors alike. `close` disposes the tensor, where one was asked for. */
export function hostPoints(values: Float32Array, width: number, openTensors?: () => Promise<void>): HostPoints & { close(): void } {
  const shape: [number, number] = [values.length / width, width];
  let made: Promise<Tensor2D> | undefined;
  const make = async (): Promise<Tensor2D> => {
    await openTensors?.();
    const { tensor2d } = await import('./make-tensor.js');
    return tensor2d(values, shape);
  };
  return {
    shape,
    values,
    tensor: () => (made ??= make()),
    close: () => void made?.then((tensor) => tensor.dispose(), () => undefined),
  };
}
