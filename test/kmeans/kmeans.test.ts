import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { kmeans as mlKmeans } from 'ml-kmeans';
import { beforeAll, describe, expect, it } from 'vitest';
import { assign, kmeans, type KMeansOptions, type KMeansResult } from '../../src/kmeans/index.js';
import { manifest, readFloats } from '../support/golden.js';
import { plainLloyd } from '../support/plain-lloyd.js';
import { pointCrew } from '../support/point-crew.js';
import { blobs, rowsOf } from '../support/point-sets.js';

const golden = {
  x: readFloats('clustering/x.f32'),
  init: readFloats('clustering/init.f32'),
  labels: Int32Array.from(readFloats('clustering/labels.f32')),
  centers: readFloats('clustering/centers.f32'),
};

/** What clusters: composed operations of a backend, or the kernels. */
let crew: Pick<KMeansOptions, 'crew'> = {};
const ways = [['cpu', false], ['wasm', false], ['wasm', true]] as const;

/** Clusters flat points and checks that no tensor is left behind. */
async function run(values: ArrayLike<number>, d: number, options: Omit<KMeansOptions, 'init'> & { init?: KMeansOptions['init'] | number[][] }): Promise<KMeansResult> {
  const before = tf.memory().numTensors;
  const points = tf.tensor2d(Float32Array.from(values as ArrayLike<number>), [values.length / d, d]);
  const { init, ...rest } = options;
  const start = Array.isArray(init) ? tf.tensor2d(init) : init;
  const result = await kmeans(points, { ...crew, ...rest, ...(start && { init: start }) });
  expect(points.isDisposed).toBe(false);
  points.dispose();
  if (start instanceof tf.Tensor) start.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return result;
}

