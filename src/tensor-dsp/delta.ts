import * as tf from '@tensorflow/tfjs-core';
import { SoundkinError } from '../errors.js';
import { assertInteger, assertShape } from './shapes.js';

/** How local slopes are estimated. */
export interface DeltaSettings {
  /** Frames that a line is fitted to: odd, >= 3. Default 9. */
  readonly width?: number;
  /** At the ends: 'interp' keeps the slope of the last whole window, 'nearest' repeats the edge frames. Default 'interp'. */
  readonly mode?: 'interp' | 'nearest';
  /** Frames that belong to each item, 1 to frames. Default all. */
  readonly frameCounts?: readonly number[];
}

/**
 * Local slope over time: of the least-squares line through `width` frames around each frame.
 *
 *   delta[t] = sum_{j=1..h} j (x[t + j] - x[t - j]) / (2 sum_{j=1..h} j^2),      h = (width - 1) / 2
 *
 * An item shorter than the window takes the largest odd width that fits, and 0 below three frames, where librosa refuses.
 *
 * @param x [batch, frames, features]. Not disposed.
 * @returns [batch, frames, features], units of x a frame; frames beyond an item's own repeat its last. The caller disposes it.
 * @throws DSP_RANGE when the width is even or below 3, or a count is not within the frames; DSP_SHAPE when there is not one count an item.
 * @see Savitzky & Golay 1964; librosa `feature.delta(order=1)`. Agrees with golden mfcc_delta_interp and mfcc_delta_nearest.
 */
export function delta(x: tf.Tensor3D, { width = 9, mode = 'interp', frameCounts }: DeltaSettings = {}): tf.Tensor3D {
  assertShape('x', x, [null, null, null]);
  if (!Number.isInteger(width) || width < 3 || width % 2 === 0) {
    throw new SoundkinError('DSP_RANGE', `tensor-dsp: expected an odd width of at least 3, got ${width}. librosa's is 9.`);
  }
  const [batch, frames, features] = x.shape;
  const half = (width - 1) / 2;
  const counts = frameCounts ?? new Array<number>(batch).fill(frames);
  if (counts.length !== batch) {
    throw new SoundkinError('DSP_SHAPE', `tensor-dsp: expected frameCounts for ${batch} items, got ${counts.length}. Give one an item.`);
  }
  for (const count of counts) assertInteger('frameCounts', count, 1, frames);
  // The half-width that fits each item; 'nearest' makes room for any.
  const halves = counts.map((count) => (mode === 'interp' ? Math.min(half, Math.floor((count - 1) / 2)) : half));
  return tf.tidy(() => {
    let slopes: tf.Tensor3D;
    if (mode === 'nearest') {
      const around = clampedRows(x, frames + 2 * half, (item, t) => clamp(t - half, 0, counts[item]! - 1));
      slopes = weightedDifferences(around, frames, half, halves);
      return slopes;
    }
    const around = tf.pad(x, [[0, 0], [half, half], [0, 0]]) as tf.Tensor3D;
    slopes = weightedDifferences(around, frames, half, halves);
    return clampedRows(slopes, frames, (item, t) => clamp(t, halves[item]!, counts[item]! - 1 - halves[item]!));
  });

  /** Rows of each item picked by index: [batch, rows, features]. */
  function clampedRows(source: tf.Tensor3D, rows: number, rowOf: (item: number, t: number) => number): tf.Tensor3D {
    // One flat gather: the same on every backend, where batched ones are not.
    const sourceRows = source.shape[1];
    const index = new Int32Array(batch * rows);
    for (let item = 0; item < batch; item++) {
      for (let t = 0; t < rows; t++) index[item * rows + t] = item * sourceRows + rowOf(item, t);
    }
    const flat = tf.reshape(source, [batch * sourceRows, features]);
    return tf.reshape(tf.gather(flat, tf.tensor1d(index, 'int32')), [batch, rows, features]) as tf.Tensor3D;
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** The slopes' sum over j; item b uses j up to its own half-width. `around` has `half` rows more on each side. */
function weightedDifferences(around: tf.Tensor3D, frames: number, half: number, halves: readonly number[]): tf.Tensor3D {
  const [batch, , features] = around.shape;
  const rowsFrom = (start: number): tf.Tensor => tf.slice(around, [0, start, 0], [batch, frames, features]);
  let slopes: tf.Tensor = tf.zeros([batch, frames, features]);
  for (let j = 1; j <= half; j++) {
    const weights = halves.map((h) => (j <= h ? j / ((h * (h + 1) * (2 * h + 1)) / 3) : 0));
    const weight = tf.tensor3d(weights, [batch, 1, 1]);
    slopes = tf.add(slopes, tf.mul(tf.sub(rowsFrom(half + j), rowsFrom(half - j)), weight));
  }
  return slopes as tf.Tensor3D;
}
