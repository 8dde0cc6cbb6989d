import * as tf from '@tensorflow/tfjs-core';
import { findWeight } from './find-weight.js';
import type { ReadBack } from './read-back.js';

/** Up to this many weights are read whole; beyond, first the sums of blocks of rows and then the blocks drawn. */
export const DIRECT_WEIGHTS = 262_144;
const BLOCK_ROWS = 256;

/**
 * Draws rows with a probability in proportion to their weight, for several columns of weights at once.
 *
 * @param weights [rows, columns], >= 0. Disposed.
 * @param targets [columns][draws], uniform in [0, 1).
 * @returns       [columns * draws] row numbers, a column's draws side by side.
 */
export async function drawByWeight(
  weights: tf.Tensor2D,
  targets: readonly (readonly number[])[],
  read: ReadBack,
  directWeights = DIRECT_WEIGHTS,
): Promise<Int32Array> {
  const [nRows, nColumns] = weights.shape;
  const nDraws = targets[0]!.length;
  const drawn = new Int32Array(nColumns * nDraws);
  const direct = nRows * nColumns <= directWeights;
  const nBlocks = Math.ceil(nRows / BLOCK_ROWS);
  const blocks = direct
    ? undefined
    : tf.tidy(() => tf.reshape(tf.pad(weights, [[0, nBlocks * BLOCK_ROWS - nRows], [0, 0]]), [nBlocks, BLOCK_ROWS, nColumns]));

  const sums = await read(blocks === undefined ? weights : tf.sum(blocks, 1));
  const length = sums.length / nColumns;
  const before = new Float64Array(drawn.length);
  targets.forEach((column, c) => {
    let total = 0;
    for (let i = 0; i < length; i++) total += sums[i * nColumns + c]!;
    column.forEach((target, t) => {
      const found = findWeight(length, (i) => sums[i * nColumns + c]!, target * total);
      drawn[c * nDraws + t] = found.index;
      before[c * nDraws + t] = target * total - found.before;
    });
  });
  if (blocks === undefined) return drawn;

  weights.dispose();
  const inside = await read(tf.tidy(() => tf.gather(blocks, tf.tensor1d(drawn, 'int32'))));
  blocks.dispose();
  for (let i = 0; i < drawn.length; i++) {
    const c = Math.floor(i / nDraws);
    const first = i * BLOCK_ROWS * nColumns + c;
    const found = findWeight(BLOCK_ROWS, (row) => inside[first + row * nColumns]!, before[i]!);
    drawn[i] = Math.min(nRows - 1, drawn[i]! * BLOCK_ROWS + found.index);
  }
  return drawn;
}
