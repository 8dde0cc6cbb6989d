import * as tf from '@tensorflow/tfjs-core';
import { SoundkinError } from '../errors.js';
import { FLOAT32_TINY } from './chroma.js';
import { assertShape } from './shapes.js';

/** Each frame's magnitudes divided by their sum; a silent frame stays zero. */
function shares(magnitude: tf.Tensor3D): tf.Tensor3D {
  const total = tf.sum(magnitude, 2, true);
  return tf.div(magnitude, tf.where(tf.greaterEqual(total, FLOAT32_TINY), total, tf.onesLike(total))) as tf.Tensor3D;
}

/**
 * Spectral centroid: the mean frequency of each frame, weighted by magnitude.
 *
 *   centroid[b, t] = sum_k binHz[k] m[b, t, k] / sum_k m[b, t, k]      (0 Hz where the frame is silent)
 *
 * @param magnitude [batch, frames, bins], >= 0, linear. Not disposed.
 * @param binHz     [bins], Hz, rising. Not disposed.
 * @returns         [batch, frames], Hz. The caller disposes it.
 * @throws DSP_SHAPE when the bins differ.
 * @see Klapuri & Davy 2007, ch. 5; librosa `feature.spectral_centroid`. Agrees with golden spectral_centroid.
 */
export function spectralCentroid(magnitude: tf.Tensor3D, binHz: tf.Tensor1D): tf.Tensor2D {
  assertShape('magnitude', magnitude, [null, null, binHz.shape[0]]);
  return tf.tidy(() => tf.sum(tf.mul(shares(magnitude), binHz), 2) as tf.Tensor2D);
}

/**
 * Spectral bandwidth: how far, on average, a frame's energy lies from its centroid.
 *
 *   bandwidth[b, t] = sqrt(sum_k s[b, t, k] (binHz[k] - centroid[b, t])^2),      s = m / sum_k m
 *
 * @param magnitude [batch, frames, bins], >= 0, linear. Not disposed.
 * @param binHz     [bins], Hz, rising. Not disposed.
 * @param centroid  [batch, frames], Hz, of the same magnitudes. Not disposed.
 * @returns         [batch, frames], Hz. The caller disposes it.
 * @throws DSP_SHAPE when bins, batch or frames differ.
 * @see Klapuri & Davy 2007, ch. 5; librosa `feature.spectral_bandwidth(p=2)`. Agrees with golden spectral_bandwidth.
 */
export function spectralBandwidth(magnitude: tf.Tensor3D, binHz: tf.Tensor1D, centroid: tf.Tensor2D): tf.Tensor2D {
  assertShape('magnitude', magnitude, [null, null, binHz.shape[0]]);
  assertShape('centroid', centroid, [magnitude.shape[0], magnitude.shape[1]]);
  return tf.tidy(() => {
    const deviation = tf.sub(binHz, tf.expandDims(centroid, 2));
    return tf.sqrt(tf.sum(tf.mul(shares(magnitude), tf.square(deviation)), 2)) as tf.Tensor2D;
  });
}

/**
 * Spectral roll-off: the frequency below which a share of a frame's magnitude lies.
 *
 *   rolloff[b, t] = min { binHz[k] : sum_{j <= k} m[b, t, j] >= rollPercent sum_j m[b, t, j] }
 *
 * @param magnitude   [batch, frames, bins], >= 0, linear. Not disposed.
 * @param hzPerBin    sampleRate / nFft.
 * @param rollPercent share, 0 to 1 (neither included). Default 0.85.
 * @returns           [batch, frames], Hz, 0 where the frame is silent. The caller disposes it.
 * @throws DSP_RANGE when rollPercent is outside its range.
 * @see librosa `feature.spectral_rolloff`. Agrees with golden spectral_rolloff, up to one bin where rounding decides.
 */
export function spectralRolloff(magnitude: tf.Tensor3D, hzPerBin: number, rollPercent = 0.85): tf.Tensor2D {
  assertShape('magnitude', magnitude, [null, null, null]);
  if (!(rollPercent > 0 && rollPercent < 1)) {
    throw new SoundkinError('DSP_RANGE', `tensor-dsp: expected rollPercent between 0 and 1, got ${rollPercent}. librosa's is 0.85.`);
  }
  const [batch, frames, bins] = magnitude.shape;
  return tf.tidy(() => {
    const rising = tf.cumsum(magnitude, 2);
    const total = tf.slice(rising, [0, 0, bins - 1], [batch, frames, 1]);
    const below = tf.cast(tf.less(rising, tf.mul(total, rollPercent)), 'float32');
    return tf.mul(tf.sum(below, 2), hzPerBin) as tf.Tensor2D;
  });
}

/**
 * Spectral flatness: 1 for white noise, near 0 for a tone.
 *
 *   flatness[b, t] = exp(mean_k log max(amin, p[b, t, k])) / mean_k max(amin, p[b, t, k])
 *
 * @param power [batch, frames, bins], >= 0, linear. Not disposed.
 * @param amin  smallest power told apart from zero, > 0. Default 1e-10.
 * @returns     [batch, frames], 0 to 1 (1 where the frame is silent). The caller disposes it.
 * @see Dubnov 2004; librosa `feature.spectral_flatness(power=2)`. Agrees with golden spectral_flatness.
 */
export function spectralFlatness(power: tf.Tensor3D, amin = 1e-10): tf.Tensor2D {
  assertShape('power', power, [null, null, null]);
  return tf.tidy(() => {
    const heard = tf.maximum(power, amin);
    // The logarithms of shares of the mean are small: in float32 their sum keeps three digits more.
    return tf.exp(tf.mean(tf.log(tf.div(heard, tf.mean(heard, 2, true))), 2)) as tf.Tensor2D;
  });
}
