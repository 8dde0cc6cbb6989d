import * as tf from '@tensorflow/tfjs-core';
import { messageOf, SoundkinError } from '../errors.js';
import { openCpu } from './cpu.js';
import { BACKENDS, type BackendName, type Device, type OpenBackend } from './device.js';
import { selfCheck } from './self-check.js';
import { openTensorflow } from './tensorflow.js';
import { openWasm } from './wasm.js';
import { openWebgpu } from './webgpu.js';

/** Why a backend is not the one in use. */
export interface Refusal {
  readonly backend: BackendName;
  readonly reason: string;
}

/** Adapters that run on the CPU are for tests, which ask for them by this variable. */
const allowSoftware = (): boolean => process.env['SOUNDKIN_SOFTWARE_GPU'] === '1';

const OPEN: Readonly<Record<BackendName, OpenBackend>> = {
  webgpu: () => openWebgpu(allowSoftware()),
  tensorflow: openTensorflow,
  wasm: openWasm,
  cpu: openCpu,
};

/** What 'auto' tries, fastest first: TensorFlow only with a GPU, since on a CPU the feature kernel of wasm is some twenty times as fast. */
const AUTO: readonly (readonly [BackendName, OpenBackend])[] = [
  ['webgpu', OPEN.webgpu],
  ['tensorflow', () => openTensorflow(true)],
  ['wasm', OPEN.wasm],
  ['cpu', OPEN.cpu],
];

/** Whether 'auto' would take a device, once the faster ones are refused. */
export function suitsAuto(device: Device): boolean {
  return device.backend !== 'tensorflow' || device.isGpu;
}

async function open(backend: BackendName, opening: OpenBackend = OPEN[backend]): Promise<Device> {
  // Also keeps the backends from writing advice to the terminal.
  tf.enableProdMode();
  const device = await opening();
  const fault = await selfCheck();
  if (fault !== undefined) {
    throw new SoundkinError('DEVICE_WRONG_NUMBERS', `device: expected ${backend} (${device.description}) to compute, but ${fault}. Use another --backend, or mend its driver.`);
  }
  return device;
}

/**
 * Opens a backend: the one named, or with 'auto' the fastest that opens and computes rightly here.
 *
 * @returns the device, and why each faster one was passed over.
 * @throws DEVICE_UNAVAILABLE when the backend named does not open, DEVICE_WRONG_NUMBERS when it computes wrongly.
 */
export async function openDevice(choice: BackendName | 'auto' = 'auto'): Promise<{ device: Device; refused: Refusal[] }> {
  if (choice !== 'auto') {
    try {
      return { device: await open(choice), refused: [] };
    } catch (error) {
      if (error instanceof SoundkinError) throw error;
      throw new SoundkinError(
        'DEVICE_UNAVAILABLE',
        `device: expected the backend ${choice} to open, but ${messageOf(error)}. Leave --backend out, or see \`soundkin doctor\`.`,
        { cause: error },
      );
    }
  }
  const refused: Refusal[] = [];
  for (const [backend, opening] of AUTO) {
    try {
      return { device: await open(backend, opening), refused };
    } catch (error) {
      refused.push({ backend, reason: messageOf(error) });
    }
  }
  throw new SoundkinError('DEVICE_UNAVAILABLE', `device: expected a backend that opens, got none (${refused.map((r) => `${r.backend}: ${r.reason}`).join('; ')}). Install Soundkin anew.`);
}

/** Tries every backend in turn: what `soundkin doctor` shows. */
export async function probeDevices(): Promise<({ backend: BackendName; device: Device } | Refusal)[]> {
  const found: ({ backend: BackendName; device: Device } | Refusal)[] = [];
  for (const backend of BACKENDS) {
    try {
      found.push({ backend, device: await open(backend) });
    } catch (error) {
      found.push({ backend, reason: messageOf(error) });
    }
  }
  return found;
}
