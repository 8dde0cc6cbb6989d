import * as tf from '@tensorflow/tfjs-core';
import { delta, mfcc, powerToDb, spectralContrast, type DspPlan, type FrameFeatures } from '../tensor-dsp/index.js';

/** Frames of a batch with everything that a row is made of. */
export interface TrackFrames extends Omit<FrameFeatures, 'power'> {
  /** [batch, frames, nChroma], 0 to 1. */
  readonly chroma: tf.Tensor3D;
}

const LOG10 = 1 / Math.LN10;

/**
 * One row a track from its frames: the statistics over time of both feature layouts.
 *
 * @param frames      of `batch` tracks, each with as many frames as the longest. Not disposed.
 * @param frameCounts frames that are each track's own; the rest is padding.
 * @returns           'seed' [batch, 171] and 'kin' [batch, 252] (with librosa's defaults). The caller disposes both.
 */
export function trackStatistics(frames: TrackFrames, frameCounts: readonly number[], plan: DspPlan): { seed: tf.Tensor2D; kin: tf.Tensor2D } {
  const [batch, nFrames] = frames.rms.shape;
  const parts = tf.tidy(() => {
    const mask = frameMask(frameCounts, nFrames);
    const coefficients = mfcc(powerToDb(frames.mel, { frameMask: mask }), plan.dct);
    const contrast = spectralContrast(frames.peaks, frames.valleys, mask);
    const column = (x: tf.Tensor): tf.Tensor3D => tf.reshape(x, [batch, nFrames, 1]) as tf.Tensor3D;
    const { bandwidth, rms, flatness, zeroCrossingRate, chroma, mel } = frames;

    const seedRows = tf.concat([column(bandwidth), column(rms), column(flatness), column(zeroCrossingRate), chroma, mel, coefficients, contrast], 2);
    const kinRows = tf.concat(
      [
        column(bandwidth),
        tf.mul(tf.log(tf.add(column(rms), 1e-5)), LOG10),
        tf.mul(tf.log(tf.add(column(flatness), 1e-10)), LOG10),
        column(zeroCrossingRate),
        chroma,
        coefficients,
        contrast,
        delta(coefficients, { frameCounts }),
      ],
      2,
    ) as tf.Tensor3D;

    const uniform = tf.div(mask, tf.tensor3d(frameCounts as number[], [batch, 1, 1])) as tf.Tensor3D;
    const energy = tf.mul(tf.square(column(rms)), mask);
    const total = tf.sum(energy, 1, true);
    // A silent track has no loud frames to prefer.
    const weighted = tf.where(tf.greater(total, 0), tf.div(energy, tf.maximum(total, 1e-38)), uniform) as tf.Tensor3D;

    const seed = weightedMean(seedRows as tf.Tensor3D, uniform);
    const kin = [uniform, weighted].flatMap((weights) => {
      const mean = weightedMean(kinRows, weights);
      const deviation = tf.sub(kinRows, tf.expandDims(mean, 1)) as tf.Tensor3D;
      return [mean, tf.sqrt(weightedMean(tf.square(deviation), weights))];
    });
    return [seed, tf.concat(kin, 1) as tf.Tensor2D];
  });
  return { seed: parts[0]!, kin: parts[1]! };
}

/** [batch, frames, 1]: 1 where a frame is its track's own. */
function frameMask(frameCounts: readonly number[], nFrames: number): tf.Tensor3D {
  const index = tf.reshape(tf.range(0, nFrames, 1, 'float32'), [1, nFrames, 1]);
  return tf.cast(tf.less(index, tf.tensor3d(frameCounts as number[], [frameCounts.length, 1, 1])), 'float32') as tf.Tensor3D;
}

/** Mean over time: rows [batch, frames, d] with weights [batch, frames, 1] that sum to 1 -> [batch, d]. */
function weightedMean(rows: tf.Tensor3D, weights: tf.Tensor3D): tf.Tensor2D {
  const [batch, frames, d] = rows.shape;
  // A transposed operand would be an order of magnitude slower on wasm.
  const lying = tf.reshape(weights, [batch, 1, frames]) as tf.Tensor3D;
  return tf.reshape(tf.matMul(lying, rows), [batch, d]) as tf.Tensor2D;
}
