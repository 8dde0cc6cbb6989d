import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunCentroids } from '../../src/kmeans/accumulation.js';
import { accumulateOnDevice } from '../../src/kmeans/accumulate-on-device.js';
import { centrePoints, type CentredPoints } from '../../src/kmeans/centre-points.js';
import { createComposedEngine } from '../../src/kmeans/composed-engine.js';
import { accumulateOnWebgpu } from '../../src/kmeans/kernels/webgpu/accumulate-on-webgpu.js';
import { createWebgpuEngine } from '../../src/kmeans/kernels/webgpu/webgpu-engine.js';
import { lloyd, readBack } from '../../src/kmeans/lloyd.js';
import { gpuPlusPlus, gpuSeedRuns } from '../../src/kmeans/kernels/webgpu/plus-plus.js';
import { createRandom, type Random } from '../../src/random.js';
import { gpuBackend } from '../../src/web-gpu.js';
import { onBackend } from '../conformance/opening.js';
import { plainPlusPlus } from '../support/plain-plus-plus.js';
import { blobs, rowsOf } from '../support/point-sets.js';
import { allowSoftwareGpu } from '../support/software-gpu.js';

allowSoftwareGpu();

/** Points between -1 and 1 on a grid so coarse that float32 adds and multiplies them exactly. */
function gridPoints(length: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length }, () => (random.integer(17) - 8) / 8);
}

/** What one step is to give, in float64. */
function plainStep(points: Float32Array, d: number, { centroids, nClusters }: RunCentroids): { labels: number[]; sums: Float64Array; counts: Float64Array } {
  const labels: number[] = [];
  const sums = new Float64Array(nClusters * d);
  const counts = new Float64Array(nClusters);
  for (let i = 0; i < points.length / d; i++) {
    let best = Infinity;
    let label = 0;
    for (let c = 0; c < nClusters; c++) {
      let distance = 0;
      for (let f = 0; f < d; f++) distance += (points[i * d + f]! - centroids[c * d + f]!) ** 2;
      if (distance < best) [best, label] = [distance, c];
    }
    labels.push(label);
    counts[label]! += 1;
    for (let f = 0; f < d; f++) sums[label * d + f]! += points[i * d + f]!;
  }
  return { labels, sums, counts };
}

