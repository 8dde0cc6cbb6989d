import { tensor2d } from '@tensorflow/tfjs-core';
import type { Engine } from './engine.js';
import type { ReadBack } from './read-back.js';
import { openTensorEngines } from './tensor-engines.js';

/** An engine of tensors for one block of points, [rows * nFeatures]. Its dispose frees the points as well. */
export async function openBlockEngine(values: Float32Array, nFeatures: number, nClusters: number, read: ReadBack): Promise<Engine> {
  const points = tensor2d(values, [values.length / nFeatures, nFeatures]);
  try {
    const engine = await openTensorEngines(points, [nClusters], 1, undefined, read)[0]!.open();
    const dispose = (): void => {
      engine.dispose();
      points.dispose();
    };
    return { ...engine, dispose };
  } catch (error) {
    points.dispose();
    throw error;
  }
}
