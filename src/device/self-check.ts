import * as tf from '@tensorflow/tfjs-core';
import { createRandom } from '../random.js';

/** Rows and columns of the products checked: odd, so that tiles of any size are left over. */
const SIZE = 67;
/** float32 stays within a few 1e-7; a backend with 10-bit mantissas is 1e-3 off. */
const TOLERANCE = 1e-5;

/**
 * Whether the current backend computes: a product, its sum, logarithm and order, against float64.
 *
 * @returns what is wrong, or undefined.
 */
export async function selfCheck(): Promise<string | undefined> {
  const random = createRandom(1);
  const a = Float32Array.from({ length: SIZE * SIZE }, () => random.next() * 2 - 1);
  const b = Float32Array.from({ length: SIZE * SIZE }, () => random.next() * 2 - 1);
  const product = new Float64Array(SIZE * SIZE);
  for (let i = 0; i < SIZE; i++) {
    for (let k = 0; k < SIZE; k++) {
      for (let j = 0; j < SIZE; j++) product[i * SIZE + j]! += a[i * SIZE + k]! * b[k * SIZE + j]!;
    }
  }
  const rowOf = (i: number): Float64Array => product.subarray(i * SIZE, (i + 1) * SIZE);
  const logSums = Array.from({ length: SIZE }, (_, i) => rowOf(i).reduce((sum, x) => sum + Math.log(Math.abs(x) + 1), 0));
  const largest = Array.from({ length: SIZE }, (_, i) => Math.max(...rowOf(i)));

  const tensors = tf.tidy(() => {
    const c = tf.matMul(tf.tensor2d(a, [SIZE, SIZE]), tf.tensor2d(b, [SIZE, SIZE]));
    return [c, tf.sum(tf.log(tf.add(tf.abs(c), 1)), 1), tf.reshape(tf.topk(c, 1).values, [SIZE])];
  });
  try {
    const [gotProduct, gotLogSums, gotLargest] = await Promise.all(tensors.map((t) => t.data()));
    return wrong('a product', product, gotProduct!) ?? wrong('a sum of logarithms', logSums, gotLogSums!) ?? wrong('a maximum', largest, gotLargest!);
  } finally {
    tf.dispose(tensors);
  }
}

function wrong(what: string, expected: ArrayLike<number>, got: ArrayLike<number>): string | undefined {
  const scale = Math.max(...Array.from(expected, Math.abs));
  for (let i = 0; i < expected.length; i++) {
    if (!(Math.abs(got[i]! - expected[i]!) <= TOLERANCE * scale)) return `${what} came out as ${got[i]}, not ${expected[i]}`;
  }
  return undefined;
}
