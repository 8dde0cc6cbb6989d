import type { WasmCrew } from '../../../web-assembly.js';
import type { Labelling } from '../../cluster-distance-sums.js';

interface DistanceExports {
  distanceScratchBytes(bytes: number): number;
}

/** Distances up to which one thread is done before others have come. */
const ALONE_PRODUCTS = 2e7;
/** Rows between two pauses, in units of what a thread takes at a time. */
const SLICE_BLOCKS = 16;
const BLOCK_ROWS = 64;
const MOST_BYTES = 3 * 2 ** 30;

const rowBytes = (nFeatures: number): number => 16 * Math.ceil(nFeatures / 4);

/** Whether so many points, with as many labellings, fit into WebAssembly's memory. */
export function kernelHolds(nPoints: number, nFeatures: number, nLabellings: number): boolean {
  return nPoints * (rowBytes(nFeatures) + 4 * nLabellings + 8) <= MOST_BYTES;
}

/**
 * As `clusterDistanceSums`, by a kernel on all threads of a crew: distances in float32, their sums in float64. Each row's sums are made by one thread, point
 * after point, so that they are the same however many threads there are.
 *
 * @param values [n * nFeatures], row by row.
 */
export async function kernelDistanceSums(
  crew: WasmCrew,
  values: Float32Array,
  nFeatures: number,
  labellings: readonly Labelling[],
  order: Int32Array,
  nRows: number,
  onBlock?: (done: number, total: number) => void,
): Promise<Float64Array> {
  const n = order.length;
  const bytes = rowBytes(nFeatures);
  const width = labellings.reduce((sum, { nClusters }) => sum + nClusters, 0);
  const session = crew.open(nRows * values.length <= ALONE_PRODUCTS);
  try {
    const points = session.allocate(n * bytes);
    const norms = session.allocate(4 * n);
    const codes = session.allocate(4 * n * labellings.length);
    const ids = session.allocate(4 * nRows);
    const sliceRows = SLICE_BLOCKS * BLOCK_ROWS;
    const sums = session.allocate(8 * width * sliceRows);
    const scratch = session.allocate((session.exports as DistanceExports).distanceScratchBytes(bytes) * session.size);
    const { buffer } = session.memory;
    centreInto(values, nFeatures, new Float32Array(buffer, points, (n * bytes) / 4), new Float32Array(buffer, norms, n));
    new Int32Array(buffer, ids, nRows).set(order.subarray(0, nRows));
    const columns = new Int32Array(buffer, codes, n * labellings.length);
    let first = 0;
    labellings.forEach((labelling, l) => {
      for (let i = 0; i < n; i++) columns[i * labellings.length + l] = first + labelling.codes[i]!;
      first += labelling.nClusters;
    });

    const out = new Float64Array(nRows * width);
    const nSlices = Math.ceil(nRows / sliceRows);
    for (let slice = 0; slice < nSlices; slice++) {
      const start = slice * sliceRows;
      const end = Math.min(nRows, start + sliceRows);
      session.run('distanceSums', points, norms, n, bytes, codes, labellings.length, width, ids, start, end, sums, scratch);
      const packed = new Float64Array(buffer, sums, width * sliceRows);
      for (let i = start; i < end; i++) {
        const from = ((i - start) >> 2) * width * 4 + ((i - start) & 3);
        for (let c = 0; c < width; c++) out[i * width + c] = packed[from + 4 * c]!;
      }
      onBlock?.(slice + 1, nSlices);
      // A pause in which a progress bar can draw and a signal be heard.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return out;
  } finally {
    session.close();
  }
}

/** Points less their mean, in rows that end in zeros, and their squared lengths: distances stay the same, and the squares lose fewer digits. */
function centreInto(values: Float32Array, nFeatures: number, points: Float32Array, norms: Float32Array): void {
  const n = norms.length;
  const width = points.length / n;
  const mean = new Float64Array(nFeatures);
  for (let i = 0, at = 0; i < n; i++) for (let f = 0; f < nFeatures; f++, at++) mean[f]! += values[at]!;
  for (let f = 0; f < nFeatures; f++) mean[f]! /= n;
  points.fill(0);
  for (let i = 0; i < n; i++) {
    let square = 0;
    for (let f = 0; f < nFeatures; f++) {
      const x = Math.fround(values[i * nFeatures + f]! - mean[f]!);
      points[i * width + f] = x;
      square += x * x;
    }
    norms[i] = square;
  }
}
