import { SoundkinError } from '../errors.js';
import type { OnProgress } from '../progress.js';
import { createRandom } from '../random.js';
import type { WasmModule } from '../web-assembly.js';
import { fuzzyGraph } from './fuzzy-graph.js';
import { createKernelSteps } from './kernels/kernel-steps.js';
import { PLAIN_STEPS, type LayoutSteps } from './layout-steps.js';

/** 'umap' keeps neighbours together, 'pca' keeps directions; 'auto' is UMAP for 5 to 5000 sounds and PCA otherwise. */
export type LayoutMethod = 'umap' | 'pca' | 'auto';

export interface LayoutOptions {
  readonly method?: LayoutMethod;
  /** Names the stream of random numbers; default 0. */
  readonly seed?: number;
  readonly onProgress?: OnProgress;
  /** layout.wasm, compiled: the same picture, sooner. Without it plain TypeScript does the work. */
  readonly kernel?: WasmModule;
}

/** Fewer points have no neighbourhoods; with more, UMAP takes many seconds. Then it is PCA, asked for or not. */
const UMAP_MIN_POINTS = 5;
const UMAP_MAX_POINTS = 5000;
/** Neighbours hardly change when only the directions of largest variance stay, and are found much faster. */
const UMAP_FEATURES = 30;
const UMAP_NEIGHBOURS = 15;
/** UMAP's first positions span this, as in its reference implementation. */
const UMAP_START_SPAN = 10;
/** Fewer points are pictured in more epochs, as they take little time; for more, little changes after 200 when PCA's picture is the start. */
const UMAP_FEW_POINTS = 1000;
const UMAP_EPOCHS_OF_FEW = 500;
const UMAP_EPOCHS = 200;
/** Epochs between two events. */
const TOLD_EPOCHS = 20;
/** Milliseconds between two pauses, in which the process can answer a signal. */
const PAUSE_MS = 50;

/** Moves and scales a picture to just fit -1 to 1, both axes alike. In place. */
function fitSquare(picture: Float32Array, span = 1): Float32Array {
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  for (let i = 0; i < picture.length; i++) {
    low[i % 2] = Math.min(low[i % 2]!, picture[i]!);
    high[i % 2] = Math.max(high[i % 2]!, picture[i]!);
  }
  const half = Math.max(high[0]! - low[0]!, high[1]! - low[1]!) / 2;
  for (let i = 0; i < picture.length; i++) {
    const middle = (low[i % 2]! + high[i % 2]!) / 2;
    picture[i] = half > 0 ? ((picture[i]! - middle) / half) * span : 0;
  }
  return picture;
}

function firstTwo(coordinates: Float32Array, nComponents: number): Float32Array {
  const n = coordinates.length / nComponents;
  return Float32Array.from({ length: n * 2 }, (_, i) => (i % 2 < nComponents ? coordinates[(i >> 1) * nComponents + (i % 2)]! : 0));
}

async function umap(steps: LayoutSteps, reduced: Float32Array, n: number, d: number, { seed = 0, onProgress }: LayoutOptions): Promise<Float32Array> {
  const random = createRandom(seed);
  const count = Math.min(UMAP_NEIGHBOURS, n - 1);
  const graph = fuzzyGraph(steps.neighbours(reduced, n, d, count), n, count);
  // PCA's picture as the start keeps the large structure, and like libraries look alike. A little noise parts points that lie on one another.
  const picture = Float64Array.from(fitSquare(firstTwo(reduced, d), UMAP_START_SPAN), (place) => place + (random.next() - 0.5) * 1e-3);
  const nEpochs = n > UMAP_FEW_POINTS ? UMAP_EPOCHS : UMAP_EPOCHS_OF_FEW;
  const nextEpoch = steps.epochs(picture, graph, nEpochs, random);
  let paused = performance.now();
  for (let epoch = 1; epoch <= nEpochs; epoch++) {
    nextEpoch();
    if (epoch % TOLD_EPOCHS === 0 || epoch === nEpochs) {
      onProgress?.({ stage: 'layout', done: epoch, total: nEpochs });
      if (performance.now() - paused < PAUSE_MS) continue;
      await new Promise((resolve) => setTimeout(resolve, 0));
      paused = performance.now();
    }
  }
  return Float32Array.from(picture);
}

/**
 * A picture of points in two dimensions, within -1 to 1, with one scale for both axes. The same points and seed give the
 * same picture.
 *
 * @param points [n * d], finite, scaled as for clustering. Not changed.
 * @returns      [n * 2], x and y side by side.
 * @throws EVALUATE_SHAPE when the numbers do not fit together.
 * @see McInnes, Healy & Melville 2018, on exact neighbours in the first 30 principal components, from PCA's picture; umap-js 1.4.0 in its order of steps
 */
export async function layout2d(points: Float32Array, n: number, d: number, options: LayoutOptions = {}): Promise<Float32Array> {
  if (n < 0 || d < 1 || points.length !== n * d) {
    throw new SoundkinError(
      'EVALUATE_SHAPE',
      `project: expected ${n} x ${d} numbers, got ${points.length}. Give one row of features a sound.`,
    );
  }
  if (n === 0) return new Float32Array(0);
  const { method = 'auto' } = options;
  const isUmap = method !== 'pca' && n >= UMAP_MIN_POINTS && n <= UMAP_MAX_POINTS;
  const nComponents = Math.min(d, isUmap ? UMAP_FEATURES : 2);
  // The kernel's memory is made for the numbers that UMAP takes.
  const steps = options.kernel !== undefined && n <= UMAP_MAX_POINTS ? createKernelSteps(options.kernel) : PLAIN_STEPS;
  const coordinates = await steps.coordinates(points, n, d, nComponents);
  const picture = isUmap ? await umap(steps, coordinates, n, nComponents, options) : firstTwo(coordinates, nComponents);
  return fitSquare(picture);
}
