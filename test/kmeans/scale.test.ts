import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { scaleTensor, createScaler, fitScaler } from '../../src/kmeans/index.js';
import { blobs } from '../support/point-sets.js';

// A large offset, a constant column, a constant column that float32 rounds, and an ordinary one.
const points = Float32Array.of(1000000, 5, 0.1, -3, 1000001, 5, 0.1, 7, 1000003, 5, 0.1, 2.5, 1000002, 5, 0.1, 0);
/** scikit-learn 1.9.1's own numbers. */
const standard = {
  offset: [1000001.5, 5, 0.10000000149011612, 1.625],
  scale: [1.118033988749895, 1, 1, 3.663587722438211],
  scaled: [
    -1.3416407864998738, 0, 0, -1.2624237087796397, -0.4472135954999579, 0, 0, 1.467141066960122, 1.3416407864998738, 0, 0,
    0.23883691787722913, 0.4472135954999579, 0, 0, -0.44355427605771125,
  ],
};
const minMax = {
  offset: [1000000, 5, 0.10000000149011612, -3],
  scale: [3, 1, 1, 10],
  scaled: [0, 0, 0, 0, 1 / 3, 0, 0, 1, 1, 0, 0, 0.55, 2 / 3, 0, 0, 0.3],
};

const close = (got: ArrayLike<number>, expected: readonly number[], tolerance: number): void => {
  expect(got).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(Math.abs(got[i]! - value)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value))));
};

describe.each(['cpu', 'wasm'])('scalers on %s', (backend) => {
  it.each([['standard', standard], ['minMax', minMax]] as const)('%s equals scikit-learn', async (kind, expected) => {
    await tf.setBackend(backend);
    await tf.ready();
    const scaler = fitScaler(points, 4, kind);
    close(scaler.offset, expected.offset, 1e-15);
    close(scaler.scale, expected.scale, 1e-15);
    close(scaler.transformRows(points), expected.scaled, 1e-7);
    const before = tf.memory().numTensors;
    const tensor = tf.tensor2d(points, [4, 4]);
    const scaled = scaleTensor(scaler, tensor);
    close(scaled.dataSync(), expected.scaled, 3e-7);
    expect(tensor.isDisposed).toBe(false);
    tf.dispose([tensor, scaled]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('scalers', () => {
  it('none leaves points as they are', () => {
    expect(fitScaler(points, 4, 'none').transformRows(points)).toEqual(points);
  });

  it('scales in place, and again from kept numbers', () => {
    const scaler = fitScaler(points, 4, 'standard');
    const copy = points.slice();
    expect(scaler.transformRows(copy, copy)).toBe(copy);
    expect(createScaler('standard', scaler.offset, scaler.scale).transformRows(points)).toEqual(copy);
  });

  it('leaves mean 0 and variance 1, over n and not n - 1', () => {
    const { values } = blobs(13, 3, 2, 4, 1);
    const scaled = fitScaler(values, 3, 'standard').transformRows(values);
    for (let f = 0; f < 3; f++) {
      const column = Array.from({ length: 13 }, (_, i) => scaled[i * 3 + f]!);
      expect(column.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 5);
      expect(column.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(13, 4);
    }
  });

  it('takes a single point', () => {
    expect([...fitScaler(Float32Array.of(2, 3), 2, 'standard').transformRows(Float32Array.of(2, 3))]).toEqual([0, 0]);
  });

  it('refuses what does not fit, or is not finite', () => {
    const refuses = (run: () => unknown, code: string): void => expect(run).toThrow(expect.objectContaining({ code }));
    refuses(() => fitScaler(new Float32Array(0), 3, 'standard'), 'KMEANS_SHAPE');
    refuses(() => fitScaler(new Float32Array(7), 3, 'standard'), 'KMEANS_SHAPE');
    for (const kind of ['standard', 'minMax', 'none'] as const) {
      for (const value of [NaN, Infinity]) refuses(() => fitScaler(Float32Array.of(1, 2, 3, value), 2, kind), 'KMEANS_NOT_FINITE');
    }
    const scaler = fitScaler(points, 4, 'standard');
    refuses(() => scaler.transformRows(new Float32Array(6)), 'KMEANS_SHAPE');
    refuses(() => scaleTensor(scaler, tf.zeros([2, 3])), 'KMEANS_SHAPE');
  });
});
