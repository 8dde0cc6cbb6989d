import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { SoundkinError } from '../errors.js';
import { registerWasmKernels } from '../tensor-dsp/kernels/wasm/register-wasm-kernels.js';
import { webAssembly, type WasmModule } from '../web-assembly.js';
import { createCrew } from './crew.js';
import type { Device } from './device.js';

/**
 * What measuring needs of this backend, without TensorFlow.js, which takes longer to start than fifty sounds to measure. Nothing is checked: WebAssembly gives the
 * same numbers everywhere.
 */
export async function openWasmKernels(workers?: number): Promise<Device> {
  return { backend: 'wasm', description: 'WebAssembly with SIMD, own kernels', isGpu: false, framesPerBatch: 64, trackKernel: await loadTrackKernel(), crew: createCrew(await loadKernel('kmeans/kernels/wasm/points.wasm'), workers) };
}

/** WebAssembly with SIMD: features on this thread, k-means and scores on a crew of threads that start when they are first needed. */
export async function openWasm(workers?: number): Promise<Device> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  const folder = join(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist');
  setWasmPaths(folder + sep);
  if (!(await tf.setBackend('wasm'))) throw new Error('WebAssembly did not start');
  await tf.ready();
  const device = await openWasmKernels(workers);
  registerWasmKernels(device.trackKernel!);
  return device;
}

/** Built beside the compiled module; a run from the sources finds it in dist. */
const PLACES = ['../', '../../dist/'];

async function loadKernel(path: string): Promise<WasmModule> {
  for (const place of PLACES) {
    const bytes = await readFile(new URL(place + path, import.meta.url)).catch(() => undefined);
    if (bytes !== undefined) return new webAssembly.Module(bytes);
  }
  throw new SoundkinError('INTERNAL', `device: expected ${path} beside the program, found none. Build or install Soundkin again.`);
}

function loadTrackKernel(): Promise<WasmModule> {
  return loadKernel('features/kernels/wasm/track.wasm');
}
