import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { silhouette, silhouettes, silhouetteSamples } from '../../src/evaluate/index.js';
import { manifest, readFloats } from '../support/golden.js';
import { pointCrew } from '../support/point-crew.js';
import { blobs, rowsOf } from '../support/point-sets.js';

const golden = {
  x: readFloats('clustering/x.f32'),
  labels: Int32Array.from(readFloats('clustering/labels.f32')),
  samples: readFloats('clustering/silhouette_samples.f32'),
  mean: manifest.clustering.scores.silhouette!,
};

/** Rousseeuw's definition in plain loops, at some of the points. */
function plainSilhouette(rows: readonly number[][], labels: ArrayLike<number>, at: readonly number[]): number[] {
  const clusters = [...new Set(Array.from(labels))];
  return at.map((i) => {
    const mean = (cluster: number): number => {
      let sum = 0;
      let count = 0;
      rows.forEach((row, j) => {
        if (j === i || labels[j] !== cluster) return;
        sum += Math.hypot(...row.map((value, f) => value - rows[i]![f]!));
        count++;
      });
      return count === 0 ? NaN : sum / count;
    };
    const a = mean(labels[i]!);
    if (Number.isNaN(a)) return 0;
    const b = Math.min(...clusters.filter((cluster) => cluster !== labels[i]).map(mean));
    return Math.max(a, b) === 0 ? 0 : (b - a) / Math.max(a, b);
  });
}

const worst = (got: ArrayLike<number>, expected: ArrayLike<number>): number => {
  expect(got).toHaveLength(expected.length);
  return Math.max(...Array.from(expected, (value, i) => Math.abs(value - got[i]!)));
};

async function onTensor<T>(values: ArrayLike<number>, d: number, use: (points: tf.Tensor2D) => Promise<T>): Promise<T> {
  const before = tf.memory().numTensors;
  const points = tf.tensor2d(Float32Array.from(values), [values.length / d, d]);
  const result = await use(points);
  points.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return result;
}

