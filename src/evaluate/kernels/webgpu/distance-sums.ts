import * as tf from '@tensorflow/tfjs-core';
import type { GpuBackend } from '../../../web-gpu.js';
import type { Labelling } from '../../cluster-distance-sums.js';
import { BLOCK, gpuDistanceSums, type LabelledPoints } from './distance-blocks.js';

/** Multiplications of one dispatch: a few milliseconds of a large card, and no more of a small one than drivers put up with. */
const SLICE_PRODUCTS = 2 ** 35;
/** Workgroups that keep the largest card busy. */
const WORKGROUPS = 1024;
/** Points of a stretch at least: fewer would cost more to add up than to compare. */
const LEAST_POINTS = 256;
/** Floats of the sums of all stretches. */
const PART_FLOATS = 2 ** 26;
/** Entries of a table, at least: a shorter one would be taken for a number. */
const LEAST_TABLE = 64;

/**
 * As `clusterDistanceSums`, by a kernel of our own on the current backend, which is webgpu: neither distances nor anything else of n by n or of n by k is in
 * memory, but the sums themselves. The same sums come out each time.
 */
export async function webgpuDistanceSums(
  points: tf.Tensor2D,
  labellings: readonly Labelling[],
  order: Int32Array,
  nRows: number,
  { device: { limits } }: GpuBackend,
  onBlock?: (done: number, total: number) => void,
): Promise<Float32Array> {
  const [n, d] = points.shape;
  const table = new Int32Array(Math.max(LEAST_TABLE, 2 * labellings.length));
  let width = 0;
  labellings.forEach(({ nClusters }, l) => {
    table.set([width, nClusters], 2 * l);
    width += nClusters;
  });
  const places = byClusters(labellings, n);
  const columns = new Int32Array(Math.max(LEAST_TABLE, n * labellings.length));
  labellings.forEach(({ codes }, l) => {
    for (let i = 0; i < n; i++) columns[l * n + i] = table[2 * l]! + codes[places[i]!]!;
  });
  const onDevice: LabelledPoints = { points, order: intTable(places), columns: tf.tensor1d(columns, 'int32'), table: tf.tensor1d(table, 'int32'), nLabellings: labellings.length, width };
  const rows = intTable(order.subarray(0, nRows));

  const partFloats = Math.min(PART_FLOATS, Math.floor(Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize) / 4));
  const wanted = Math.min(Math.floor(SLICE_PRODUCTS / (n * d)), Math.floor(partFloats / width));
  const sliceRows = Math.min(65_535 * BLOCK, BLOCK * Math.max(1, Math.floor(wanted / BLOCK)));
  const nSlices = Math.ceil(nRows / sliceRows);
  const out = new Float32Array(nRows * width);
  const flying: (() => Promise<void>)[] = [];
  let done = 0;
  const land = async (): Promise<void> => {
    await flying.shift()!();
    onBlock?.(++done, nSlices);
  };
  try {
    for (let slice = 0; slice < nSlices; slice++) {
      const first = slice * sliceRows;
      const count = Math.min(sliceRows, nRows - first);
      const nParts = Math.max(1, Math.min(Math.ceil(WORKGROUPS / Math.ceil(count / BLOCK)), Math.ceil(n / LEAST_POINTS), Math.floor(partFloats / (count * width))));
      const sums = gpuDistanceSums(onDevice, rows, first, count, nParts);
      // Its reading is asked for now, so that the device goes on with the next while these come.
      const values = sums.data<'float32'>().finally(() => sums.dispose());
      flying.push(async () => out.set(await values, first * width));
      if (flying.length > 1) await land();
    }
    while (flying.length > 0) await land();
  } finally {
    await Promise.allSettled(flying.map((one) => one()));
    tf.dispose([onDevice.order, onDevice.columns, onDevice.table, rows]);
  }
  return out;
}

function intTable(values: Int32Array): tf.Tensor1D {
  if (values.length >= LEAST_TABLE) return tf.tensor1d(values, 'int32');
  const longer = new Int32Array(LEAST_TABLE);
  longer.set(values);
  return tf.tensor1d(longer, 'int32');
}

/** Rows in the order of their clusters in the finest labelling, which those of the others mostly follow. */
function byClusters(labellings: readonly Labelling[], n: number): Int32Array {
  const { codes, nClusters } = labellings.reduce((finest, one) => (one.nClusters > finest.nClusters ? one : finest));
  const starts = new Int32Array(nClusters + 1);
  for (let i = 0; i < n; i++) starts[codes[i]! + 1]! += 1;
  for (let c = 0; c < nClusters; c++) starts[c + 1]! += starts[c]!;
  const rows = new Int32Array(n);
  for (let i = 0; i < n; i++) rows[starts[codes[i]!]!++] = i;
  return rows;
}
