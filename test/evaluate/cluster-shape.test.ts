import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { calinskiHarabasz, daviesBouldin } from '../../src/evaluate/index.js';
import { manifest, readFloats } from '../support/golden.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const x = tf.tensor2d(readFloats('clustering/x.f32'), [600, 16]);
const labels = Int32Array.from(readFloats('clustering/labels.f32'));
const relative = (got: number, expected: number): number => Math.abs(got / expected - 1);

describe('Calinski-Harabasz and Davies-Bouldin', () => {
  it('equal scikit-learn on the reference clustering', async () => {
    expect(relative(await calinskiHarabasz(x, labels), manifest.clustering.scores.calinski_harabasz!)).toBeLessThan(1e-6);
    expect(relative(await daviesBouldin(x, labels), manifest.clustering.scores.davies_bouldin!)).toBeLessThan(1e-6);
  });

  it('equal scikit-learn by its own small cases', async () => {
    const five = tf.tensor2d([[0, 1], [1, 1], [3, 4], [3, 5], [9, 9.5]]);
    expect(await daviesBouldin(five, [4, 4, 7, 7, -2])).toBeCloseTo(0.17633633164724172, 12);
    expect(await calinskiHarabasz(five, [4, 4, 7, 7, -2])).toBeCloseTo(97, 10);
    const points = tf.tensor2d([[0, 0], [0, 0], [1, 1], [1, 1]]);
    expect(await daviesBouldin(points, [0, 0, 1, 1])).toBe(0);
    expect(await calinskiHarabasz(points, [0, 0, 1, 1])).toBe(1);
    const sameMeans = [[-1, 0], [1, 0], [-2, 0], [2, 0]];
    expect(await daviesBouldin(tf.tensor2d(sameMeans), [0, 0, 1, 1])).toBe(0);
    expect(await daviesBouldin(tf.tensor2d([...sameMeans, [5, 5]]), [0, 0, 1, 1, 2])).toBeCloseTo(0.2357022603955158, 12);
  });

  it('refuse what has no such score', async () => {
    const points = tf.tensor2d([[1], [2], [3]]);
    for (const score of [calinskiHarabasz, daviesBouldin]) {
      await expect(score(points, [0, 0, 0])).rejects.toMatchObject({ code: 'EVALUATE_RANGE' });
      await expect(score(points, [0, 1, 2])).rejects.toMatchObject({ code: 'EVALUATE_RANGE' });
      await expect(score(points, [0, 1])).rejects.toMatchObject({ code: 'EVALUATE_SHAPE' });
    }
  });
});
