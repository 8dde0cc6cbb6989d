import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { SoundkinError } from '../errors.js';
import { webAssembly, type WasmModule } from '../web-assembly.js';
import type { Device } from './device.js';

/** WebAssembly with SIMD, one thread. */
export async function openWasm(): Promise<Device> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  const folder = join(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist');
  setWasmPaths(folder + sep);
  if (!(await tf.setBackend('wasm'))) throw new Error('WebAssembly did not start');
  await tf.ready();
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  return { backend: 'wasm', description: `WebAssembly${simd ? ' with SIMD' : ''}, own feature kernel, one thread`, isGpu: false, framesPerBatch: 1, trackKernel: await loadTrackKernel() };
}

/** Built beside the compiled module; a run from the sources finds it in dist. */
const PLACES = ['../features/kernels/wasm/track.wasm', '../../dist/features/kernels/wasm/track.wasm'];

async function loadTrackKernel(): Promise<WasmModule> {
  for (const place of PLACES) {
    const bytes = await readFile(new URL(place, import.meta.url)).catch(() => undefined);
    if (bytes !== undefined) return new webAssembly.Module(bytes);
  }
  throw new SoundkinError('INTERNAL', 'device: expected track.wasm beside the program, found none. Build or install Soundkin again.');
}
