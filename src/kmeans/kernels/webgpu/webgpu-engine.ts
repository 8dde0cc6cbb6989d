import type * as tf from '@tensorflow/tfjs-core';
import type { GpuBackend } from '../../../web-gpu.js';
import { centredRows, centrePoints } from '../../centre-points.js';
import type { Engine } from '../../engine.js';
import { nTrialsOf } from '../../candidates.js';
import { initPlusPlus } from '../../init-plus-plus.js';
import type { ReadBack } from '../../read-back.js';
import { accumulateOnWebgpu } from './accumulate-on-webgpu.js';
import { sumsLength } from './cluster-sums.js';
import { gpuPlusPlus, gpuSeedRuns } from './plus-plus.js';

/** Floats of the points that lie in one tensor, where the device takes that much: each step clears and adds up partial sums once a tensor. */
const TILE_FLOATS = 2 ** 28;
/** Rows that one dispatch takes: WebGPU's 65 535 workgroups of at least 128. */
const TILE_ROWS = 65_535 * 128;
/** Floats of the sums of a batch of runs. */
const SUMS_FLOATS = 2 ** 24;

/**
 * k-means with kernels of our own on the current backend, which is webgpu: runs of all numbers of clusters go together.
 *
 * @param points     [n, d]. Not disposed.
 * @param nClusters  numbers of clusters that there will be runs of.
 * @param nRestarts  runs of each.
 * @throws KMEANS_NOT_FINITE when a value is NaN or infinite.
 */
export async function createWebgpuEngine(points: tf.Tensor2D, nClusters: readonly number[], nRestarts: number, gpu: GpuBackend, read: ReadBack): Promise<Engine> {
  const { limits } = gpu.device;
  const candidates = nRestarts * Math.max(...nClusters.map(nTrialsOf)); // of a step of k-means++
  const tileFloats = Math.min(TILE_FLOATS, TILE_ROWS * points.shape[1], Math.floor(Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize) / 4));
  const centred = await centrePoints(points, candidates, read, tileFloats);
  const { nPoints, nFeatures, meanValues, totalSquares } = centred;
  return {
    nPoints,
    nFeatures,
    meanValues,
    totalSquares,
    runsTogether: (k) => Math.max(1, Math.floor(Math.min(SUMS_FLOATS, tileFloats) / sumsLength(k, nFeatures, 1))),
    plusPlus: async (jobs) => {
      const together = gpuSeedRuns(centred, Math.max(...jobs.map((job) => job.nClusters)), gpu);
      if (together > 0) return gpuPlusPlus(points, centred, jobs, together, read);
      const rows = new Array<Int32Array>(jobs.length);
      for (const k of new Set(jobs.map((job) => job.nClusters))) {
        const places = jobs.flatMap((job, i) => (job.nClusters === k ? [i] : []));
        const chosen = await initPlusPlus(points, centred, k, places.map((i) => jobs[i]!.random));
        places.forEach((i, place) => (rows[i] = chosen[place]!));
      }
      return rows;
    },
    rows: async (rows) => (await read(centredRows(points, centred, Int32Array.from(rows)))) as Float32Array,
    createAccumulator: () => Promise.resolve(accumulateOnWebgpu(centred, read)),
    dispose: () => centred.dispose(),
  };
}
