import type * as tf from '@tensorflow/tfjs-core';

/**
 * Brings a tensor's values to the host and disposes it. Handed down to whatever needs one, so that the waits for the
 * device are made, and can be counted, in one place.
 */
export type ReadBack = (tensor: tf.Tensor) => Promise<Float32Array | Int32Array>;
