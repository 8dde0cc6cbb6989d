import type * as tf from '@tensorflow/tfjs-core';

/** Points as plain numbers, for those whose kernels need no tensor; who needs one gets it. */
export interface HostPoints {
  /** Points, features. */
  readonly shape: readonly [number, number];
  /** [n * d], row by row. Not to be changed. */
  readonly values: Float32Array;
  /** The same as a tensor of the backend in use, made at the first call. Whoever made these points disposes it. */
  tensor(): Promise<tf.Tensor2D>;
}

function isOnHost(points: tf.Tensor2D | HostPoints): points is HostPoints {
  return 'values' in points;
}

/** Points as numbers, which are not to be changed. */
export async function valuesOf(points: tf.Tensor2D | HostPoints): Promise<Float32Array> {
  return isOnHost(points) ? points.values : points.data<'float32'>();
}

/** Points as a tensor. Not to be disposed. */
export async function tensorOf(points: tf.Tensor2D | HostPoints): Promise<tf.Tensor2D> {
  return isOnHost(points) ? points.tensor() : points;
}
