import * as tf from '@tensorflow/tfjs-core';
import { frameSignal } from './frames.js';
import { assertShape } from './shapes.js';

/**
 * Root mean square of each frame's samples, without a window.
 *
 * @param frames [batch, frames, frameLength], from `frameSignal` over a signal padded with zeros. Not disposed.
 * @returns      [batch, frames], >= 0. The caller disposes it.
 * @see librosa `feature.rms(y=…)`. Agrees with golden rms.
 */
export function rms(frames: tf.Tensor3D): tf.Tensor2D {
  assertShape('frames', frames, [null, null, null]);
  return tf.tidy(() => tf.sqrt(tf.mean(tf.square(frames), 2)) as tf.Tensor2D);
}

/** Magnitudes up to this count as zero, which is positive. */
const ZERO_THRESHOLD = 1e-10;

/**
 * Zero-crossing rate: the share of a frame's samples that have another sign than the sample before.
 *
 * The first sample of a frame has none before it and never counts, nor does the padding: librosa pads with the edge value, which crosses nothing.
 *
 * @param padded      [batch, samples], each item with its padding around it. Not disposed.
 * @param first       [batch, 1], int32 or float32, index of each item's first own sample. Not disposed.
 * @param end         [batch, 1], one past its last own sample. Not disposed.
 * @param frameLength samples of a frame.
 * @param hopLength   samples from one frame to the next.
 * @returns           [batch, frames], 0 to 1. The caller disposes it.
 * @see librosa `feature.zero_crossing_rate`. Agrees with golden zero_crossing_rate.
 */
export function zeroCrossingRate(padded: tf.Tensor2D, first: tf.Tensor2D, end: tf.Tensor2D, frameLength: number, hopLength: number): tf.Tensor2D {
  assertShape('padded', padded, [null, null]);
  assertShape('first', first, [padded.shape[0], 1]);
  assertShape('end', end, [padded.shape[0], 1]);
  const [batch, samples] = padded.shape;
  return tf.tidy(() => {
    // Steps of differences rather than comparisons: these broadcast fast on every backend.
    const negative = tf.step(tf.sub(-ZERO_THRESHOLD, padded));
    const before = tf.slice(negative, [0, 0], [batch, samples - 1]);
    const changes = tf.pad(tf.abs(tf.sub(tf.slice(negative, [0, 1], [batch, samples - 1]), before)), [[0, 0], [1, 0]]);
    const position = tf.reshape(tf.range(0, samples, 1, 'float32'), [1, samples]);
    const inside = tf.mul(tf.step(tf.sub(position, tf.cast(first, 'float32'))), tf.step(tf.sub(tf.cast(end, 'float32'), position)));
    const crossings = tf.mul(changes, inside) as tf.Tensor2D;
    const framed = frameSignal(crossings, frameLength, hopLength);
    const frames = framed.shape[1];
    const counted = tf.slice(framed, [0, 0, 1], [batch, frames, frameLength - 1]);
    return tf.div(tf.sum(counted, 2), frameLength) as tf.Tensor2D;
  });
}
