import * as tf from '@tensorflow/tfjs-core';
import { gpuBackend } from '../../web-gpu.js';
import { spectrumSupports } from './wasm/power-frames.js';
import { gpuSpectrumSupports } from './webgpu/spectrum-code.js';

/** The operation's name among TensorFlow.js's kernels. */
export const POWER_SPECTROGRAM = 'SoundkinPowerSpectrogram';

/** What the kernel is told besides the signal. */
export interface PowerSpectrogramAttrs {
  readonly nFft: number;
  /** Of the Hann window, centred in the frame. */
  readonly winLength: number;
  readonly hopLength: number;
  /** Whether frame t is centred on sample t * hopLength, with zeros around the signal, rather than begin there. */
  readonly center: boolean;
}

/** Whether the current backend has a kernel for it that transforms frames of this length. */
export function hasPowerSpectrogram(nFft: number): boolean {
  if (tf.getKernel(POWER_SPECTROGRAM, tf.getBackend()) === undefined) return false;
  const gpu = gpuBackend();
  return gpu === undefined ? spectrumSupports(nFft) : gpuSpectrumSupports(nFft, gpu);
}

/**
 * Power spectra of a signal by the backend's own kernel; `powerSpectrum` in ../stft.ts defines it.
 *
 * @param signal [batch, samples], float32. Not disposed.
 * @returns      [batch, frames, bins], linear. The caller disposes it.
 */
export function runPowerSpectrogram(signal: tf.Tensor2D, attrs: PowerSpectrogramAttrs): tf.Tensor3D {
  return tf.engine().runKernel(POWER_SPECTROGRAM, { signal }, { ...attrs });
}
