import { SoundkinError } from '../errors.js';
import { classifyFault } from './classify-fault.js';
import { BACKENDS, type BackendName, type Device, type OpenBackend } from './device.js';
import { inShort } from './in-short.js';
import { takeFault } from './take-fault.js';
import { openTensorflow } from './tensorflow.js';
import { vulkanFault } from './vulkan-drivers.js';
import { openWasmKernels } from './wasm-kernels.js';

/** Why a backend is not the one in use. */
export interface Refusal {
  readonly backend: BackendName;
  readonly reason: string;
}

/** Adapters that run on the CPU are for tests, which ask for them by this variable. */
const allowSoftware = (): boolean => process.env['SOUNDKIN_SOFTWARE_GPU'] === '1';

/** TensorFlow.js takes long to load: it is left out where a backend is refused without it, or opened for its kernels alone. */
const OPEN: Readonly<Record<BackendName, OpenBackend>> = {
  webgpu: async () => {
    const missing = vulkanFault();
    if (missing !== undefined) throw new Error(missing);
    const [{ openWebgpu }, { quieten }] = await Promise.all([import('./webgpu.js'), import('./tensors.js')]);
    quieten();
    return openWebgpu(allowSoftware());
  },
  tensorflow: openTensorflow,
  wasm: () => openWasm(),
  cpu: async () => (await import('./cpu.js')).openCpu(),
};

async function openWasm(workers?: number): Promise<Device> {
  return (await import('./wasm.js')).openWasm(workers);
}

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
  try {
    return await openChecked(backend, opening);
  } catch (error) {
    if (classifyFault(error) !== 'device-lost') throw error;
    // It was open before, and was lost since: a fresh one may do.
    await forget(backend);
    return openChecked(backend, opening);
  }
}

async function openChecked(backend: BackendName, opening: OpenBackend): Promise<Device> {
  const device = await opening();
  const [{ watchDevice }, { selfCheck }] = await Promise.all([import('./device-faults.js'), import('./self-check.js')]);
  watchDevice(backend);
  const wrong = await selfCheck();
  const fault = takeFault();
  if (fault !== undefined) throw fault;
  if (wrong !== undefined) {
    throw new SoundkinError('DEVICE_WRONG_NUMBERS', `device: expected ${backend} (${device.description}) to compute, but ${wrong}. Use another --backend, or mend its driver.`);
  }
  return device;
}

/** How a backend is opened. */
export interface OpenOptions {
  /** Threads that share its work, where it has such; default as many as there are processors. */
  readonly workers?: number | undefined;
  /** Kernels of our own will do the work, perhaps all of it: 'wasm' then opens without TensorFlow.js. Default false. */
  readonly kernelsOnly?: boolean;
}

/**
 * Opens a backend: the one named, or with 'auto' the fastest that opens and computes rightly here.
 *
 * @returns the device, and why each faster one was passed over.
 * @throws DEVICE_UNAVAILABLE when the backend named does not open, DEVICE_WRONG_NUMBERS when it computes wrongly.
 */
export async function openDevice(choice: BackendName | 'auto' = 'auto', options: OpenOptions = {}): Promise<{ device: Device; refused: Refusal[] }> {
  if (choice !== 'auto') {
    try {
      return { device: await openEither(choice, OPEN[choice], options), refused: [] };
    } catch (error) {
      if (error instanceof SoundkinError) throw error;
      throw new SoundkinError(
        'DEVICE_UNAVAILABLE',
        `device: expected the backend ${choice} to open, but ${inShort(error)}. Leave --backend out, or see \`soundkin doctor\`.`,
        { cause: error },
      );
    }
  }
  return openFirst(AUTO, options);
}

function openEither(backend: BackendName, opening: OpenBackend, { workers, kernelsOnly = false }: OpenOptions): Promise<Device> {
  if (backend !== 'wasm') return open(backend, opening);
  const openWhole = (): Promise<Device> => open(backend, () => openWasm(workers));
  return kernelsOnly ? openWasmKernels(workers).then((device) => ({ ...device, openTensors: async () => void (await openWhole()) })) : openWhole();
}

/** The first of some backends that opens, and why those before it did not. */
async function openFirst(candidates: typeof AUTO, options: OpenOptions = {}): Promise<{ device: Device; refused: Refusal[] }> {
  const refused: Refusal[] = [];
  for (const [backend, opening] of candidates) {
    try {
      return { device: await openEither(backend, opening, options), refused };
    } catch (error) {
      refused.push({ backend, reason: inShort(error) });
    }
  }
  throw new SoundkinError('DEVICE_UNAVAILABLE', `device: expected a backend that opens, got none${refused.length === 0 ? '' : ` (${refused.map((r) => `${r.backend}: ${r.reason}`).join('; ')})`}. Install Soundkin anew.`);
}

/**
 * Opens what comes after a backend in the order of 'auto', for work that it cannot go on with.
 *
 * @throws DEVICE_UNAVAILABLE when nothing is left.
 */
export async function openNext(backend: BackendName): Promise<Device> {
  return (await openFirst(AUTO.slice(AUTO.findIndex(([name]) => name === backend) + 1))).device;
}

/**
 * Opens a backend anew: what was on its device is lost.
 *
 * @throws whatever stops it, DEVICE_WRONG_NUMBERS among others.
 */
export async function reopen(backend: BackendName): Promise<Device> {
  await forget(backend);
  return open(backend);
}

/** Takes down a backend's instance; see `forgetBackend`. */
export async function forget(backend: BackendName): Promise<void> {
  (await import('./forget-backend.js')).forgetBackend(backend);
}

/** Tries every backend in turn: what `soundkin doctor` shows. */
export async function probeDevices(): Promise<({ backend: BackendName; device: Device } | Refusal)[]> {
  const found: ({ backend: BackendName; device: Device } | Refusal)[] = [];
  for (const backend of BACKENDS) {
    try {
      found.push({ backend, device: await open(backend) });
    } catch (error) {
      found.push({ backend, reason: inShort(error) });
    }
  }
  return found;
}