describe.each([['cpu', false], ['wasm', false], ['wasm', true]] as const)('silhouette on %s, kernels %s', (backend, kernels) => {
  const crew = kernels ? { crew: pointCrew(1) } : {};
  beforeAll(async () => {
    await tf.setBackend(backend);
    await tf.ready();
  });

  it('equals scikit-learn', async () => {
    const samples = await onTensor(golden.x, 16, (points) => silhouetteSamples(points, golden.labels, crew));
    expect(worst(samples, golden.samples)).toBeLessThan(2e-6);
    const { mean, standardError, nSampled } = await onTensor(golden.x, 16, (points) => silhouette(points, golden.labels, crew));
    expect(Math.abs(mean - golden.mean)).toBeLessThan(1e-6);
    expect([standardError, nSampled]).toEqual([0, 600]);
  });

  it('would not equal it with squared distances, or the own point counted', async () => {
    const rows = rowsOf(golden.x, 16);
    const at = [0, 1, 2, 3, 4];
    expect(worst(plainSilhouette(rows, golden.labels, at), golden.samples.subarray(0, 5))).toBeLessThan(1e-6);
    const twice = await onTensor([...golden.x, ...golden.x], 16, (points) => silhouetteSamples(points, [...golden.labels, ...golden.labels], crew));
    expect(worst(twice.subarray(0, 600), golden.samples)).toBeGreaterThan(1e-3);
  });

  it('equals scikit-learn on points worked out there, a cluster of one among them', async () => {
    const samples = await onTensor([0, 1, 1, 1, 3, 4, 3, 5, 9, 9.5], 2, (points) => silhouetteSamples(points, [4, 4, 7, 7, -2], crew));
    const expected = [0.7836116248912243, 0.7524043772755457, 0.7451642353378817, 0.7888543819998317, 0];
    expect(worst(samples, expected)).toBeLessThan(1e-6);
  });

  it('is 0 where all points lie on one another, and 1 where clusters are points', async () => {
    expect([...(await onTensor([2, 2, 2, 2], 1, (points) => silhouetteSamples(points, [0, 0, 1, 1], crew)))]).toEqual([0, 0, 0, 0]);
    const samples = await onTensor([2, 2, 9, 9, 9], 1, (points) => silhouetteSamples(points, [0, 0, 1, 1, 1], crew));
    samples.forEach((value) => expect(value).toBeCloseTo(1, 3));
  });

  it('lies in -1 to 1, and does not mind shifts, the order of rows or the names of clusters', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 4, max: 30 }), fc.integer({ min: 1, max: 5 }), fc.integer(), async (n, d, seed) => {
        const { values } = blobs(n, d, 3, 4, seed);
        const labels = Int32Array.from({ length: n }, (_, i) => i % 3);
        const samples = await onTensor(values, d, (points) => silhouetteSamples(points, labels, crew));
        expect(samples.every((value) => value >= -1 && value <= 1)).toBe(true);
        const turned = rowsOf(values, d).reverse().flat().map((value) => value + 64);
        const names = Int32Array.from(labels, (label) => 9 - label).reverse();
        const other = await onTensor(turned, d, (points) => silhouetteSamples(points, names, crew));
        expect(worst(other.reverse(), samples)).toBeLessThan(1e-4);
        // Points that nearly coincide lose digits in float32.
        expect(worst(samples, plainSilhouette(rowsOf(values, d), labels, [...labels.keys()]))).toBeLessThan(1e-3);
      }),
      { numRuns: 10 },
    );
  });

  it('scores several labellings at once as it does each alone', async () => {
    const others = [Int32Array.from(golden.labels, (label) => label % 2), Int32Array.from(golden.labels, (_, i) => i % 7)];
    const all = [golden.labels, ...others];
    const together = await onTensor(golden.x, 16, (points) => silhouettes(points, all, crew));
    for (const [i, labels] of all.entries()) {
      const { mean } = await onTensor(golden.x, 16, (points) => silhouette(points, labels, crew));
      expect(together[i]!.mean).toBeCloseTo(mean, 6);
    }
    expect(await onTensor(golden.x, 16, (points) => silhouettes(points, [], crew))).toEqual([]);
  });

  it('refuses what has no silhouette', async () => {
    const points = tf.tensor2d([[1], [2], [3]]);
    const before = tf.memory().numTensors;
    for (const labels of [[0, 0, 0], [0, 1, 2]]) {
      await expect(silhouette(points, labels, crew)).rejects.toMatchObject({ code: 'EVALUATE_RANGE' });
    }
    await expect(silhouette(points, [0, 1], crew)).rejects.toMatchObject({ code: 'EVALUATE_SHAPE' });
    await expect(silhouette(points, [0, 1, 1], { sampleSize: 1, ...crew })).rejects.toMatchObject({ code: 'EVALUATE_RANGE' });
    expect(tf.memory().numTensors).toBe(before);
    points.dispose();
  });
});

describe.each([[0, 3], [1, 5], [3, 5]])('silhouette of many points, on wasm, kernels on %i threads', (workers, slices) => {
  const crew = workers > 0 ? { crew: pointCrew(workers) } : {};
  const n = 4500; // three blocks of distances
  const { values, truth } = blobs(n, 3, 4, 3, 5);
  beforeAll(async () => {
    await tf.setBackend('wasm');
    await tf.ready();
  });

  it('equals plain loops across blocks', async () => {
    const done: number[] = [];
    const samples = await onTensor(values, 3, (points) => silhouetteSamples(points, truth, { ...crew, onProgress: (event) => done.push(event.done) }));
    expect(done).toEqual(Array.from({ length: slices }, (_, i) => i + 1));
    const at = [0, 2047, 2048, 2049, 4095, 4096, 4499];
    expect(worst(at.map((i) => samples[i]!), plainSilhouette(rowsOf(values, 3), truth, at))).toBeLessThan(1e-5);
  });

  it('comes near with a sample, as near as its standard error says', async () => {
    const { mean } = await onTensor(values, 3, (points) => silhouette(points, truth, crew));
    let within = 0;
    for (let seed = 0; seed < 20; seed++) {
      const some = await onTensor(values, 3, (points) => silhouette(points, truth, { sampleSize: 150, seed, ...crew }));
      expect(some.nSampled).toBe(150);
      expect(some.standardError).toBeGreaterThan(0.005);
      if (Math.abs(some.mean - mean) < 2 * some.standardError) within++;
    }
    expect(within).toBeGreaterThanOrEqual(16);
    const all = await onTensor(values, 3, (points) => silhouette(points, truth, { sampleSize: 10_000, ...crew }));
    expect(all).toEqual({ mean, standardError: 0, nSampled: n });
  });
});
