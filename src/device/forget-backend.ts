import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from './device.js';

interface Instance {
  dispose(): void;
  disposeData(): boolean;
}

/**
 * Takes down a backend's instance, so that the next opening makes a fresh one. Tensors that were on it are lost; disposing them later does no harm.
 */
export function forgetBackend(backend: BackendName): void {
  const factory = tf.findBackendFactory(backend);
  if (factory === null || factory === undefined) return;
  // Looked up where it is kept: TensorFlow.js's own function would open what is not open.
  const instance = (tf.engine() as unknown as { readonly registry: Readonly<Record<string, Instance>> }).registry[backend];
  try {
    tf.removeBackend(backend);
  } catch {
    // A program that ended itself cannot be taken down: it is left as it is.
    if (instance !== undefined) instance.dispose = () => undefined;
    tf.removeBackend(backend);
  }
  // TensorFlow.js hands later disposals to the instance that it has forgotten.
  if (instance !== undefined) instance.disposeData = () => true;
  tf.registerBackend(backend, factory);
}
