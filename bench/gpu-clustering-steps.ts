import * as tf from '@tensorflow/tfjs-core';
import { openDevice } from '../src/device/open-device.js';
import { clusterDistanceSums } from '../src/evaluate/cluster-distance-sums.js';
import { gpuClusterSums } from '../src/kmeans/kernels/webgpu/cluster-sums.js';
import { gpuNearest } from '../src/kmeans/kernels/webgpu/nearest.js';
import { createWebgpuEngine } from '../src/kmeans/kernels/webgpu/webgpu-engine.js';
import { readBack } from '../src/kmeans/lloyd.js';
import { averageCentroids } from '../src/kmeans/update-centroids.js';
import { createRandom } from '../src/random.js';
import { gpuBackend } from '../src/web-gpu.js';
import { plainPlusPlus } from '../test/support/plain-plus-plus.js';
import { rowsOf } from '../test/support/point-sets.js';
import { backend, finished, spread, timed, type Step } from './gpu-timing.js';

/** A whole step of Lloyd's algorithm, centroids sent and sums brought back, and what its two kernels take of it. */
export const kmeansStep = (n: number, d: number, nClusters: number): Step => async (small, report) => {
  await openDevice('webgpu');
  const [points, k] = small ? [2000, Math.min(nClusters, 130)] : [n, nClusters];
  const values = new Float32Array(points * d);
  let state = 1;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    values[i] = state / 2 ** 31 - 1;
  }
  const tensor = tf.tensor2d(values, [points, d]);
  const engine = await createWebgpuEngine(tensor, [k], 1, gpuBackend()!, readBack);
  let centroids = await engine.rows(Int32Array.from({ length: k }, (_, i) => Math.floor((i * points) / k)));
  const result: Record<string, unknown> = { n: points, d, k };
  const accumulator = await engine.createAccumulator([{ nClusters: k, centroids }]);
  const step = async (): Promise<void> => {
    const [sums] = await accumulator.step([{ run: 0, nClusters: k, centroids }]);
    centroids = averageCentroids(sums!);
  };
  await step();
  await step();
  const steps = spread(await timed(small ? 2 : 15, step));
  result['step'] = { ms: steps, tflopsAtTheMedian: Number(((2 * points * d * k) / steps.median / 1e9).toPrecision(3)) };
  report(result);
  accumulator.dispose();

  const rowsAtOnce = Math.min(points, Math.floor(backend().device.limits['maxStorageBufferBindingSize']! / (4 * d)));
  const tile = tf.slice(tensor, [0, 0], [rowsAtOnce, d]);
  const c = tf.tensor2d(centroids, [k, d]);
  const table = new Int32Array(64);
  table[1] = k;
  const runs = { centroids: c, squares: tf.sum<tf.Tensor1D>(tf.square(c), 1), table: tf.tensor1d(table, 'int32'), nRuns: 1, mostClusters: k };
  const labels = gpuNearest(tile, runs);
  await finished();
  const scale = points / rowsAtOnce;
  result['nearestMs'] = spread((await timed(small ? 2 : 10, () => (gpuNearest(tile, runs).dispose(), finished()))).map((ms) => ms * scale));
  result['sumsMs'] = spread((await timed(small ? 2 : 10, () => (gpuClusterSums(tile, labels, labels, runs).dispose(), finished()))).map((ms) => ms * scale));
  engine.dispose();
  return result;
};

/** Points about `centres` places, with which each belongs. */
function clouds(n: number, d: number, centres: number): { values: Float32Array; codes: Int32Array } {
  const values = new Float32Array(n * d);
  let state = 1;
  const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  for (let i = 0; i < n; i++) for (let f = 0; f < d; f++) values[i * d + f] = (((i % centres) * (f + 3)) % 7) + next();
  return { values, codes: Int32Array.from({ length: n }, (_, i) => i % centres) };
}

/** Greedy k-means++ on the device; small, its choice is held against plain loops. */
export const seeding: Step = async (small) => {
  await openDevice('webgpu');
  const [n, d, k] = small ? [2000, 16, 20] : [1_000_000, 128, 1024];
  const { values } = clouds(n, d, k);
  const points = tf.tensor2d(values, [n, d]);
  const engine = await createWebgpuEngine(points, [k], 1, gpuBackend()!, readBack);
  const [rows] = await engine.plusPlus([{ nClusters: k, random: createRandom(1) }]);
  const times = await timed(small ? 1 : 3, () => engine.plusPlus([{ nClusters: k, random: createRandom(1) }]));
  const asPlain = small ? JSON.stringify(plainPlusPlus(rowsOf(values, d), k, createRandom(1))) === JSON.stringify([...rows!]) : undefined;
  engine.dispose();
  return { n, d, k, distinct: new Set(rows).size, asPlain, ms: spread(times), msAStep: Number((spread(times).median / k).toPrecision(3)) };
};

/** Distances of a sample of points to all, summed by cluster, and the worst of some rows' relative differences from float64. */
export const silhouettes: Step = async (small) => {
  await openDevice('webgpu');
  const [n, d, k, nRows] = small ? [1000, 16, 8, 128] : [1_000_000, 128, 64, 10_000];
  const { values, codes } = clouds(n, d, k);
  const points = tf.tensor2d(values, [n, d]);
  const order = Int32Array.from({ length: n }, (_, i) => n - 1 - i);
  const once = (): Promise<Float32Array | Float64Array> => clusterDistanceSums(points, [{ codes, nClusters: k }], order, nRows);
  const sums = await once();
  let worst = 0;
  for (const r of [0, 1, nRows - 1]) {
    const expected = new Float64Array(k);
    for (let j = 0; j < n; j++) {
      let square = 0;
      for (let f = 0; f < d; f++) square += (values[order[r]! * d + f]! - values[j * d + f]!) ** 2;
      expected[codes[j]!]! += Math.sqrt(square);
    }
    expected.forEach((sum, c) => (worst = Math.max(worst, Math.abs(sums[r * k + c]! / sum - 1))));
  }
  const times = spread(await timed(small ? 1 : 3, once));
  return { n, d, k, rows: nRows, worstRelative: worst, ms: times, tflopsAtTheMedian: Number(((3 * n * d * nRows) / times.median / 1e9).toPrecision(3)) };
};