describe.each(ways)('kmeans on %s, kernels %s', (backend, kernels) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
    await tf.ready();
    crew = kernels ? { crew: pointCrew(1) } : {};
  });

  describe.each(kernels ? (['host'] as const) : (['host', 'device'] as const))('summing on the %s', (accumulation) => {
    it('equals scikit-learn from the same start: labels, centroids, inertia and iterations', async () => {
      const result = await run(golden.x, 16, { nClusters: 6, init: rowsOf(golden.init, 16), tol: 0, accumulation });
      expect(result.nIter).toBe(manifest.clustering.scores.n_iter);
      expect(result.labels).toEqual(golden.labels);
      expect(Math.abs(result.inertia / manifest.clustering.scores.inertia! - 1)).toBeLessThan(1e-6);
      result.centroids.forEach((value, i) => expect(Math.abs(value - golden.centers[i]!)).toBeLessThan(3e-6));
      expect(result.history).toHaveLength(result.nIter);
    });

    it('is not scikit-learn’s answer from another start, so that the comparison can fail', async () => {
      const start = rowsOf(golden.x.subarray(6 * 16, 12 * 16), 16);
      const result = await run(golden.x, 16, { nClusters: 6, init: start, tol: 0, accumulation });
      expect(result.labels).not.toEqual(golden.labels);
    });

    it('relocates an empty cluster to the farthest point (worked by hand, and by scikit-learn)', async () => {
      const two = await run([0, 0, 0.5, 0, 0.5, 1, 1, 1], 2, { nClusters: 2, init: [[0.5, 0.5], [3, 3]], accumulation });
      expect([...two.labels]).toEqual([0, 0, 1, 1]);
      expect([...two.centroids]).toEqual([0.25, 0, 0.75, 1]);
      expect(two.inertia).toBeCloseTo(0.25, 6);
      expect(two.nIter).toBe(3);

      const three = await run([0, 1, 2, 10, 11, 30], 1, { nClusters: 3, init: [[0], [100], [200]], tol: 0, accumulation });
      expect([...three.labels]).toEqual([0, 0, 0, 2, 2, 1]);
      expect([...three.centroids]).toEqual([1, 30, 10.5]);
      expect(three.inertia).toBeCloseTo(2.5, 5);
      expect(three.nIter).toBe(3);
    });

    it('equals plain float64 loops on odd shapes, and its inertia never rises', async () => {
      for (const [n, d, k, seed] of [[37, 5, 4, 1], [101, 1, 7, 2], [53, 13, 2, 3]] as const) {
        const { values } = blobs(n, d, k, 2, seed);
        const rows = rowsOf(values, d);
        const twin = plainLloyd(rows, rows.slice(0, k));
        const result = await run(values, d, { nClusters: k, init: rows.slice(0, k), tol: 0, accumulation });
        expect([...result.labels]).toEqual(twin.labels);
        expect(result.nIter).toBe(twin.nIter);
        expect(result.inertia / twin.inertia).toBeCloseTo(1, 5);
        result.history.forEach(({ inertia }, i) => {
          expect(Math.abs(inertia / twin.history[i]! - 1)).toBeLessThan(1e-5);
          if (i > 0) expect(inertia).toBeLessThanOrEqual(result.history[i - 1]!.inertia * (1 + 1e-6));
        });
      }
    });

    it('keeps its digits far from the origin', async () => {
      const { values } = blobs(60, 3, 3, 0.5, 4);
      const far = values.map((value) => value + 4096);
      const near = far.map((value) => value - 4096); // the same points, as float32 can hold them there
      const start = rowsOf(far, 3).slice(0, 3);
      const result = await run(far, 3, { nClusters: 3, init: start, tol: 0, accumulation });
      const twin = plainLloyd(rowsOf(near, 3), rowsOf(near, 3).slice(0, 3));
      expect([...result.labels]).toEqual(twin.labels);
      expect(result.inertia / twin.inertia).toBeCloseTo(1, 4);
    });

    it('survives 5 distinct points and 10 clusters', async () => {
      const values = Float32Array.from({ length: 60 }, (_, i) => Math.floor(i / 2) % 5);
      const result = await run(values, 2, { nClusters: 10, nInit: 2, accumulation });
      expect(result.distinctClusters).toBe(5);
      expect(result.inertia).toBeLessThan(1e-9);
      expect(result.centroids.every(Number.isFinite)).toBe(true);
    });
  });

  it('gives labels of its own centroids after a stop by tolerance, or by maxIter', async () => {
    const { values } = blobs(300, 4, 6, 4, 5);
    for (const settings of [{ tol: 0.05 }, { maxIter: 2 }, { maxIter: 1 }]) {
      const result = await run(values, 4, { nClusters: 6, nInit: 2, ...settings });
      const [points, centroids] = [tf.tensor2d(values, [300, 4]), tf.tensor2d(result.centroids, [6, 4])];
      const { labels, distances } = assign(points, centroids);
      expect(labels.dataSync()).toEqual(result.labels);
      distances.dataSync().forEach((distance, i) => expect(distance).toBeCloseTo(result.distances[i]!, 4));
      expect(result.distances.reduce((sum, distance) => sum + distance ** 2, 0) / result.inertia).toBeCloseTo(1, 5);
      tf.dispose([points, centroids, labels, distances]);
    }
  });

  it('gives the same labels for the same seed, others for another', async () => {
    const { values } = blobs(200, 7, 9, 5, 6);
    const options = { nClusters: 9, nInit: 2 };
    const first = await run(values, 7, { ...options, seed: 3 });
    expect((await run(values, 7, { ...options, seed: 3 })).labels).toEqual(first.labels);
    expect((await run(values, 7, { ...options, seed: 4 })).labels).not.toEqual(first.labels);
  });

  it('has in nInit = 3 the one restart of nInit = 1, and is never worse', async () => {
    const { values } = blobs(150, 5, 8, 5, 7);
    for (const init of ['k-means++', 'random'] as const) {
      let improved = 0;
      for (let seed = 0; seed < 6; seed++) {
        const one = await run(values, 5, { nClusters: 8, nInit: 1, seed, init });
        const three = await run(values, 5, { nClusters: 8, nInit: 3, seed, init });
        expect(three.inertia).toBeLessThanOrEqual(one.inertia);
        if (three.inertia < one.inertia) improved++;
        else expect(three.labels).toEqual(one.labels);
      }
      expect(improved).toBeGreaterThan(0);
      expect(improved).toBeLessThan(6);
    }
  });

  it('handles one point, one cluster, and as many clusters as points', async () => {
    const single = await run([3, 4], 2, { nClusters: 1 });
    expect([...single.labels]).toEqual([0]);
    expect([...single.centroids]).toEqual([3, 4]);
    expect(single.inertia).toBe(0);

    const { values } = blobs(23, 3, 2, 3, 8);
    const one = await run(values, 3, { nClusters: 1 });
    expect(new Set(one.labels)).toEqual(new Set([0]));
    for (let f = 0; f < 3; f++) {
      const mean = rowsOf(values, 3).reduce((sum, row) => sum + row[f]! / 23, 0);
      expect(one.centroids[f]).toBeCloseTo(mean, 5);
    }
    const all = await run(values, 3, { nClusters: 23 });
    expect(all.distinctClusters).toBe(23);
    expect(all.inertia).toBeLessThan(1e-8);

    const same = await run(new Float32Array(20).fill(0.1), 2, { nClusters: 3 });
    expect(same.inertia).toBeLessThan(1e-12);
  });

  it('finds a best inertia as good as ml-kmeans does', async () => {
    const { values } = blobs(240, 6, 5, 1.2, 9);
    const ours = await run(values, 6, { nClusters: 5 });
    const rows = rowsOf(values, 6);
    const theirs = Math.min(
      ...Array.from({ length: 10 }, (_, seed) => {
        const { clusters, centroids } = mlKmeans(rows, 5, { seed, initialization: 'kmeans++' });
        return rows.reduce((sum, row, i) => sum + row.reduce((s, v, f) => s + (v - centroids[clusters[i]!]![f]!) ** 2, 0), 0);
      }),
    );
    expect(ours.inertia).toBeLessThanOrEqual(theirs * (1 + 1e-5));
  });

  it('gives the rows their labels whatever order they are in', async () => {
    const { values } = blobs(40, 3, 4, 2, 10);
    const rows = rowsOf(values, 3);
    const start = rows.slice(0, 4);
    const plain = await run(values, 3, { nClusters: 4, init: start, tol: 0 });
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(Array.from(rows.keys()), { minLength: 40, maxLength: 40 }), async (order) => {
        const shuffled = await run(order.flatMap((i) => rows[i]!), 3, { nClusters: 4, init: start, tol: 0 });
        expect([...shuffled.labels]).toEqual(order.map((i) => plain.labels[i]));
      }),
      { numRuns: 10 },
    );
  });

  it('lowers its inertia with every iteration, and with k', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 12, max: 60 }), fc.integer({ min: 1, max: 6 }), fc.integer(), async (n, d, seed) => {
        const { values } = blobs(n, d, 3, 3, seed);
        let last = Infinity;
        for (const nClusters of [1, 4, 9]) {
          const { history, inertia } = await run(values, d, { nClusters, nInit: 3 });
          history.forEach((step, i) => {
            if (i > 0) expect(step.inertia).toBeLessThanOrEqual(history[i - 1]!.inertia * (1 + 1e-5) + 1e-4);
          });
          expect(inertia).toBeLessThan(last);
          last = inertia;
        }
      }),
      { numRuns: 8 },
    );
  });

  it('tells how many restarts have ended', async () => {
    const { values } = blobs(80, 2, 4, 3, 11);
    const points = tf.tensor2d(values, [80, 2]);
    const seen: number[] = [];
    await kmeans(points, { ...crew, nClusters: 4, nInit: 5 }, ({ stage, done, total }) => {
      expect([stage, total]).toEqual(['kmeans', 5]);
      seen.push(done);
    });
    points.dispose();
    expect(seen.at(-1)).toBe(5);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('refuses what it cannot cluster, and leaves no tensor behind', async () => {
    const points = tf.tensor2d([[1, 2], [3, 4], [5, 6]]);
    const before = tf.memory().numTensors;
    await expect(kmeans(points, { nClusters: 4 })).rejects.toMatchObject({
      code: 'KMEANS_RANGE',
      message: 'kmeans: expected 1 to 3 clusters for 3 sounds, got 4. Choose fewer clusters or add sounds.',
    });
    for (const bad of [{ nClusters: 0 }, { nClusters: 1.5 }, { nClusters: 2, nInit: 0 }, { nClusters: 2, maxIter: 0 }, { nClusters: 2, tol: -1 }, { nClusters: 2, tol: NaN }]) {
      await expect(kmeans(points, { ...crew, ...bad })).rejects.toMatchObject({ code: 'KMEANS_RANGE' });
    }
    const wide = tf.zeros([2, 3]) as tf.Tensor2D;
    await expect(kmeans(points, { nClusters: 2, init: wide })).rejects.toMatchObject({ code: 'KMEANS_SHAPE' });
    const none = tf.zeros([0, 3]) as tf.Tensor2D;
    await expect(kmeans(none, { nClusters: 1 })).rejects.toMatchObject({ code: 'KMEANS_SHAPE' });
    for (const value of [NaN, Infinity, -Infinity, 3e38]) {
      const odd = tf.tensor2d([[1, 2], [3, value], [5, 6]]);
      await expect(kmeans(odd, { ...crew, nClusters: 2 })).rejects.toMatchObject({ code: 'KMEANS_NOT_FINITE' });
      odd.dispose();
    }
    const lost = tf.tensor2d([[1, 2], [NaN, 2]]);
    await expect(kmeans(points, { ...crew, nClusters: 2, init: lost })).rejects.toMatchObject({ code: 'KMEANS_NOT_FINITE' });
    tf.dispose([wide, none, lost]);
    expect(tf.memory().numTensors).toBe(before);
    points.dispose();
  });
});
