import * as tf from '@tensorflow/tfjs-core';

/** Part of a track: `frames` frames from `firstFrame` on. */
export interface Segment {
  readonly samples: Float32Array;
  readonly firstFrame: number;
}

/** A batch of segments on the device, as `frameFeatures` takes them. The caller disposes all three. */
export interface SegmentBatch {
  /** [batch, samples] */ readonly signal: tf.Tensor2D;
  /** [batch, 1] */ readonly first: tf.Tensor2D;
  /** [batch, 1] */ readonly end: tf.Tensor2D;
}

/**
 * Cuts segments of `frames` frames, with the overlap and the zeros around the track that centred frames need.
 */
export function uploadSegments(segments: readonly Segment[], frames: number, nFft: number, hopLength: number): SegmentBatch {
  const length = (frames - 1) * hopLength + nFft;
  const signal = new Float32Array(segments.length * length);
  const first = new Float32Array(segments.length);
  const end = new Float32Array(segments.length);
  segments.forEach(({ samples, firstFrame }, row) => {
    const from = firstFrame * hopLength - Math.floor(nFft / 2); // the sample of the track that the segment begins with
    const start = Math.max(from, 0);
    const stop = Math.min(from + length, samples.length);
    if (stop > start) signal.set(samples.subarray(start, stop), row * length + (start - from));
    first[row] = -from;
    end[row] = samples.length - from;
  });
  const rows = segments.length;
  return { signal: tf.tensor2d(signal, [rows, length]), first: tf.tensor2d(first, [rows, 1]), end: tf.tensor2d(end, [rows, 1]) };
}
