import * as tf from '@tensorflow/tfjs-core';
import type { Device } from './device.js';

/** Plain JavaScript: opens everywhere, accumulates in float64, and is slow. */
export async function openCpu(): Promise<Device> {
  await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  await tf.ready();
  return { backend: 'cpu', description: 'plain JavaScript, one thread', isGpu: false, framesPerBatch: 64 };
}
