import * as tf from '@tensorflow/tfjs-core';
import type { WasmModule } from '../../../web-assembly.js';
import { hannWindow } from '../../tables/window.js';
import { POWER_SPECTROGRAM, type PowerSpectrogramAttrs } from '../power-spectrogram.js';
import { createPowerFrames, type PowerFrames } from './power-frames.js';

/** The part of TensorFlow.js's wasm backend that is used here. */
interface WasmBackend {
  makeOutput(shape: number[], dtype: 'float32'): tf.TensorInfo;
  /** A view, good until something is allocated. */
  typedArrayFromHeap(info: tf.TensorInfo): Float32Array;
}

/** Transforms whose tables are kept. */
const MOST_KEPT = 4;

/**
 * Registers kernels of our own with TensorFlow.js's wasm backend, under names of their own: stock kernels stay as they are.
 *
 * @param module compiled from features/kernels/wasm/assembly. Where kernels are registered already, they stay.
 */
export function registerWasmKernels(module: WasmModule): void {
  if (tf.getKernel(POWER_SPECTROGRAM, 'wasm') !== undefined) return;
  const kept = new Map<string, PowerFrames>();
  const transformFor = (nFft: number, winLength: number): PowerFrames => {
    const key = `${nFft} ${winLength}`;
    const found = kept.get(key);
    if (found !== undefined) return found;
    const made = createPowerFrames(module, hannWindow(nFft, winLength));
    if (kept.size === MOST_KEPT) kept.delete(kept.keys().next().value!);
    kept.set(key, made);
    return made;
  };
  tf.registerKernel({
    kernelName: POWER_SPECTROGRAM,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { nFft, winLength, hopLength, center } = attrs as unknown as PowerSpectrogramAttrs;
      const wasm = backend as unknown as WasmBackend;
      const signal = inputs['signal'] as tf.TensorInfo;
      const [batch, samples] = signal.shape as [number, number];
      const nBins = nFft / 2 + 1;
      const frames = 1 + Math.floor((samples - (center ? 0 : nFft)) / hopLength);
      const output = wasm.makeOutput([batch, frames, nBins], 'float32');
      // Once the output has its place, nothing moves the memory: the transform has one of its own.
      const [from, to] = [wasm.typedArrayFromHeap(signal), wasm.typedArrayFromHeap(output)];
      const transform = transformFor(nFft, winLength);
      for (let b = 0; b < batch; b++) {
        transform.measure(from.subarray(b * samples, (b + 1) * samples), center ? -nFft / 2 : 0, hopLength, frames, to.subarray(b * frames * nBins, (b + 1) * frames * nBins));
      }
      return output;
    },
  });
}
