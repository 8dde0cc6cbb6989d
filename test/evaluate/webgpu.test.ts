import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { clusterDistanceSums, type Labelling } from '../../src/evaluate/cluster-distance-sums.js';
import { silhouette, silhouettes, silhouetteSamples } from '../../src/evaluate/index.js';
import { createRandom } from '../../src/random.js';
import { onBackend } from '../conformance/opening.js';
import { manifest, readFloats } from '../support/golden.js';
import { blobs } from '../support/point-sets.js';
import { allowSoftwareGpu } from '../support/software-gpu.js';

allowSoftwareGpu();

/** The definition in float64. */
function plainSums(values: Float32Array, d: number, labellings: readonly Labelling[], rows: Int32Array): Float64Array {
  const width = labellings.reduce((sum, { nClusters }) => sum + nClusters, 0);
  const sums = new Float64Array(rows.length * width);
  rows.forEach((row, r) => {
    for (let j = 0; j < values.length / d; j++) {
      let square = 0;
      for (let f = 0; f < d; f++) square += (values[row * d + f]! - values[j * d + f]!) ** 2;
      let first = 0;
      for (const { codes, nClusters } of labellings) {
        sums[r * width + first + codes[j]!]! += Math.sqrt(square);
        first += nClusters;
      }
    }
  });
  return sums;
}

await onBackend('webgpu', () => {
  describe('sums of distances by the kernel', () => {
    it.each([
      { n: 2, d: 1, ks: [2], nRows: 2 },
      { n: 64, d: 4, ks: [3], nRows: 64 },
      { n: 65, d: 3, ks: [2, 5], nRows: 1 },
      { n: 300, d: 17, ks: [7, 2, 40, 3, 9], nRows: 130 },
      { n: 700, d: 5, ks: [11], nRows: 700 },
      { n: 129, d: 171, ks: [4, 4], nRows: 129 },
    ])('equal plain loops: $n points, $d features, $ks clusters, $nRows rows', async ({ n, d, ks, nRows }) => {
      const random = createRandom(n + d);
      const { values } = blobs(n, d, 4, 2, d);
      const labellings = ks.map((nClusters) => ({ nClusters, codes: Int32Array.from({ length: n }, (_, i) => (i < nClusters ? i : random.integer(nClusters))) }));
      const order = Int32Array.from({ length: n }, (_, i) => (i * 7 + 3) % n);
      if (n % 7 === 0) order.forEach((_, i) => (order[i] = n - 1 - i));
      const points = tf.tensor2d(values, [n, d]);
      const before = tf.memory().numTensors;
      const once = (): Promise<Float32Array | Float64Array> => clusterDistanceSums(points, labellings, order, nRows);
      const got = await once();
      const expected = plainSums(values, d, labellings, order.subarray(0, nRows));
      expect(got).toHaveLength(expected.length);
      const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(got[i]! - value) / Math.max(value, 1)), 0);
      expect(worst).toBeLessThan(2e-6);
      // The same bits again.
      expect(await once()).toEqual(got);
      expect(tf.memory().numTensors).toBe(before);
      points.dispose();
    });
  });

  describe('silhouettes', () => {
    const x = readFloats('clustering/x.f32');
    const labels = Int32Array.from(readFloats('clustering/labels.f32'));

    it('equal scikit-learn, and do so beside other labellings', async () => {
      const points = tf.tensor2d(x, [600, 16]);
      const samples = await silhouetteSamples(points, labels);
      const expected = readFloats('clustering/silhouette_samples.f32');
      expect(Math.max(...samples.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(2e-6);
      const [one, other] = await silhouettes(points, [labels, labels.map((_, i) => i % 7)]);
      expect(Math.abs(one!.mean - manifest.clustering.scores.silhouette!)).toBeLessThan(1e-6);
      expect(other!.mean).toBeLessThan(0);
      const sampled = await silhouette(points, labels, { sampleSize: 200, seed: 1 });
      expect(Math.abs(sampled.mean - one!.mean)).toBeLessThan(4 * sampled.standardError);
      points.dispose();
    });

    it('keep the digits of points that lie far closer together than to the mean of all', async () => {
      const near = [1000, 1000.001, 1000.002, 1000.003, -1000, -1000.004, -1000.005, -1000.001].map(Math.fround);
      const points = tf.tensor2d(Float32Array.from(near), [8, 1]);
      const codes = Int32Array.of(0, 0, 1, 1, 2, 2, 3, 3);
      const got = await clusterDistanceSums(points, [{ codes, nClusters: 4 }], Int32Array.from({ length: 8 }, (_, i) => i), 8);
      const expected = plainSums(Float32Array.from(near), 1, [{ codes, nClusters: 4 }], Int32Array.from({ length: 8 }, (_, i) => i));
      got.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1e-6 * Math.max(expected[i]!, 1e-6)));
      points.dispose();
    });
  });
});
