import type * as tf from '@tensorflow/tfjs-core';
import { SoundkinError } from '../errors.js';

/**
 * Holds a tensor to the shape its documentation gives.
 *
 * @param shape one entry a dimension: a number must match, null takes any size.
 * @throws DSP_SHAPE naming the argument, the shape expected and the one given.
 */
export function assertShape(name: string, tensor: tf.Tensor, shape: readonly (number | null)[]): void {
  const fits = tensor.shape.length === shape.length && shape.every((size, i) => size === null || size === tensor.shape[i]);
  if (fits) return;
  const expected = shape.map((size) => size ?? '*').join(', ');
  throw new SoundkinError(
    'DSP_SHAPE',
    `tensor-dsp: expected ${name} of shape [${expected}], got [${tensor.shape.join(', ')}]. Reshape it, or pass the tensor that the documentation names.`,
  );
}

/** Holds a setting to an integer range. @throws DSP_RANGE */
export function assertInteger(name: string, value: number, low: number, high = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  const range = high === Number.MAX_SAFE_INTEGER ? `at least ${low}` : `from ${low} to ${high}`;
  throw new SoundkinError('DSP_RANGE', `tensor-dsp: expected ${name} to be an integer ${range}, got ${value}. Choose another.`);
}
