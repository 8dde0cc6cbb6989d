import * as tf from '@tensorflow/tfjs-core';
import { gpuBackend } from '../web-gpu.js';
import { webgpuDistanceSums } from './kernels/webgpu/distance-sums.js';

/** Rows and columns of one block of distances: 4 M floats. */
const BLOCK_ROWS = 2048;

/** A block of points made ready, so that one product of two blocks is their matrix of squared distances. */
interface Block {
  readonly rows: number;
  /** [rows, d + 2]: -2 x, ||x||², 1 */
  readonly left: tf.Tensor2D;
  /** [d + 2, rows]: x, 1, ||x||², transposed */
  readonly right: tf.Tensor2D;
  /** [rows, clusters], 1 where the point belongs to the cluster */
  readonly member: tf.Tensor2D;
}

/** One of several labellings of the same points, with codes 0 to nClusters - 1. */
export interface Labelling {
  readonly codes: Int32Array;
  readonly nClusters: number;
}

function createBlock(points: tf.Tensor2D, mean: tf.Tensor1D, labellings: readonly Labelling[], ids: Int32Array): Block {
  return tf.tidy(() => {
    const x = tf.sub<tf.Tensor2D>(tf.gather(points, tf.tensor1d(ids, 'int32')), mean);
    const squares = tf.sum<tf.Tensor2D>(tf.square(x), 1, true);
    const ones = tf.onesLike(squares);
    const member = labellings.map(({ codes, nClusters }) => {
      const code = tf.tensor1d(Int32Array.from(ids, (id) => codes[id]!), 'int32');
      // Cast afterwards: oneHot with dtype float32 writes the integer's bits on wasm (tfjs 4.22).
      return tf.cast(tf.oneHot(code, nClusters) as tf.Tensor2D, 'float32');
    });
    return {
      rows: ids.length,
      left: tf.concat2d([tf.mul(x, -2), squares, ones], 1),
      right: tf.transpose(tf.concat2d([x, ones, squares], 1)),
      member: tf.concat2d(member, 1),
    };
  });
}

function disposeBlock({ left, right, member }: Block): void {
  tf.dispose([left, right, member]);
}

/** [a.rows, b.rows]; of a block with itself, zeros on the diagonal, where rounding would leave something. */
function distances(a: Block, b: Block): tf.Tensor2D {
  const squared: tf.Tensor = tf.fused.matMul({ a: a.left, b: b.right, activation: 'relu' });
  const roots = tf.sqrt(squared) as tf.Tensor2D;
  return a === b ? tf.mul<tf.Tensor2D>(roots, tf.sub(1, tf.eye(a.rows))) : roots;
}

/**
 * For some points, the sum of their distances to all points of each cluster, for several labellings in one pass over
 * the distances. Of two blocks of such points each distance is computed once and used twice.
 *
 * @param points     [n, d]. Not disposed.
 * @param order      all n row numbers; the sums are of the first nRows of them.
 * @param onBlock    told how many blocks of points are done, and of how many.
 * @returns          [nRows * Σ nClusters], a row a point, its labellings side by side.
 */
export async function clusterDistanceSums(
  points: tf.Tensor2D,
  labellings: readonly Labelling[],
  order: Int32Array,
  nRows: number,
  onBlock?: (done: number, total: number) => void,
): Promise<Float32Array | Float64Array> {
  const gpu = gpuBackend();
  if (gpu !== undefined) return webgpuDistanceSums(points, labellings, order, nRows, gpu, onBlock);
  const width = labellings.reduce((sum, { nClusters }) => sum + nClusters, 0);
  const out = new Float32Array(nRows * width);
  // Distances stay the same around the mean, and the squares lose fewer digits.
  const mean = tf.mean<tf.Tensor1D>(points, 0);
  const cut = (from: number, to: number): Int32Array[] => {
    const parts: Int32Array[] = [];
    for (let start = from; start < to; start += BLOCK_ROWS) parts.push(order.subarray(start, Math.min(to, start + BLOCK_ROWS)));
    return parts;
  };
  const rowBlocks = cut(0, nRows).map((ids) => createBlock(points, mean, labellings, ids));
  const otherIds = cut(nRows, order.length);
  const total = rowBlocks.length + otherIds.length;
  const sums = rowBlocks.map(({ rows }) => tf.zeros([rows, width]) as tf.Tensor2D);
  const addTo = (i: number, part: tf.Tensor2D): void => {
    const before = sums[i]!;
    sums[i] = tf.add(before, part);
    tf.dispose([before, part]);
  };

  for (let j = 0; j < total; j++) {
    const isRow = j < rowBlocks.length;
    const column = isRow ? rowBlocks[j]! : createBlock(points, mean, labellings, otherIds[j - rowBlocks.length]!);
    for (let i = 0; i < (isRow ? j + 1 : rowBlocks.length); i++) {
      const row = rowBlocks[i]!;
      const block = tf.tidy(() => distances(row, column));
      addTo(i, tf.matMul(block, column.member));
      // Transposed by itself: not every backend's matMul is fast with a transposed operand.
      if (isRow && i < j) addTo(j, tf.tidy(() => tf.matMul<tf.Tensor2D>(tf.transpose(block), row.member)));
      block.dispose();
    }
    if (!isRow) disposeBlock(column);
    onBlock?.(j + 1, total);
    // A pause in which a progress bar can draw and a signal be heard: on a CPU nothing here waits by itself.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }

  mean.dispose();
  rowBlocks.forEach(disposeBlock);
  let at = 0;
  for (const sum of sums) {
    const values = await sum.data<'float32'>();
    out.set(values, at);
    at += values.length;
    sum.dispose();
  }
  return out;
}
