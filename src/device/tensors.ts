import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from './device.js';

/** All that opening and keeping devices needs of TensorFlow.js. Loaded by whoever opens a device with tensors, for kernels do without. */

/** Keeps the backends from writing advice to the terminal. */
export function quieten(): void {
  tf.enableProdMode();
}

/** Makes a backend the current one. @returns whether it started. */
export async function useBackend(backend: BackendName): Promise<boolean> {
  quieten();
  if (!(await tf.setBackend(backend))) return false;
  await tf.ready();
  return true;
}

/** The current backend's own object. */
export function currentBackend(): object {
  return tf.backend() as object;
}

/** @returns what disposes the tensors that were made since then. */
export function startScope(): () => void {
  const engine = tf.engine();
  engine.startScope();
  return () => engine.endScope();
}
