import * as tf from '@tensorflow/tfjs-core';
import { SoundkinError } from '../errors.js';
import { assertShape } from './shapes.js';

/** Where spectral peaks are looked for. */
export interface PeakSettings {
  readonly sampleRate: number;
  readonly nFft: number;
  /** Hz, default 150. */
  readonly fMin?: number;
  /** Hz, default 4000. */
  readonly fMax?: number;
  /** Smallest share of the frame's maximum that is a peak, default 0.1. */
  readonly threshold?: number;
}

/** Peaks of a spectrum over the bins [firstBin, firstBin + width). */
export interface PitchPeaks {
  readonly firstBin: number;
  /** [batch, frames, width]: where between bins the peak lies, -1 to 1. */
  readonly shift: tf.Tensor3D;
  /** [batch, frames, width]: interpolated height, 0 where there is no peak. */
  readonly height: tf.Tensor3D;
}

/**
 * The bins that peaks are looked for in, both ends included.
 *
 * @throws DSP_RANGE when no bin lies between fMin and fMax.
 */
export function pitchRange({ sampleRate, nFft, fMin = 150, fMax = 4000 }: PeakSettings): { readonly firstBin: number; readonly lastBin: number } {
  const hzPerBin = sampleRate / nFft;
  const top = Math.min(fMax, sampleRate / 2);
  // A peak needs a neighbour on each side.
  const firstBin = Math.max(1, Math.ceil(fMin / hzPerBin));
  const lastBin = Math.min(Math.floor(nFft / 2) - 1, Math.ceil(top / hzPerBin) - 1);
  if (lastBin < firstBin) {
    throw new SoundkinError('DSP_RANGE', `tensor-dsp: expected bins between ${fMin} and ${top} Hz, got none with nFft ${nFft} at ${sampleRate} Hz. Choose a longer nFft.`);
  }
  return { firstBin, lastBin };
}

/**
 * Local maxima of each frame, placed between the bins by a parabola through three of them.
 *
 * @param spectrum [batch, frames, bins], >= 0: magnitudes or powers. Not disposed.
 * @returns        shift and height. The caller disposes both.
 * @throws DSP_RANGE when no bin lies between fMin and fMax.
 * @see Smith, "Sinusoidal Peak Interpolation"; librosa `piptrack`.
 */
export function pitchPeaks(spectrum: tf.Tensor3D, settings: PeakSettings): PitchPeaks {
  const { nFft, threshold = 0.1 } = settings;
  assertShape('spectrum', spectrum, [null, null, Math.floor(nFft / 2) + 1]);
  const [batch, frames] = spectrum.shape;
  const { firstBin, lastBin } = pitchRange(settings);
  const width = lastBin - firstBin + 1;
  const parts = tf.tidy(() => {
    const from = (bin: number): tf.Tensor => tf.slice(spectrum, [0, 0, bin], [batch, frames, width]);
    const [left, here, right] = [from(firstBin - 1), from(firstBin), from(firstBin + 1)];
    // Steps of differences rather than comparisons: these broadcast fast on every backend.
    const floor = tf.mul(tf.max(spectrum, 2, true), threshold);
    const aboveFloorAndLeft = tf.mul(tf.step(tf.sub(here, floor)), tf.step(tf.sub(here, left)));
    const isPeak = tf.mul(aboveFloorAndLeft, tf.sub(1, tf.step(tf.sub(right, here))));

    const curvature = tf.sub(tf.add(left, right), tf.mul(here, 2));
    const slope = tf.mul(tf.sub(right, left), 0.5);
    const inside = tf.greater(tf.abs(curvature), tf.abs(slope)); // else the parabola's top lies beyond the neighbours
    const shift = tf.where(inside, tf.div(tf.neg(slope), tf.where(inside, curvature, tf.onesLike(curvature))), tf.zerosLike(here));
    const height = tf.add(here, tf.mul(tf.mul(slope, shift), 0.5));
    return [shift as tf.Tensor3D, tf.mul(height, isPeak) as tf.Tensor3D];
  });
  return { firstBin, shift: parts[0]!, height: parts[1]! };
}
