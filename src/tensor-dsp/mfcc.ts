import type * as tf from '@tensorflow/tfjs-core';
import { projectBins } from './mel.js';
import { assertShape } from './shapes.js';

/**
 * Mel-frequency cepstral coefficients: the shape of each frame's mel spectrum, slowest ripple first.
 *
 * @param melDb [batch, frames, mels], dB: a mel spectrum through `powerToDb`. Not disposed.
 * @param dct   [mels, nMfcc], from `dctMatrix`. Not disposed.
 * @returns     [batch, frames, nMfcc]. The caller disposes it.
 * @throws DSP_SHAPE when the mels differ.
 * @see Davis & Mermelstein 1980; librosa `feature.mfcc(lifter=0)`. Agrees with golden mfcc.
 */
export function mfcc(melDb: tf.Tensor3D, dct: tf.Tensor2D): tf.Tensor3D {
  assertShape('melDb', melDb, [null, null, dct.shape[0]]);
  return projectBins(melDb, dct);
}
