import type { Device } from './device.js';
import { useBackend } from './tensors.js';

/** Plain JavaScript: opens everywhere, accumulates in float64, and is slow. */
export async function openCpu(): Promise<Device> {
  await import('@tensorflow/tfjs-backend-cpu');
  await useBackend('cpu');
  return { backend: 'cpu', description: 'plain JavaScript, one thread', isGpu: false, framesPerBatch: 64 };
}
