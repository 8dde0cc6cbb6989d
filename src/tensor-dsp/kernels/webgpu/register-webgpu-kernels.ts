import * as tf from '@tensorflow/tfjs-core';
import { runGpuProgram, type GpuBackend, type GpuProgram } from '../../../web-gpu.js';
import { POWER_SPECTROGRAM, type PowerSpectrogramAttrs } from '../power-spectrogram.js';
import { spectrumLayout } from './spectrum-code.js';
import { spectrumTables, type SpectrumOffsets } from './spectrum-tables.js';

/** A transform made ready: its program, and its tables on the device. */
interface Transform {
  readonly program: GpuProgram;
  readonly floats: tf.TensorInfo;
}

/** Transforms whose tables are kept. */
const MOST_KEPT = 4;
/** Workgroups side by side at most, a frame each: WebGPU counts 65 535 in each direction. */
const MOST_ACROSS = 1024;

/** By backend: a device that is lost takes its tables along. */
const kept = new WeakMap<GpuBackend, Map<string, Transform>>();

/**
 * Registers with TensorFlow.js's webgpu backend the kernels of ours that stand for an operation by themselves: those of whole sounds and of k-means register when they are first used.
 * Where they are registered already, they stay.
 */
export function registerWebgpuKernels(): void {
  if (tf.getKernel(POWER_SPECTROGRAM, 'webgpu') !== undefined) return;
  tf.registerKernel({
    kernelName: POWER_SPECTROGRAM,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { nFft, winLength, hopLength, center } = attrs as unknown as PowerSpectrogramAttrs;
      const gpu = backend as unknown as GpuBackend;
      const signal = inputs['signal'] as tf.TensorInfo;
      const [batch, samples] = signal.shape as [number, number];
      const frames = 1 + Math.floor((samples - (center ? 0 : nFft)) / hopLength);
      const { program, floats } = transformFor(gpu, nFft, winLength);
      const count = batch * frames;
      const down = Math.ceil(count / MOST_ACROSS);
      const across = Math.ceil(count / down);
      return runGpuProgram(gpu, POWER_SPECTROGRAM, { samples: signal, floats }, {
        program,
        workgroups: [across, down],
        shape: [batch, frames, nFft / 2 + 1],
        uniforms: [samples, hopLength, center ? -nFft / 2 : 0, frames, count, across],
      });
    },
  });
}

function transformFor(gpu: GpuBackend, nFft: number, winLength: number): Transform {
  let transforms = kept.get(gpu);
  if (transforms === undefined) kept.set(gpu, (transforms = new Map()));
  const key = `${nFft} ${winLength}`;
  const found = transforms.get(key);
  if (found !== undefined) return found;
  if (transforms.size === MOST_KEPT) {
    const [oldest, { floats }] = transforms.entries().next().value!;
    transforms.delete(oldest);
    gpu.disposeData(floats.dataId);
  }
  const made = createTransform(gpu, nFft, winLength);
  transforms.set(key, made);
  return made;
}

function createTransform(gpu: GpuBackend, nFft: number, winLength: number): Transform {
  const tables = spectrumTables(nFft, winLength);
  const floats: number[] = [];
  const at: Record<string, number> = {};
  for (const [name, table] of Object.entries(tables) as [string, Float64Array][]) {
    at[name] = floats.length;
    for (const value of table) floats.push(value);
  }
  const { workgroupSize, code } = spectrumLayout(nFft, at as SpectrumOffsets, false);
  return {
    // One program for all windows: they differ in what the tables hold.
    program: { key: `${POWER_SPECTROGRAM}/${nFft}`, inputs: ['samples', 'floats'], uniforms: ['nSamples', 'hop', 'origin', 'nFrames', 'nAll', 'across'], workgroupSize, code: code + KERNEL },
    // Known to the backend alone: nobody's tidy disposes it.
    floats: gpu.makeTensorInfo([floats.length], 'float32', Float32Array.from(floats)),
  };
}

const KERNEL = `
fn kernel() {
  let t = i32(localIndex);
  // Workgroups beyond the last frame make it again: all must meet at the barriers.
  let row = min(i32(workgroupId.y) * uniforms.across + i32(workgroupId.x), uniforms.nAll - 1);
  let first = uniforms.origin + (row % uniforms.nFrames) * uniforms.hop;
  var own : array<f32, PER>;
  _ = spectrum(t, first, (row / uniforms.nFrames) * uniforms.nSamples, uniforms.nSamples, &own);
  for (var i = 0; i < PER; i++) {
    let k = t + i * W;
    if (k < M) { result[row * (M + 1) + k] = own[i]; }
  }
  if (t == 0) { result[row * (M + 1) + M] = work[M]; }
}
`;
