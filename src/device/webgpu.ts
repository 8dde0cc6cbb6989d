import * as tf from '@tensorflow/tfjs-core';
import { checkGpuKernels } from '../tensor-dsp/kernels/webgpu/check-kernels.js';
import { registerWebgpuKernels } from '../tensor-dsp/kernels/webgpu/register-webgpu-kernels.js';
import type { Device } from './device.js';
import { vulkanFault } from './vulkan-drivers.js';

interface Adapter {
  readonly info: { readonly vendor: string; readonly architecture: string; readonly device: string; readonly description: string; readonly isFallbackAdapter?: boolean };
}

/** Every instance of Dawn that was made: one that is collected takes the devices that came from it along, and the process crashes. */
const opened: object[] = [];

/**
 * The graphics processor through Dawn (the npm package `webgpu`): Vulkan, Metal or Direct3D 12.
 *
 * @param allowSoftware also take an adapter that runs on the CPU. It is slower than wasm, so only tests want one.
 */
export async function openWebgpu(allowSoftware = false): Promise<Device> {
  const missing = vulkanFault();
  if (missing !== undefined) throw new Error(missing);
  const { create, globals } = await dawn();
  Object.assign(globalThis, globals);
  // Node 21 and later have a navigator of their own that takes no assignment.
  const host = globalThis as { navigator?: object };
  if (host.navigator === undefined) Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  const gpu = create([]);
  opened.push(gpu);
  Object.defineProperty(host.navigator, 'gpu', { value: gpu, configurable: true });

  const adapter = (await gpu.requestAdapter({ powerPreference: 'high-performance' })) as Adapter | null;
  if (adapter === null) throw new Error('no graphics adapter: neither Vulkan, Metal nor Direct3D 12 offers one');
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const name = [vendor, architecture, device, description].filter((part) => part !== '').join(' ') || 'an adapter without a name';
  if (!allowSoftware && (isFallbackAdapter === true || isSoftware(name))) throw new Error(`only a software adapter (${name}), which is slower than wasm`);

  // The backend looks for navigator.gpu when it is imported, so it must not be imported sooner.
  await import('@tensorflow/tfjs-backend-webgpu');
  if (!(await tf.setBackend('webgpu'))) throw new Error(`the adapter (${name}) gave no device`);
  await tf.ready();
  registerWebgpuKernels();
  // Programs for the CPU take a second to compile our kernels, and are opened by tests alone, which hold them to librosa's values.
  const fault = isSoftware(name) ? undefined : await checkGpuKernels();
  if (fault !== undefined) throw new Error(`${fault} on the adapter (${name})`);
  return { backend: 'webgpu', description: name, isGpu: !isSoftware(name), framesPerBatch: isSoftware(name) ? SOFTWARE_FRAMES : framesThatFit() };
}

/** Frames of a batch on an adapter that is a program: it gains nothing from more. */
const SOFTWARE_FRAMES = 64;
/** Enough to keep the largest card busy for milliseconds, with an eighth of a gigabyte in use. */
const MOST_FRAMES = 32_768;
/** Bytes a frame has in the largest buffer of the feature kernels, rounded up: a default frame's row, or its samples. */
const FRAME_BYTES = 2048;

/** The largest power of two of frames whose buffers the adapter binds: WebGPU promises 128 MiB, small devices have no more. */
function framesThatFit(): number {
  const { maxStorageBufferBindingSize, maxBufferSize } = (tf.backend() as unknown as { readonly device: { readonly limits: { readonly maxStorageBufferBindingSize: number; readonly maxBufferSize: number } } }).device.limits;
  return Math.min(MOST_FRAMES, 2 ** Math.floor(Math.log2(Math.min(maxStorageBufferBindingSize, maxBufferSize) / FRAME_BYTES)));
}

/** Adapters that are programs for the CPU: SwiftShader, Mesa's lavapipe, Microsoft's WARP. */
function isSoftware(name: string): boolean {
  return /swiftshader|llvmpipe|lavapipe|basic render|warp/i.test(name);
}

interface Dawn {
  create(options: string[]): { requestAdapter(options: object): Promise<unknown> };
  globals: object;
}

async function dawn(): Promise<Dawn> {
  try {
    return (await import('webgpu')) as unknown as Dawn;
  } catch (error) {
    throw new Error(`the npm package webgpu does not load (${(error as Error).message.split('\n')[0]})`, { cause: error });
  }
}
