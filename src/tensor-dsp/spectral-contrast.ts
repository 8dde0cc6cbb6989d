import * as tf from '@tensorflow/tfjs-core';
import { powerToDb } from './power-to-db.js';
import { assertShape } from './shapes.js';
import type { ContrastBand } from './tables/contrast-bands.js';

/**
 * The loudest and the quietest bins of each octave band.
 *
 * @param magnitude [batch, frames, bins], >= 0, linear. Not disposed.
 * @param bands     from `contrastBands`.
 * @returns         means of each band's loudest and quietest bins, each [batch, frames, bands]. The caller disposes both.
 */
export function spectralPeaksAndValleys(magnitude: tf.Tensor3D, bands: readonly ContrastBand[]): { peaks: tf.Tensor3D; valleys: tf.Tensor3D } {
  assertShape('magnitude', magnitude, [null, null, null]);
  const [batch, frames, bins] = magnitude.shape;
  const parts = tf.tidy(() => {
    const flat = tf.reshape(magnitude, [batch * frames, bins]);
    const extremes = bands.map(({ start, end, count }) => {
      const band = tf.slice(flat, [0, start], [batch * frames, end - start]);
      return {
        peak: tf.mean(tf.topk(band, count).values, 1, true),
        valley: tf.neg(tf.mean(tf.topk(tf.neg(band), count).values, 1, true)),
      };
    });
    const join = (columns: tf.Tensor[]): tf.Tensor3D => tf.reshape(tf.concat(columns, 1), [batch, frames, bands.length]) as tf.Tensor3D;
    return [join(extremes.map(({ peak }) => peak)), join(extremes.map(({ valley }) => valley))];
  });
  return { peaks: parts[0]!, valleys: parts[1]! };
}

/**
 * Spectral contrast: how far each octave's peaks stand above its valleys.
 *
 *   contrast = dB(peaks) - dB(valleys),      each clipped 80 dB below the item's own maximum
 *
 * @param peaks     [batch, frames, bands], linear. Not disposed.
 * @param valleys   [batch, frames, bands], linear. Not disposed.
 * @param frameMask [batch, frames, 1], 1 where a frame belongs to its item, else 0. Not disposed.
 * @returns         [batch, frames, bands], dB. The caller disposes it.
 * @throws DSP_SHAPE when the two differ in shape.
 * @see Jiang et al. 2002; librosa `feature.spectral_contrast`, which takes magnitudes for powers here, and so do we.
 *      Agrees with golden spectral_contrast.
 */
export function spectralContrast(peaks: tf.Tensor3D, valleys: tf.Tensor3D, frameMask?: tf.Tensor3D): tf.Tensor3D {
  assertShape('valleys', valleys, peaks.shape);
  const mask = frameMask === undefined ? {} : { frameMask };
  return tf.tidy(() => tf.sub(powerToDb(peaks, mask), powerToDb(valleys, mask)) as tf.Tensor3D);
}
