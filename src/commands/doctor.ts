import { availableParallelism, totalmem } from 'node:os';
import type { BackendName, Device } from '../device/device.js';
import { probeDevices, suitsAuto, type Refusal } from '../device/open-device.js';
import { decodersHere } from '../decode/index.js';
import { VERSION } from '../version.js';
import { playerHere } from './play.js';

export interface DoctorOutcome {
  readonly soundkin: string;
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Every backend: what it is here, or why it is not. */
  readonly backends: readonly ({ readonly backend: BackendName; readonly device: Device } | Refusal)[];
  /** The one that `--backend auto` takes. */
  readonly auto: BackendName | null;
  /** How to get the others. */
  readonly advice: readonly string[];
  readonly decoders: Awaited<ReturnType<typeof decodersHere>>;
  readonly player: string | null;
}

/** Looks at what this machine offers: backends, decoders, players. */
export async function doctor(): Promise<DoctorOutcome> {
  const backends = await probeDevices();
  const opened = backends.flatMap((found) => ('device' in found ? [found.backend] : []));
  return {
    soundkin: VERSION,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    backends,
    auto: backends.flatMap((found) => ('device' in found && suitsAuto(found.device) ? [found.backend] : []))[0] ?? null,
    advice: adviceFor(opened),
    decoders: await decodersHere(),
    player: await playerHere(),
  };
}

function adviceFor(opened: readonly BackendName[]): string[] {
  const advice: string[] = [];
  if (!opened.includes('tensorflow')) advice.push('TensorFlow: npm install @tensorflow/tfjs-node, or @tensorflow/tfjs-node-gpu for NVIDIA cards; where their download fails, `node scripts/setup-tensorflow.mjs` links one to a Python wheel.');
  if (!opened.includes('webgpu')) advice.push('WebGPU: a graphics driver with Vulkan (on Debian: libvulkan1 and the card\'s driver), Metal or Direct3D 12.');
  return advice;
}
