import * as tf from '@tensorflow/tfjs-core';

const TILE_FLOATS = 4_194_304;

/** [d * d] sums of products of the centred points by matMul, in float32 within a tile of rows and float64 over the tiles. */
export async function scatterOnDevice(points: Float32Array, n: number, d: number, mean: Float64Array): Promise<Float64Array> {
  const scatter = new Float64Array(d * d);
  const tileRows = Math.max(1, Math.floor(TILE_FLOATS / d));
  const tile = new Float32Array(tileRows * d);
  for (let start = 0; start < n; start += tileRows) {
    const rows = Math.min(tileRows, n - start);
    for (let i = 0; i < rows * d; i++) tile[i] = points[start * d + i]! - mean[i % d]!;
    const product = tf.tidy(() => {
      const centred = tf.tensor2d(tile.slice(0, rows * d), [rows, d]);
      return tf.matMul<tf.Tensor2D>(tf.transpose(centred), centred);
    });
    const values = await product.data<'float32'>();
    product.dispose();
    for (let i = 0; i < scatter.length; i++) scatter[i]! += values[i]!;
  }
  return scatter;
}
