import * as tf from '@tensorflow/tfjs-core';
import { SoundkinError } from '../errors.js';
import { assertInteger, assertShape } from './shapes.js';

/**
 * Puts floor(nFft / 2) zeros on both sides, so that frame t is centred on sample t * hopLength.
 *
 * @param signal [batch, samples]. Not disposed.
 * @returns      [batch, samples + 2 floor(nFft / 2)]. The caller disposes it.
 */
export function centerPad(signal: tf.Tensor2D, nFft: number): tf.Tensor2D {
  assertShape('signal', signal, [null, null]);
  const half = Math.floor(nFft / 2);
  return tf.pad(signal, [[0, 0], [half, half]]);
}

/**
 * Overlapping frames of a signal, without padding.
 *
 *   frames[b, t, n] = signal[b, t hopLength + n]
 *
 * @param signal      [batch, samples]. Not disposed.
 * @param frameLength samples, 1 to samples.
 * @param hopLength   samples from one frame to the next, >= 1.
 * @returns           [batch, 1 + floor((samples - frameLength) / hopLength), frameLength]. The caller disposes it.
 * @throws DSP_RANGE when the signal is shorter than a frame.
 * @see librosa `util.frame`, transposed.
 */
export function frameSignal(signal: tf.Tensor2D, frameLength: number, hopLength: number): tf.Tensor3D {
  assertShape('signal', signal, [null, null]);
  assertInteger('frameLength', frameLength, 1);
  assertInteger('hopLength', hopLength, 1);
  const [batch, samples] = signal.shape;
  if (samples < frameLength) {
    throw new SoundkinError('DSP_RANGE', `tensor-dsp: expected at least frameLength (${frameLength}) samples, got ${samples}. Pad the signal.`);
  }
  const frames = 1 + Math.floor((samples - frameLength) / hopLength);
  return tf.tidy(() => {
    // A frame is a run of neighbouring hop-sized blocks: copying whole blocks costs far less than a gather of samples.
    const blocksInFrame = Math.ceil(frameLength / hopLength);
    const nBlocks = frames + blocksInFrame - 1;
    const needed = nBlocks * hopLength;
    const whole = needed <= samples ? tf.slice(signal, [0, 0], [batch, needed]) : tf.pad(signal, [[0, 0], [0, needed - samples]]);
    const blocks = tf.reshape(whole, [batch, nBlocks, hopLength]);
    const parts = Array.from({ length: blocksInFrame }, (_, i) =>
      tf.slice(blocks, [0, i, 0], [batch, frames, Math.min(hopLength, frameLength - i * hopLength)]),
    );
    return tf.concat(parts, 2) as tf.Tensor3D;
  });
}
