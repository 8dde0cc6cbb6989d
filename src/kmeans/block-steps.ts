import type { WasmCrew } from '../web-assembly.js';
import type { Accumulator, RunCentroids } from './accumulation.js';
import type { Engine } from './engine.js';
import { createKernelAccumulator } from './kernels/wasm/kernel-accumulator.js';
import { kernelHolds } from './kernels/wasm/kernel-engine.js';
import { placePoints } from './kernels/wasm/place-points.js';
import type { ReadBack } from './read-back.js';
import { inertiaFromSums } from './update-centroids.js';

/** What one block of points adds to a step over all of them. */
export interface BlockStep {
  /** [k * d]: sums of the block's points as they are, not centred. */
  readonly sums: Float64Array;
  /** [k] */
  readonly counts: Float64Array;
  /** Sum of the squared distances to the centroids. */
  readonly inertia: number;
  /** [d] */
  readonly meanValues: Float32Array;
  /** Sum of the squared lengths around that mean. */
  readonly totalSquares: number;
}

/** Assigns blocks of points, which come and go, to given centroids. */
export interface BlockSteps {
  /** @param values [rows * d]. @param centroids [k * d], not centred. */
  step(values: Float32Array, centroids: Float32Array): Promise<BlockStep>;
  /** Labels and squared distances. */
  assign(values: Float32Array, centroids: Float32Array): Promise<{ labels: Int32Array; squaredDistances: Float32Array }>;
  close(): void;
}

type Prepared = Pick<Engine, 'meanValues' | 'totalSquares'> & { readonly accumulator: Accumulator };

function blockSteps(nFeatures: number, nClusters: number, withBlock: <T>(values: Float32Array, work: (block: Prepared) => Promise<T>) => Promise<T>, close: () => void): BlockSteps {
  const runOf = (centroids: Float32Array, mean: Float32Array): RunCentroids => ({ run: 0, nClusters, centroids: centroids.map((value, i) => value - mean[i % nFeatures]!) });
  return {
    step: (values, centroids) =>
      withBlock(values, async ({ accumulator, meanValues, totalSquares }) => {
        const run = runOf(centroids, meanValues);
        const [own] = await accumulator.step([run]);
        const { sums, counts } = own!;
        // The block's own mean goes back on. float32 times a count is exact in float64.
        const whole = sums.map((sum, i) => sum + counts[Math.floor(i / nFeatures)]! * meanValues[i % nFeatures]!);
        return { sums: whole, counts: Float64Array.from(counts), inertia: inertiaFromSums({ sums, counts }, run.centroids, totalSquares), meanValues, totalSquares };
      }),
    assign: (values, centroids) => withBlock(values, ({ accumulator, meanValues }) => accumulator.assign(runOf(centroids, meanValues))),
    close,
  };
}

/** By kernels, with one session for all blocks: threads need not be told of a new memory each time. */
function kernelSteps(crew: WasmCrew, nFeatures: number, nClusters: number): BlockSteps {
  const session = crew.open(false);
  const mark = session.top;
  return blockSteps(
    nFeatures,
    nClusters,
    async (values, work) => {
      session.top = mark;
      const placed = placePoints(session, values, nFeatures);
      return work({ accumulator: createKernelAccumulator(placed, 1), meanValues: placed.meanValues, totalSquares: placed.totalSquares });
    },
    () => session.close(),
  );
}

/** By operations of tfjs, or kernels of webgpu. */
function tensorSteps(nFeatures: number, nClusters: number, read: ReadBack): BlockSteps {
  return blockSteps(
    nFeatures,
    nClusters,
    async (values, work) => {
      // Loaded only here: where kernels do the work, TensorFlow.js need not be.
      const { openBlockEngine } = await import('./block-engine.js');
      const engine = await openBlockEngine(values, nFeatures, nClusters, read);
      try {
        const accumulator = await engine.createAccumulator([{ nClusters, centroids: new Float32Array(nClusters * nFeatures) }]);
        try {
          return await work({ accumulator, meanValues: engine.meanValues, totalSquares: engine.totalSquares });
        } finally {
          accumulator.dispose();
        }
      } finally {
        engine.dispose();
      }
    },
    () => undefined,
  );
}

/**
 * What assigns blocks of at most so many rows: kernels where a crew is given and its memory holds them, else tfjs.
 *
 * @param crew a device's, where it has one.
 */
export function createBlockSteps(blockRows: number, nFeatures: number, nClusters: number, read: ReadBack, crew?: WasmCrew): BlockSteps {
  return crew !== undefined && kernelHolds(blockRows, nFeatures, nClusters) ? kernelSteps(crew, nFeatures, nClusters) : tensorSteps(nFeatures, nClusters, read);
}
