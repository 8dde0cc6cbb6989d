import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Device } from './device.js';

/** WebAssembly with SIMD, one thread. */
export async function openWasm(): Promise<Device> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  const folder = join(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist');
  setWasmPaths(folder + sep);
  if (!(await tf.setBackend('wasm'))) throw new Error('WebAssembly did not start');
  await tf.ready();
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  return { backend: 'wasm', description: `WebAssembly${simd ? ' with SIMD' : ''}, one thread`, isGpu: false, framesPerBatch: 256 };
}
