import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { registerWasmKernels } from '../tensor-dsp/kernels/wasm/register-wasm-kernels.js';
import type { Device } from './device.js';
import { useBackend } from './tensors.js';
import { openWasmKernels } from './wasm-kernels.js';

/** WebAssembly with SIMD: features on this thread, k-means and scores on a crew of threads that start when they are first needed. */
export async function openWasm(workers?: number): Promise<Device> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  const folder = join(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist');
  setWasmPaths(folder + sep);
  if (!(await useBackend('wasm'))) throw new Error('WebAssembly did not start');
  const device = await openWasmKernels(workers);
  registerWasmKernels(device.trackKernel!);
  return device;
}
