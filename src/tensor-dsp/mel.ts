import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './shapes.js';

/**
 * Mel spectrum: the power in bands that are evenly spaced to the ear.
 *
 *   mel[b, t, m] = sum_k power[b, t, k] filterbank[k, m]
 *
 * @param power      [batch, frames, bins], >= 0. Not disposed.
 * @param filterbank [bins, mels], from `melFilterbank`. Not disposed.
 * @returns          [batch, frames, mels], >= 0, linear. The caller disposes it.
 * @throws DSP_SHAPE when the bins differ.
 * @see librosa `feature.melspectrogram`. Agrees with golden melspectrogram.
 */
export function melSpectrogram(power: tf.Tensor3D, filterbank: tf.Tensor2D): tf.Tensor3D {
  assertShape('power', power, [null, null, filterbank.shape[0]]);
  return projectBins(power, filterbank);
}

/** A spectrum times one filterbank: [batch, frames, bins] x [bins, n] -> [batch, frames, n]. */
export function projectBins(spectrum: tf.Tensor3D, filterbank: tf.Tensor2D): tf.Tensor3D {
  const [batch, frames, bins] = spectrum.shape;
  return tf.tidy(() => {
    // One flat product: batched ones are several times slower on wasm.
    const flat = tf.reshape(spectrum, [batch * frames, bins]) as tf.Tensor2D;
    return tf.reshape(tf.matMul(flat, filterbank), [batch, frames, filterbank.shape[1]]) as tf.Tensor3D;
  });
}
