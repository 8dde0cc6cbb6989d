import { readFile } from 'node:fs/promises';
import { SoundkinError } from '../errors.js';
import { webAssembly, type WasmModule } from '../web-assembly.js';
import { createCrew } from './crew.js';
import type { Device } from './device.js';

/**
 * What measuring and clustering need of the backend wasm, without TensorFlow.js, which takes longer to start than fifty sounds to measure. Nothing is checked:
 * WebAssembly gives the same numbers everywhere.
 */
export async function openWasmKernels(workers?: number): Promise<Device> {
  const [trackKernel, pointKernel] = await Promise.all([loadKernel('features/kernels/wasm/track.wasm'), loadKernel('kmeans/kernels/wasm/points.wasm')]);
  return { backend: 'wasm', description: 'WebAssembly with SIMD, own kernels', isGpu: false, framesPerBatch: 64, trackKernel, crew: createCrew(pointKernel, workers) };
}

/** Built beside the compiled module; a run from the sources finds it in dist. */
const PLACES = ['../', '../../dist/'];

/**
 * A kernel that was built into dist, compiled.
 *
 * @param path below dist.
 * @throws INTERNAL when it is not there.
 */
export async function loadKernel(path: string): Promise<WasmModule> {
  for (const place of PLACES) {
    const bytes = await readFile(new URL(place + path, import.meta.url)).catch(() => undefined);
    if (bytes !== undefined) return new webAssembly.Module(bytes);
  }
  throw new SoundkinError('INTERNAL', `device: expected ${path} beside the program, found none. Build or install Soundkin again.`);
}
