import * as tf from '@tensorflow/tfjs-core';
import { SoundkinError } from '../errors.js';
import { assertShape } from './shapes.js';

/** How power becomes decibels. */
export interface PowerToDbSettings {
  /** Power that is 0 dB, > 0. Default 1. */
  readonly refPower?: number;
  /** Smallest power told apart from zero, > 0. Default 1e-10. */
  readonly amin?: number;
  /** Range kept below each item's own maximum, dB, >= 0; null keeps all. Default 80. */
  readonly topDb?: number | null;
  /** [batch, frames, 1], 1 where a frame belongs to its item and 0 where it is padding, which then is silence. Not disposed. */
  readonly frameMask?: tf.Tensor3D;
}

/**
 * Power in decibels.
 *
 *   dB = 10 log10(max(amin, power)) - 10 log10(max(amin, refPower)),      then at least max(dB) - topDb
 *
 * The maximum is each item's own over all its frames and bands: an item of a batch does not hear its neighbours.
 *
 * @param power [batch, frames, bands], >= 0. Not disposed.
 * @returns     [batch, frames, bands], dB. The caller disposes it.
 * @throws DSP_RANGE when amin, refPower or topDb is outside its range.
 * @see librosa `power_to_db`.
 */
export function powerToDb(power: tf.Tensor3D, settings: PowerToDbSettings = {}): tf.Tensor3D {
  const { refPower = 1, amin = 1e-10, topDb = 80, frameMask } = settings;
  assertShape('power', power, [null, null, null]);
  if (!(amin > 0) || !(refPower > 0) || (topDb !== null && !(topDb >= 0))) {
    throw new SoundkinError(
      'DSP_RANGE',
      `tensor-dsp: expected amin > 0, refPower > 0 and topDb >= 0, got ${amin}, ${refPower} and ${topDb}. librosa's are 1e-10, 1 and 80.`,
    );
  }
  return tf.tidy(() => {
    const heard = frameMask === undefined ? power : tf.mul(power, frameMask);
    const decibels = tf.sub(tf.mul(tf.log(tf.maximum(heard, amin)), 10 / Math.LN10), 10 * Math.log10(Math.max(amin, refPower)));
    if (topDb === null) return decibels as tf.Tensor3D;
    // max(dB, floor), written so that it broadcasts fast on every backend.
    const floor = tf.sub(tf.max(decibels, [1, 2], true), topDb);
    return tf.add(tf.relu(tf.sub(decibels, floor)), floor) as tf.Tensor3D;
  });
}
