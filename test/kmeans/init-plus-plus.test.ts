import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { centrePoints } from '../../src/kmeans/centre-points.js';
import { drawByWeight } from '../../src/kmeans/draw-by-weight.js';
import { initPlusPlus } from '../../src/kmeans/init-plus-plus.js';
import { initRandom } from '../../src/kmeans/init-random.js';
import { readBack } from '../../src/kmeans/lloyd.js';
import { createRandom } from '../../src/random.js';
import { plainPlusPlus } from '../support/plain-plus-plus.js';
import { blobs, rowsOf } from '../support/point-sets.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('initPlusPlus', () => {
  it('chooses what plain float64 loops choose', async () => {
    for (const [n, d, k] of [[60, 4, 5], [31, 2, 12], [90, 7, 1]] as const) {
      const { values } = blobs(n, d, 6, 2, n);
      const points = tf.tensor2d(values, [n, d]);
      const centred = await centrePoints(points, 100, readBack);
      const streams = [5, 6, 7];
      const chosen = await initPlusPlus(points, centred, k, streams.map(createRandom));
      expect(chosen.map((run) => [...run])).toEqual(streams.map((seed) => plainPlusPlus(rowsOf(values, d), k, createRandom(seed))));
      centred.dispose();
      points.dispose();
    }
  });

  it('puts one seed into each of some far blobs, which seeding at random does not', async () => {
    const { values, truth } = blobs(200, 3, 6, 0.01, 3);
    const points = tf.tensor2d(values, [200, 3]);
    const centred = await centrePoints(points, 100, readBack);
    const runs = await initPlusPlus(points, centred, 6, Array.from({ length: 10 }, (_, r) => createRandom(r)));
    const found = (rows: Int32Array): number => new Set(Array.from(rows, (row) => truth[row])).size;
    expect(runs.map(found)).toEqual(Array.from({ length: 10 }, () => 6));
    const random = Array.from({ length: 10 }, (_, r) => found(initRandom(200, 6, createRandom(r))));
    expect(Math.min(...random)).toBeLessThan(6);
    centred.dispose();
    points.dispose();
  });
});

describe('drawByWeight', () => {
  it.each([['whole', 1e9], ['by blocks', 0]])('draws in proportion to the weights, read %s', async (_, directWeights) => {
    const n = 700; // not a multiple of a block
    const weights = Float32Array.from({ length: n * 2 }, (__, i) => (i % 2 === 0 ? (i >> 1) % 5 : (i >> 1) === 699 ? 1 : 0));
    const targets = [Array.from({ length: 2000 }, (__, t) => (t + 0.5) / 2000), [0, 0.5, 0.999999]];
    // Both columns need the same number of draws.
    targets[1] = Array.from({ length: 2000 }, (__, t) => targets[1]![t % 3]!);
    const before = tf.memory().numTensors;
    const drawn = await drawByWeight(tf.tensor2d(weights, [n, 2]), targets, readBack, directWeights);
    expect(tf.memory().numTensors).toBe(before);
    const counts = [0, 0, 0, 0, 0];
    drawn.subarray(0, 2000).forEach((row) => (counts[row % 5]! += 1));
    // 140 rows of each weight: 0, 1, 2, 3 and 4 tenths of 2000 draws, up to one a row.
    expect(counts[0]).toBe(0);
    counts.forEach((count, weight) => expect(Math.abs(count - 200 * weight)).toBeLessThan(8));
    expect(new Set(drawn.subarray(2000))).toEqual(new Set([699]));
    expect([...drawn.subarray(0, 2000)]).toEqual([...drawn.subarray(0, 2000)].sort((a, b) => a - b));
  });

  it('draws something when all weights are zero', async () => {
    const drawn = await drawByWeight(tf.zeros([5, 1]), [[0.3, 0.9]], readBack);
    expect([...drawn].every((row) => row >= 0 && row < 5)).toBe(true);
  });
});

describe('initRandom', () => {
  it('chooses distinct rows, each as often as any other', () => {
    const counts = Array.from({ length: 7 }, () => 0);
    for (let seed = 0; seed < 3000; seed++) {
      const rows = initRandom(7, 3, createRandom(seed));
      expect(new Set(rows).size).toBe(3);
      rows.forEach((row) => (counts[row]! += 1));
    }
    // 9000 / 7 each; five standard deviations of a binomial are about 166 at most
    counts.forEach((count) => expect(Math.abs(count - 9000 / 7)).toBeLessThan(166));
    expect([...initRandom(4, 4, createRandom(1))].sort()).toEqual([0, 1, 2, 3]);
  });
});