await onBackend('webgpu', () => {
  const opened: { dispose(): void }[] = [];
  afterEach(() => opened.splice(0).forEach((one) => one.dispose()));

  /** Points in tiles of so many rows, not centred, so that their sums stay exact. */
  const inTiles = (values: Float32Array, d: number, tileRows: number): CentredPoints => {
    const nPoints = values.length / d;
    const tiles: tf.Tensor2D[] = [];
    for (let row = 0; row < nPoints; row += tileRows) tiles.push(tf.tensor2d(values.slice(row * d, (row + tileRows) * d), [Math.min(tileRows, nPoints - row), d]));
    const points = { nPoints, nFeatures: d, tiles, tileRows, squaredNorms: [], mean: tf.zeros([d]) as tf.Tensor1D, meanValues: new Float32Array(d), totalSquares: 0, dispose: () => tf.dispose([...tiles, points.mean]) };
    opened.push(points);
    return points;
  };
  const runsOf = (values: Float32Array, d: number, ks: readonly number[]): RunCentroids[] => {
    let from = 0;
    return ks.map((nClusters, run) => ({ run, nClusters, centroids: values.slice(from, (from += nClusters * d)) }));
  };

  describe('assignment and sums by the kernels', () => {
    it.each([
      { n: 1, d: 1, ks: [1] },
      { n: 700, d: 3, ks: [2] },
      { n: 300, d: 8, ks: [16] },
      { n: 513, d: 5, ks: [17] },
      { n: 200, d: 12, ks: [33, 2] },
      { n: 150, d: 171, ks: [65] },
      { n: 1000, d: 64, ks: [64] },
      { n: 400, d: 20, ks: [130] },
      { n: 260, d: 300, ks: [7, 40, 3] },
      { n: 90, d: 4, ks: Array.from({ length: 50 }, (_, i) => 1 + (i % 16)) },
    ])('are exact where the numbers are: $n points, $d features, $ks clusters', async ({ n, d, ks }) => {
      const values = gridPoints(n * d, n + d);
      const runs = runsOf(gridPoints(ks.reduce((a, b) => a + b) * d, 7), d, ks);
      const accumulator = accumulateOnWebgpu(inTiles(values, d, 257), readBack);
      opened.push(accumulator);
      const steps = await accumulator.step(runs);
      for (const [i, run] of runs.entries()) {
        const expected = plainStep(values, d, run);
        // Equal distances are common on a grid: the first centroid has them.
        expect(steps[i]!.counts).toEqual(expected.counts);
        expect(steps[i]!.sums).toEqual(expected.sums);
        expect(steps[i]!.nChanged).toBe(n);
      }
      const last = runs.at(-1)!;
      const { labels, squaredDistances } = await accumulator.assign(last);
      expect([...labels]).toEqual(plainStep(values, d, last).labels);
      expect(squaredDistances.every((distance) => distance >= 0 && distance <= 4 * d)).toBe(true);
    });

    it('count the labels that change, also after some runs have ended', async () => {
      const [n, d] = [600, 6];
      const values = gridPoints(n * d, 1);
      const at = (seed: number): RunCentroids[] => runsOf(gridPoints(3 * 5 * d, seed), d, [5, 5, 5]);
      const accumulator = accumulateOnWebgpu(inTiles(values, d, 250), readBack);
      opened.push(accumulator);
      const first = at(1);
      await accumulator.step(first);
      expect((await accumulator.step(first)).map(({ nChanged }) => nChanged)).toEqual([0, 0, 0]);
      accumulator.keep([0, 2]);
      const second = at(2).filter(({ run }) => run !== 1);
      const steps = await accumulator.step(second);
      for (const [i, run] of second.entries()) {
        const before = plainStep(values, d, first[run.run]!).labels;
        const now = plainStep(values, d, run).labels;
        expect(steps[i]!.nChanged).toBe(now.filter((label, p) => label !== before[p]).length);
      }
    });

    it('give the same bits again', async () => {
      const [n, d, k] = [3000, 20, 40];
      const { values } = blobs(n, d, k, 3, 5);
      const runs = runsOf(blobs(k, d, k, 3, 6).values, d, [k]);
      const once = async (): Promise<Float64Array> => {
        const accumulator = accumulateOnWebgpu(inTiles(values, d, 1000), readBack);
        opened.push(accumulator);
        return (await accumulator.step(runs))[0]!.sums;
      };
      expect(await once()).toEqual(await once());
    });

    it('find by Lloyd what composed operations find, with runs of different numbers of clusters side by side', async () => {
      const [n, d] = [1500, 11];
      const { values } = blobs(n, d, 9, 1.5, 3);
      const points = tf.tensor2d(values, [n, d]);
      const centred = await centrePoints(points, d, readBack);
      opened.push(points, centred);
      const settings = { nFeatures: d, totalSquares: centred.totalSquares, maxIter: 50, tolerance: 0 };
      const startOf = (nClusters: number): { nClusters: number; centroids: Float32Array } => ({
        nClusters,
        centroids: Float32Array.from({ length: nClusters * d }, (_, i) => values[i]! - centred.meanValues[i % d]!),
      });
      const own = accumulateOnWebgpu(centred, readBack);
      opened.push(own);
      const together = await lloyd(own, [9, 4, 9].map(startOf), settings);
      for (const [i, k] of [9, 4].entries()) {
        const composed = accumulateOnDevice(centred, k, readBack);
        opened.push(composed);
        const [alone] = await lloyd(composed, [startOf(k)], settings);
        expect(together[i]!.nIter).toBe(alone!.nIter);
        expect(together[i]!.labels).toEqual(alone!.labels);
        expect(Math.abs(together[i]!.inertia / alone!.inertia - 1)).toBeLessThan(1e-5);
      }
      expect(together[2]!.labels).toEqual(together[0]!.labels);
    });

    it('seed and cluster several numbers of clusters at once as composed operations do each', async () => {
      const [n, d] = [400, 6];
      const points = tf.tensor2d(blobs(n, d, 5, 0.6, 11).values, [n, d]);
      opened.push(points);
      const { seed, nInit } = { seed: 3, nInit: 3 };
      const engine = await createWebgpuEngine(points, [2, 5], nInit, gpuBackend()!, readBack);
      opened.push(engine);
      const jobs = [2, 5, 2].map((nClusters, i) => ({ nClusters, random: createRandom(seed + i) }));
      const rows = await engine.plusPlus(jobs);
      for (const [i, { nClusters }] of jobs.entries()) {
        const composed = await createComposedEngine(points, nClusters, 1, 'device', readBack);
        const [expected] = await composed.plusPlus([{ nClusters, random: createRandom(seed + i) }]);
        composed.dispose();
        expect(rows[i]).toEqual(expected);
      }
      expect(engine.runsTogether(5)).toBeGreaterThan(1000);
      expect(engine.runsTogether(1e8)).toBe(1);
    });

    it.each([
      { n: 3000, d: 5, ks: [12, 2, 1, 12, 30, 3] },
      { n: 40, d: 3, ks: [40] },
      { n: 257, d: 8, ks: [9, 9] },
      { n: 700, d: 171, ks: [60] },
    ])('seed as plain float64 loops do: $n points, $d features, $ks clusters', async ({ n, d, ks }) => {
      const { values } = blobs(n, d, 6, 2, n);
      const points = tf.tensor2d(values, [n, d]);
      const centred = await centrePoints(points, d, readBack);
      opened.push(points, centred);
      const jobs = (): { nClusters: number; random: Random }[] => ks.map((nClusters, i) => ({ nClusters, random: createRandom(20 + i) }));
      const before = tf.memory().numTensors;
      const rows = await gpuPlusPlus(points, centred, jobs(), gpuSeedRuns(centred, Math.max(...ks), gpuBackend()!), readBack);
      expect(tf.memory().numTensors).toBe(before);
      const plain = ks.map((nClusters, i) => plainPlusPlus(rowsOf(values, d), nClusters, createRandom(20 + i)));
      expect(rows.map((run) => [...run])).toEqual(plain);
      // Not even how many go together plays a part, nor where a stream stands afterwards.
      const streams = jobs();
      expect(await gpuPlusPlus(points, centred, streams, 2, readBack)).toEqual(rows);
      const other = jobs();
      ks.forEach((nClusters, i) => plainPlusPlus(rowsOf(values, d), nClusters, other[i]!.random));
      expect(streams.map(({ random }) => random.next())).toEqual(other.map(({ random }) => random.next()));
    });

    it('seed points that all lie on one another, and leave those in several tensors to composed operations', async () => {
      const points = tf.ones([300, 2]) as tf.Tensor2D;
      const centred = await centrePoints(points, 2, readBack);
      opened.push(points, centred);
      const [rows] = await gpuPlusPlus(points, centred, [{ nClusters: 3, random: createRandom(1) }], 1, readBack);
      expect(rows!.every((row) => row >= 0 && row < 300)).toBe(true);
      expect(gpuSeedRuns(centred, 3, gpuBackend()!)).toBeGreaterThan(1000);
      expect(gpuSeedRuns(inTiles(gridPoints(100, 1), 2, 20), 3, gpuBackend()!)).toBe(0);
    });

    it('leave no tensor behind', async () => {
      const values = gridPoints(500 * 6, 1);
      const points = inTiles(values, 6, 200);
      const run = async (): Promise<void> => {
        const accumulator = accumulateOnWebgpu(points, readBack);
        const runs = runsOf(gridPoints(2 * 5 * 6, 3), 6, [5, 5]);
        await accumulator.step(runs);
        accumulator.keep([1]);
        await accumulator.step(runs.slice(1));
        await accumulator.assign(runs[1]!);
        accumulator.dispose();
      };
      await run();
      const before = tf.memory().numTensors;
      await run();
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});
