import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { assign } from '../../src/kmeans/index.js';
import { blobs, rowsOf } from '../support/point-sets.js';

describe.each(['cpu', 'wasm'])('assign on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
    await tf.ready();
  });

  it('finds the nearest centroid, and how far it is', () => {
    const { values } = blobs(71, 5, 4, 3, 1);
    const rows = rowsOf(values, 5);
    const before = tf.memory().numTensors;
    const points = tf.tensor2d(values, [71, 5]);
    const centroids = tf.tensor2d(rows.slice(0, 7));
    const { labels, distances } = assign(points, centroids);
    expect([labels.dtype, distances.dtype]).toEqual(['int32', 'float32']);
    const expected = rows.map((row) => rows.slice(0, 7).map((centre) => Math.hypot(...row.map((value, f) => value - centre[f]!))));
    expect([...labels.dataSync()]).toEqual(expected.map((all) => all.indexOf(Math.min(...all))));
    distances.dataSync().forEach((distance, i) => expect(Math.abs(distance - Math.min(...expected[i]!))).toBeLessThan(1e-5));
    tf.dispose([points, centroids, labels, distances]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives a point the same answer alone as among others', () => {
    const points = tf.tensor2d([[1, 2], [1e4, -1e4], [3, 3]]);
    const centroids = tf.tensor2d([[0, 0], [3, 2.9]]);
    const all = assign(points, centroids);
    for (let i = 0; i < 3; i++) {
      const one = assign(tf.slice2d(points, [i, 0], [1, 2]), centroids);
      expect(one.labels.dataSync()[0]).toBe(all.labels.dataSync()[i]);
      expect(one.distances.dataSync()[0]).toBe(all.distances.dataSync()[i]);
    }
  });

  it('refuses centroids of other features', () => {
    expect(() => assign(tf.zeros([3, 2]), tf.zeros([2, 3]))).toThrow(expect.objectContaining({ code: 'KMEANS_SHAPE' }));
  });
});
