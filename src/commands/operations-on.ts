import * as tf from '@tensorflow/tfjs-core';
import type { Device } from '../device/device.js';

/** What does the work of an operation on a backend. */
export interface OperationChoice {
  /** In words for people: 'features of a sound', 'k-means'. */
  readonly operation: string;
  /** 'own kernel', or 'composed' where it is put together from TensorFlow.js's operations. */
  readonly implementation: string;
}

/** Which operations have a kernel of our own on a device, and which are composed of TensorFlow.js's: a plan makes the same choice. */
export function operationsOn({ backend, trackKernel, crew }: Device): OperationChoice[] {
  const registered = new Set(tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName));
  // There the kernels register themselves when they are first used.
  const onGpu = backend === 'webgpu';
  const by = (own: boolean): string => (own ? 'own kernel' : 'composed');
  return [
    { operation: 'features', implementation: by(trackKernel !== undefined || onGpu) },
    { operation: 'power spectrum', implementation: by(registered.has('SoundkinPowerSpectrogram')) },
    { operation: 'k-means', implementation: by(crew !== undefined || onGpu) },
    { operation: 'silhouette', implementation: by(crew !== undefined) },
  ];
}
