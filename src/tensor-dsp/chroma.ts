import * as tf from '@tensorflow/tfjs-core';
import { projectBins } from './mel.js';
import { assertShape } from './shapes.js';

/** Smallest positive normal float32: a frame whose loudest pitch class is below it is silent. */
export const FLOAT32_TINY = 1.1754943508222875e-38;

/**
 * Chroma: the power in each pitch class, relative to the frame's strongest.
 *
 *   chroma[b, t, c] = raw[b, t, c] / max_c raw[b, t, c],      raw = power x filterbank      (0 where the frame is silent)
 *
 * @param power      [batch, frames, bins], >= 0. Not disposed.
 * @param filterbank [bins, nChroma] for all, or [batch, bins, nChroma] where items are tuned differently. Not disposed.
 * @returns          [batch, frames, nChroma], 0 to 1. The caller disposes it.
 * @throws DSP_SHAPE when bins or batch differ.
 * @see librosa `feature.chroma_stft(norm=inf)`. Agrees with golden chroma_stft.
 */
export function chroma(power: tf.Tensor3D, filterbank: tf.Tensor2D | tf.Tensor3D): tf.Tensor3D {
  return tf.tidy(() => {
    let raw: tf.Tensor3D;
    if (filterbank.rank === 3) {
      assertShape('filterbank', filterbank, [power.shape[0], power.shape[2], null]);
      raw = tf.matMul(power, filterbank as tf.Tensor3D);
    } else {
      assertShape('power', power, [null, null, filterbank.shape[0]]);
      raw = projectBins(power, filterbank as tf.Tensor2D);
    }
    const strongest = tf.max(raw, 2, true);
    const heard = tf.greaterEqual(strongest, FLOAT32_TINY);
    return tf.div(raw, tf.where(heard, strongest, tf.onesLike(strongest))) as tf.Tensor3D;
  });
}
