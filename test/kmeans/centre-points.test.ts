import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { type Accumulation } from '../../src/kmeans/index.js';
import { createAccumulator } from '../../src/kmeans/accumulation.js';
import { centrePoints, TILE_FLOATS } from '../../src/kmeans/centre-points.js';
import { initPlusPlus } from '../../src/kmeans/init-plus-plus.js';
import { lloyd, readBack } from '../../src/kmeans/lloyd.js';
import { createRandom } from '../../src/random.js';
import { blobs, rowsOf } from '../support/point-sets.js';
import { plainLloyd } from '../support/plain-lloyd.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** So many columns that a tile holds this many rows. */
const columnsFor = (tileRows: number): number => Math.floor(TILE_FLOATS / tileRows);

it('gives the same seeds and the same clustering in tiles as in one piece, on host and device', async () => {
  const { values } = blobs(100, 3, 5, 2, 1);
  const points = tf.tensor2d(values, [100, 3]);
  const randoms = [1, 2].map((stream) => createRandom(9).fork(stream));
  const before = tf.memory().numTensors;
  const seeds: number[][][] = [];
  for (const [tileRows, directWeights] of [[100, 1e9], [33, 1e9], [33, 0], [7, 0]] as const) {
    const centred = await centrePoints(points, columnsFor(tileRows), readBack);
    expect(centred.tiles).toHaveLength(Math.ceil(100 / tileRows));
    const rows = await initPlusPlus(points, centred, 5, randoms.map((random) => random.fork(0)), directWeights);
    seeds.push(rows.map((run) => [...run]));
    for (const accumulation of ['host', 'device'] as Accumulation[]) {
      const plain = rowsOf(values, 3);
      const starts = [plain.slice(0, 5), plain.slice(5, 10)].map((start) => ({ nClusters: 5, centroids: Float32Array.from(start.flat(), (value, i) => value - centred.meanValues[i % 3]!) }));
      const accumulator = await createAccumulator(accumulation, centred, 5, readBack);
      const runs = await lloyd(accumulator, starts, { nFeatures: 3, totalSquares: centred.totalSquares, maxIter: 300, tolerance: 0 });
      accumulator.dispose();
      [plain.slice(0, 5), plain.slice(5, 10)].forEach((start, r) => {
        const twin = plainLloyd(plain, start);
        expect([...runs[r]!.labels]).toEqual(twin.labels);
        expect(runs[r]!.nIter).toBe(twin.nIter);
      });
    }
    centred.dispose();
  }
  for (const other of seeds) expect(other).toEqual(seeds[0]);
  expect(tf.memory().numTensors).toBe(before);
  points.dispose();
});
