import * as tf from '@tensorflow/tfjs-core';
import { rms, zeroCrossingRate } from './energy.js';
import { frameSignal } from './frames.js';
import { melSpectrogram } from './mel.js';
import type { DspPlan } from './plan.js';
import { assertShape } from './shapes.js';
import { spectralPeaksAndValleys } from './spectral-contrast.js';
import { spectralBandwidth, spectralCentroid, spectralFlatness } from './spectral-shape.js';
import { magnitude, powerOfFrames } from './stft.js';

/** What each frame tells by itself, before anything that needs to know the whole track. */
export interface FrameFeatures {
  /** [batch, frames, bins], linear. */ readonly power: tf.Tensor3D;
  /** [batch, frames, nMels], linear. */ readonly mel: tf.Tensor3D;
  /** [batch, frames, bands], linear. */ readonly peaks: tf.Tensor3D;
  /** [batch, frames, bands], linear. */ readonly valleys: tf.Tensor3D;
  /** [batch, frames], Hz. */ readonly bandwidth: tf.Tensor2D;
  /** [batch, frames]. */ readonly rms: tf.Tensor2D;
  /** [batch, frames]. */ readonly flatness: tf.Tensor2D;
  /** [batch, frames]. */ readonly zeroCrossingRate: tf.Tensor2D;
}

/**
 * Measures every frame of a batch of segments: stretches of tracks that carry the overlap their frames need.
 *
 * A segment of F frames that begins with a track's frame f holds the samples from f hopLength - floor(nFft / 2) on,
 * (F - 1) hopLength + nFft of them, with zeros where the track has none.
 *
 * @param segments [batch, samples]. Not disposed.
 * @param first    [batch, 1], index in the segment of the track's first sample (negative where the track began earlier). Not disposed.
 * @param end      [batch, 1], one past the track's last sample. Not disposed.
 * @returns        all of it; the caller disposes each.
 */
export function frameFeatures(segments: tf.Tensor2D, first: tf.Tensor2D, end: tf.Tensor2D, plan: DspPlan): FrameFeatures {
  assertShape('segments', segments, [null, null]);
  const { nFft, hopLength } = plan.settings;
  return tf.tidy(() => {
    const frames = frameSignal(segments, nFft, hopLength);
    const power = powerOfFrames(frames, plan.fourier);
    const m = magnitude(power);
    const centroid = spectralCentroid(m, plan.binHz);
    const { peaks, valleys } = spectralPeaksAndValleys(m, plan.contrastBands);
    return {
      power,
      mel: melSpectrogram(power, plan.melFilterbank),
      peaks,
      valleys,
      bandwidth: spectralBandwidth(m, plan.binHz, centroid),
      rms: rms(frames),
      flatness: spectralFlatness(power),
      zeroCrossingRate: zeroCrossingRate(segments, first, end, nFft, hopLength),
    } as unknown as tf.TensorContainerObject;
  }) as unknown as FrameFeatures;
}
