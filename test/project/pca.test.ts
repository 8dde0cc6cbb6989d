import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covariance } from '../../src/project/covariance.js';
import { pca } from '../../src/project/index.js';
import { axesOfFeatures, axesOfPoints } from '../../src/project/principal-axes.js';
import { symmetricEigen } from '../../src/project/symmetric-eigen.js';
import { readFloats } from '../support/golden.js';
import { blobs } from '../support/point-sets.js';

const x = readFloats('clustering/x.f32');
const components = readFloats('clustering/pca_components.f32');
const variance = readFloats('clustering/pca_explained_variance.f32');
const worst = (got: ArrayLike<number>, expected: ArrayLike<number>): number => {
  expect(got).toHaveLength(expected.length);
  return Math.max(...Array.from(expected, (value, i) => Math.abs(value - got[i]!)));
};

describe('pca', () => {
  it('equals scikit-learn, signs too', async () => {
    const result = await pca(x, 600, 16, 4);
    expect(worst(result.components, components)).toBeLessThan(2e-6);
    expect(worst(result.explainedVariance, variance)).toBeLessThan(2e-6);
    // near misses: over n instead of n - 1, and the other sign
    expect(worst(result.explainedVariance.map((value) => (value * 599) / 600), variance)).toBeGreaterThan(1e-3);
    expect(worst(result.components.map((value) => -value), components)).toBeGreaterThan(0.1);
  });

  it('has coordinates with these variances, that do not vary together', async () => {
    const { coordinates, explainedVariance, explainedVarianceRatio } = await pca(x, 600, 16, 3);
    const { matrix } = await covariance(coordinates, 600, 3);
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) expect(matrix[a * 3 + b]).toBeCloseTo(a === b ? explainedVariance[a]! : 0, 5);
    }
    const whole = (await pca(x, 600, 16, 16)).explainedVarianceRatio;
    expect(whole.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
    expect(worst(explainedVarianceRatio, whole.subarray(0, 3))).toBe(0);
  });

  it('takes one point, equal points, and fewer points than features', async () => {
    expect([...(await pca(Float32Array.of(1, 2, 3), 1, 3, 2)).coordinates]).toEqual([0, 0]);
    const same = await pca(new Float32Array(12).fill(7), 4, 3, 3);
    expect([...same.coordinates]).toEqual(Array.from({ length: 12 }, () => 0));
    expect([...same.explainedVarianceRatio]).toEqual([0, 0, 0]);
    const { values } = blobs(3, 8, 2, 2, 1);
    const few = await pca(values, 3, 8, 4);
    expect(few.explainedVariance[1]).toBeGreaterThan(0.01);
    expect(few.explainedVariance[2]).toBeLessThan(1e-6);
  });

  it('refuses numbers that do not fit', async () => {
    for (const [n, d, c] of [[3, 4, 2], [2, 5, 6], [2, 5, 0], [0, 5, 1]] as const) {
      await expect(pca(new Float32Array(10), n, d, c)).rejects.toMatchObject({ code: 'EVALUATE_SHAPE' });
    }
  });
});

describe('axesOfPoints', () => {
  it('finds from the points what is found from the features', async () => {
    const { values } = blobs(23, 41, 3, 2, 4);
    const few = axesOfPoints(values, 23, 41, 30);
    const all = await axesOfFeatures(values, 23, 41, 30);
    expect(worst(few.variances, all.variances)).toBeLessThan(1e-12 * all.variances[0]!);
    expect(Math.abs(few.totalVariance / all.totalVariance - 1)).toBeLessThan(1e-13);
    expect(worst(few.mean, all.mean)).toBe(0);
    const dot = (a: Float64Array, i: number, b: Float64Array, j: number): number => a.subarray(i * 41, (i + 1) * 41).reduce((sum, value, f) => sum + value * b[j * 41 + f]!, 0);
    // 22 of them; the others are any at right angles
    for (let c = 0; c < 22; c++) expect(Math.abs(dot(few.axes, c, all.axes, c))).toBeCloseTo(1, 12);
    for (let a = 0; a < 30; a++) for (let b = 0; b <= a; b++) expect(Math.abs(dot(few.axes, a, few.axes, b) - (a === b ? 1 : 0))).toBeLessThan(1e-12);
  });

  it('takes equal points, one point, and as many components as features', () => {
    for (const n of [1, 4]) {
      const { variances, axes, totalVariance } = axesOfPoints(new Float32Array(n * 6).fill(3), n, 6, 6);
      expect([...variances, totalVariance]).toEqual([0, 0, 0, 0, 0, 0, 0]);
      expect(worst(axes, [0, 1, 2, 3, 4, 5].flatMap((c) => [0, 1, 2, 3, 4, 5].map((f) => (f === c ? 1 : 0))))).toBe(0);
    }
  });
});

describe('covariance', () => {
  it.each(['cpu', 'wasm'])('is the same by matMul on %s as in float64 loops', async (backend) => {
    await tf.setBackend(backend);
    await tf.ready();
    const before = tf.memory().numTensors;
    const far = x.map((value) => value + 100);
    const host = await covariance(far, 600, 16);
    const device = await covariance(far, 600, 16, 0);
    expect(worst(device.matrix, host.matrix)).toBeLessThan(5e-6);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('symmetricEigen', () => {
  it('gives back its matrix, in order, with vectors at right angles', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 }), fc.integer(), fc.boolean(), (d, seed, isSingular) => {
        const { values: b } = blobs(isSingular ? 2 : d, d, 2, 1, seed);
        const matrix = new Float64Array(d * d);
        for (let i = 0; i < d; i++) {
          for (let j = 0; j < d; j++) for (let k = 0; k < b.length; k += d) matrix[i * d + j]! += b[k + i]! * b[k + j]!;
        }
        const { values, vectors } = symmetricEigen(matrix, d);
        const size = Math.max(1, ...values.map(Math.abs));
        for (let i = 0; i < d; i++) {
          if (i > 0) expect(values[i]).toBeLessThanOrEqual(values[i - 1]!);
          for (let j = 0; j < d; j++) {
            let dot = 0;
            let back = 0;
            for (let k = 0; k < d; k++) {
              dot += vectors[i * d + k]! * vectors[j * d + k]!;
              back += values[k]! * vectors[k * d + i]! * vectors[k * d + j]!;
            }
            expect(Math.abs(dot - (i === j ? 1 : 0))).toBeLessThan(1e-12);
            expect(Math.abs(back - matrix[i * d + j]!)).toBeLessThan(1e-12 * size);
          }
        }
      }),
    );
  });

  it('knows a matrix worked by hand', () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
    expect(worst(values, [3, 1])).toBeLessThan(1e-15);
    expect(Math.abs(vectors[0]! - vectors[1]!)).toBeLessThan(1e-15);
  });
});
