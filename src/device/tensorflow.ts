import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import type { Device } from './device.js';

const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

interface TensorFlowPackage {
  readonly version?: { readonly 'tfjs-node'?: string };
}

/**
 * TensorFlow's own C library through @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node, whichever opens first.
 *
 * @param gpuOnly refuse one that computes on the CPU, before it is loaded where that can be told.
 */
export async function openTensorflow(gpuOnly = false): Promise<Device> {
  // tfjs-node 4.22 still calls a function that Node 23 dropped.
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  // oneDNN announces itself on the terminal, and gains nothing measurable on products this thin.
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '0';
  // Ampere and later would multiply with 10-bit mantissas, which is not librosa's arithmetic.
  process.env['NVIDIA_TF32_OVERRIDE'] ??= '0';

  const reasons: string[] = [];
  for (const name of gpuOnly ? PACKAGES.slice(0, 1) : PACKAGES) {
    try {
      const loaded = (await import(name)) as TensorFlowPackage;
      if (!(await tf.setBackend('tensorflow'))) throw new Error('TensorFlow did not start');
      await tf.ready();
      const version = loaded.version?.['tfjs-node'];
      const isGpu = (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
      if (gpuOnly && !isGpu) throw new Error('computes on the CPU here');
      return { backend: 'tensorflow', description: `TensorFlow through ${name}${version === undefined ? '' : ` ${version}`}`, isGpu, framesPerBatch: isGpu ? 4096 : 512 };
    } catch (error) {
      reasons.push(whyNot(name, error));
    }
  }
  throw new Error(`${reasons.join('; ')}${gpuOnly ? ', and on the CPU wasm is faster' : ''}`);
}

/** A package that was never installed is the common case: say that instead of a module resolver's sentence. */
function whyNot(name: string, error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return `${name} is not installed`;
  return `${name}: ${String(message ?? error).split('\n')[0]}`;
}
