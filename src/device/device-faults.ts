import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from './device.js';
import { takeFaultsFrom } from './take-fault.js';

/** The part of WebGPU's device that tells of faults. */
interface GpuDevice {
  readonly lost: Promise<{ readonly reason?: string; readonly message: string }>;
  addEventListener(type: 'uncapturederror', listener: (event: { readonly error: Error; preventDefault?(): void }) => void): void;
}

interface Watch {
  /** The first fault that nobody has asked for yet. */
  fault: Error | undefined;
}

const watches = new WeakMap<object, Watch>();

/**
 * Watches the current backend for faults that do not show in its results.
 *
 * On `webgpu` a buffer that could not be had gives zeros, and the error comes as an event; so does the loss of the device. On `wasm` an allocation that fails
 * gives the address 0, which everything after would write over.
 */
export function watchDevice(backend: BackendName): void {
  takeFaultsFrom(takeFromCurrent);
  const instance = tf.backend() as object;
  if (watches.has(instance)) return;
  const watch: Watch = { fault: undefined };
  watches.set(instance, watch);
  if (backend === 'webgpu') watchGpu((instance as { device: GpuDevice }).device, watch);
  if (backend === 'wasm') refuseAddressZero((instance as { wasm: WasmProgram }).wasm);
}

function watchGpu(device: GpuDevice, watch: Watch): void {
  // A lost device is the cause of every other complaint that follows.
  device.lost.then(({ reason, message }) => (watch.fault = new Error(`the device was lost: ${message || reason || 'no reason given'}`)), () => undefined);
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault?.();
    watch.fault ??= event.error;
  });
}

interface WasmProgram {
  _malloc(bytes: number): number;
  _free(address: number): void;
}

function refuseAddressZero(program: WasmProgram): void {
  // Emscripten puts the real function in the place of a first one when that is called.
  program._free(program._malloc(8));
  const malloc = program._malloc;
  program._malloc = (bytes) => {
    const address = malloc(bytes);
    if (address === 0 && bytes > 0) throw new Error(`WebAssembly is out of memory: ${bytes} bytes more were asked for`);
    return address;
  };
}

/** `takeFault` for whatever backend is current when it is asked. */
function takeFromCurrent(): Error | undefined {
  const watch = tf.getBackend() ? watches.get(tf.backend() as object) : undefined;
  const fault = watch?.fault;
  if (watch !== undefined) watch.fault = undefined;
  return fault;
}
