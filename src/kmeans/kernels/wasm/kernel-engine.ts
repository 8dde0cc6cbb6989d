import type { WasmCrew } from '../../../web-assembly.js';
import type { Engine } from '../../engine.js';
import { createKernelAccumulator, rowsOf, runBytes } from './kernel-accumulator.js';
import { coarseRowBytes, placePoints, rowBytes } from './place-points.js';
import { plusPlus, SEED_BYTES } from './plus-plus.js';

/** Bytes for points, and for what their runs keep; WebAssembly's memory ends at 4 GiB. */
const MOST_POINT_BYTES = 2.75 * 2 ** 30;
const MOST_RUN_BYTES = 2 ** 30;
/** Multiplications up to which one thread is done before others have come. */
const ALONE_PRODUCTS = 2e7;

/** Whether so many points fit into WebAssembly's memory, with room for a run of so many clusters. */
export function kernelHolds(nPoints: number, nFeatures: number, nClusters: number): boolean {
  const pointBytes = nPoints * (rowBytes(nFeatures) + coarseRowBytes(nFeatures) + 12);
  return pointBytes <= MOST_POINT_BYTES && nPoints * bytesOf(nClusters) + 24 * nClusters * rowBytes(nFeatures) <= MOST_RUN_BYTES;
}

/** Bytes a point that a run takes, while it is seeded or later. */
const bytesOf = (nClusters: number): number => Math.max(SEED_BYTES, runBytes(nClusters));

/**
 * k-means by kernels of our own, on all threads of a crew. The same numbers come out however many those are.
 *
 * @param values    [n * nFeatures], row by row. Not kept.
 * @param nCentroids of all runs that are to come, which tells whether it is worth to ask other threads.
 * @throws KMEANS_NOT_FINITE when a value is NaN or infinite.
 */
export function createKernelEngine(crew: WasmCrew, values: Float32Array, nFeatures: number, nCentroids: number): Engine {
  const session = crew.open(values.length * nCentroids <= ALONE_PRODUCTS);
  try {
    const placed = placePoints(session, values, nFeatures);
    const { nPoints, meanValues, totalSquares } = placed;
    const runsTogether = (nClusters: number): number => Math.max(1, Math.floor(MOST_RUN_BYTES / (nPoints * bytesOf(nClusters) + 8 * (session.size + 2) * nClusters * rowBytes(nFeatures))));
    return {
      nPoints,
      nFeatures,
      meanValues,
      totalSquares,
      runsTogether,
      plusPlus: (jobs) => Promise.resolve(plusPlus(placed, jobs)),
      rows: (rows) => Promise.resolve(rowsOf(placed, rows)),
      createAccumulator: (starts) => Promise.resolve(createKernelAccumulator(placed, starts.length)),
      dispose: () => session.close(),
    };
  } catch (error) {
    session.close();
    throw error;
  }
}
