import type * as tf from '@tensorflow/tfjs-core';
import { gpuBackend } from '../web-gpu.js';
import { type Accumulation, chooseAccumulation } from './accumulation.js';
import { createComposedEngine } from './composed-engine.js';
import type { Engine } from './engine.js';
import { createWebgpuEngine } from './kernels/webgpu/webgpu-engine.js';
import type { ReadBack } from './read-back.js';

/** An engine, and the numbers of clusters that it serves together. */
export interface TensorEngine {
  readonly ks: readonly number[];
  open(): Promise<Engine>;
}

/**
 * What clusters tensors: kernels of webgpu, all k at once, or operations of tfjs, one k after the other.
 *
 * @param points       [n, d]. Not disposed.
 * @param accumulation where composed operations are to sum; they then do the work.
 */
export function openTensorEngines(points: tf.Tensor2D, nClusters: readonly number[], nInit: number, accumulation: Accumulation | undefined, read: ReadBack): TensorEngine[] {
  const gpu = gpuBackend();
  if (gpu !== undefined && accumulation === undefined) return [{ ks: nClusters, open: () => createWebgpuEngine(points, nClusters, nInit, gpu, read) }];
  return nClusters.map((k) => ({ ks: [k], open: () => createComposedEngine(points, k, nInit, accumulation ?? chooseAccumulation(), read) }));
}
