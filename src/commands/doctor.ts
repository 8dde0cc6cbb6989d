import { existsSync } from 'node:fs';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { decodersHere } from '../decode/index.js';
import type { BackendName, Device } from '../device/device.js';
import { probeDevices, suitsAuto, type Refusal } from '../device/open-device.js';
import { memoryBudget } from '../threads/index.js';
import { VERSION } from '../version.js';
import { operationsOn, type OperationChoice } from './operations-on.js';
import { playerHere } from './play.js';

/** A backend that opened. */
export interface OpenBackend {
  readonly backend: BackendName;
  readonly description: string;
  readonly isGpu: boolean;
  readonly framesPerBatch: number;
  /** Why 'auto' would not take it; null where it would, once the ones before are refused. */
  readonly passedOver: string | null;
  /** What does the work of each operation there. */
  readonly operations: readonly OperationChoice[];
}

export interface DoctorOutcome {
  readonly soundkin: string;
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  /** Threads that decode and measure, unless --workers says otherwise. */
  readonly workers: number;
  readonly memoryGiB: number;
  readonly freeGiB: number;
  /** What sounds in hand may take, unless --memory says otherwise. */
  readonly budgetGiB: number;
  /** Every backend: what it is here, or why it is not. */
  readonly backends: readonly (OpenBackend | Refusal)[];
  /** The one that `--backend auto` takes. */
  readonly auto: BackendName | null;
  /** How to get the others. */
  readonly advice: readonly string[];
  readonly decoders: Awaited<ReturnType<typeof decodersHere>>;
  readonly player: string | null;
}

/** Looks at what this machine offers: backends, decoders, players. */
export async function doctor(): Promise<DoctorOutcome> {
  const probes = await probeDevices();
  const devices = probes.flatMap((probe) => ('device' in probe ? [probe.device] : []));
  return {
    soundkin: VERSION,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    workers: availableParallelism(),
    memoryGiB: gib(Math.min(totalmem(), process.constrainedMemory() || Infinity)),
    freeGiB: gib(Math.min(freemem(), process.availableMemory())),
    budgetGiB: gib(memoryBudget()),
    backends: probes.map((probe) => ('device' in probe ? factsOf(probe.device) : probe)),
    auto: devices.find(suitsAuto)?.backend ?? null,
    advice: adviceFor(devices),
    decoders: await decodersHere(),
    player: await playerHere(),
  };
}

/** Without what only the program uses: compiled kernels, threads. */
function factsOf(device: Device): OpenBackend {
  const { backend, description, isGpu, framesPerBatch } = device;
  return { backend, description, isGpu, framesPerBatch, passedOver: suitsAuto(device) ? null : 'on a CPU wasm is faster', operations: operationsOn(device) };
}

const gib = (bytes: number): number => Math.round((bytes / 2 ** 30) * 10) / 10;

function adviceFor(devices: readonly Device[]): string[] {
  const opened = new Set(devices.map(({ backend }) => backend));
  const hasNvidia = existsSync('/proc/driver/nvidia/version');
  const usesGpu = devices.some(({ isGpu }) => isGpu);
  const advice: string[] = [];
  if (!opened.has('webgpu') && !usesGpu) advice.push("A GPU: webgpu needs a driver with Vulkan (on Debian libvulkan1 and the card's own), Metal or Direct3D 12.");
  if (hasNvidia && !devices.some(({ backend, isGpu }) => backend === 'tensorflow' && isGpu)) advice.push('The NVIDIA card through CUDA: `npx soundkin-setup-tensorflow --gpu`.');
  if (!opened.has('tensorflow')) advice.push('TensorFlow: `npx soundkin-setup-tensorflow` (in a clone `npm run setup:tensorflow`) links it to a Python wheel.');
  return advice;
}
