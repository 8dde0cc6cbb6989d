import * as tf from '@tensorflow/tfjs-core';
import { POWER_SPECTROGRAM } from './power-spectrogram.js';

/** What an operation is made with on a backend. */
export interface KernelChoice {
  readonly op: string;
  /** 'composed' of stock operations, or the backend's own 'kernel'. */
  readonly implementation: 'kernel' | 'composed';
}

/** Kernels of our own all begin so: none of TensorFlow.js does. */
const PREFIX = 'Soundkin';

/**
 * Which operations run as kernels of our own on the current backend, and which that could are composed there.
 *
 * A plan makes the same choice when it is created, unless it is told to compose.
 */
export function kernelChoices(): KernelChoice[] {
  const registered = tf
    .getKernelsForBackend(tf.getBackend())
    .map(({ kernelName }) => kernelName)
    .filter((name) => name.startsWith(PREFIX));
  return [...new Set([POWER_SPECTROGRAM, ...registered])].sort().map((name) => ({ op: name.slice(PREFIX.length), implementation: registered.includes(name) ? 'kernel' : 'composed' }));
}
