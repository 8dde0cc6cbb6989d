import { createAnalysisSettings } from '../config/analysis.js';
import type { BackendName, Device } from '../device/device.js';
import { openDevice, probeDevices, suitsAuto, type Refusal } from '../device/open-device.js';
import { fixedSound } from './fixed-workload.js';
import { measureRows, ROW_TOLERANCE, rowDifference } from './measure-features.js';

/** The backends whose figures mean something here, and why the others have none. */
export interface CheckedDevices {
  readonly devices: readonly Device[];
  readonly refused: readonly Refusal[];
  /** The one that `--backend auto` takes, where all were tried. */
  readonly auto: BackendName | null;
}

const RATE = 22_050;

/**
 * Opens backends and lets each measure two short sounds: one whose features differ from those of `cpu` has no figure.
 *
 * @param choice one backend, or all that open.
 * @throws DEVICE_UNAVAILABLE, DEVICE_WRONG_NUMBERS when the one named does not open, or computes wrongly.
 */
export async function checkedDevices(choice?: BackendName): Promise<CheckedDevices> {
  const found = choice === undefined ? await probeDevices() : [{ backend: choice, device: (await openDevice(choice)).device }];
  const opened = found.flatMap((entry) => ('device' in entry ? [entry.device] : []));
  const refused: Refusal[] = found.flatMap((entry) => ('device' in entry ? [] : [entry]));
  const auto = choice === undefined ? (opened.find(suitsAuto)?.backend ?? null) : null;

  const settings = createAnalysisSettings({ sampleRate: RATE });
  const sounds = [1, 2].map((seed) => ({ samples: fixedSound(Math.round(0.3 * seed * RATE), RATE, seed), sampleRate: RATE }));
  // Plain JavaScript is the definition of every feature.
  const definition = opened.find(({ backend }) => backend === 'cpu') ?? (await openDevice('cpu')).device;
  const expected = await measureRows(definition, sounds, settings);
  const devices: Device[] = [];
  for (const device of opened) {
    const difference = device === definition ? 0 : rowDifference(await measureRows(device, sounds, settings), expected, settings);
    if (difference <= ROW_TOLERANCE) devices.push(device);
    else refused.push({ backend: device.backend, reason: `wrong numbers: its features differ from those of cpu by ${(100 * difference).toPrecision(2)} %, so it has no figure` });
  }
  return { devices, refused, auto };
}
