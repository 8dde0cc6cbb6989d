import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { messageOf } from '../errors.js';
import type { Device } from './device.js';
import { isInstalled, loadTensorflow, type TensorflowPackageName } from './tensorflow-package.js';

const PACKAGES: readonly TensorflowPackageName[] = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

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
  // All of the card's memory is taken otherwise, whatever else runs on it.
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';

  // CUDA's libraries complain on the terminal where their driver is missing, so there they are the last to be tried.
  const driverless = lacksDriver();
  const names = gpuOnly ? PACKAGES.slice(0, 1) : driverless ? [...PACKAGES].reverse() : PACKAGES;
  const reasons: string[] = [];
  for (const name of names) {
    try {
      if (gpuOnly && driverless && isInstalled(name)) throw new Error(`${name} finds no GPU: ${whyNoGpu()}`);
      if (driverless && name.endsWith('-gpu')) process.env['TF_CPP_MIN_LOG_LEVEL'] = '3';
      const loaded = await loadTensorflow(name);
      const { currentBackend, useBackend } = await import('./tensors.js');
      if (!(await useBackend('tensorflow'))) throw new Error(`${name}: TensorFlow did not start`);
      const version = loaded.version?.['tfjs-node'];
      const isGpu = (currentBackend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
      if (gpuOnly && !isGpu) throw new Error(`${name} finds no GPU: ${whyNoGpu()}`);
      const idle = name.endsWith('-gpu') && !isGpu ? `, on the CPU: ${whyNoGpu()}` : isGpu ? ', on the GPU' : '';
      return { backend: 'tensorflow', description: `TensorFlow through ${name}${version === undefined ? '' : ` ${version}`}${idle}`, isGpu, framesPerBatch: isGpu ? 4096 : 512 };
    } catch (error) {
      reasons.push(messageOf(error));
    }
  }
  throw new Error(`${reasons.join('; ')}${gpuOnly ? '; on the CPU wasm is faster' : ''}`);
}

/** As far as can be told without a CUDA call of our own. */
function whyNoGpu(): string {
  if (process.env['CUDA_VISIBLE_DEVICES'] === '' || process.env['CUDA_VISIBLE_DEVICES'] === '-1') return 'CUDA_VISIBLE_DEVICES hides it';
  if (lacksDriver()) return "NVIDIA's driver is not running here";
  return "its CUDA libraries do not load, or do not suit NVIDIA's driver";
}

/** Whether NVIDIA's driver is known to be missing: on Linux it shows its files, on Windows' Linux another. */
function lacksDriver(): boolean {
  return process.platform === 'linux' && !['/proc/driver/nvidia/version', '/dev/nvidiactl', '/dev/dxg'].some((path) => existsSync(path));
}
