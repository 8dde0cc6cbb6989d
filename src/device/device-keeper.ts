import { SoundkinError } from '../errors.js';
import { classifyFault, type FaultKind } from './classify-fault.js';
import type { BackendName, Device } from './device.js';
import { inShort } from './in-short.js';
import { forget, openNext, reopen } from './open-device.js';
import { takeFault } from './take-fault.js';

/** That a run went on elsewhere than where it began. */
export interface DeviceChange {
  readonly from: BackendName;
  /** The same as `from` where the device was lost and opened again. */
  readonly to: BackendName;
  /** In words for people, without a full stop. */
  readonly reason: string;
  /** Whether only one piece of work went there, and the run then went back. */
  readonly once: boolean;
}

/** Holds the device of a run, and finds another when it fails. */
export interface DeviceKeeper {
  /** The one in use, which is TensorFlow.js's current backend. */
  readonly device: Device;
  /** Every change until now. */
  readonly changes: readonly DeviceChange[];
  /** Whether an error is a fault of the device. */
  classify(error: unknown): FaultKind;
  /** What the device has told of beside its results: to be asked after each reading back, and thrown. */
  takeFault(): Error | undefined;
  /**
   * Finds a device to go on with: a lost one is opened again, once; else the next backend that opens.
   *
   * @throws DEVICE_FAILED when none is left.
   */
  replace(kind: Exclude<FaultKind, 'other'>, error: unknown): Promise<Device>;
  /**
   * Does one piece of work, too large for the device in use, on the next one that has the memory, and comes back.
   *
   * @throws DEVICE_FAILED when none has.
   */
  visitNext<T>(error: unknown, work: (device: Device) => Promise<T>): Promise<T>;
}

/** A device that is lost twice within this time is not worth a third try. */
const SOON_MS = 10 * 60_000;

/**
 * @param device   open and current, as `openDevice` gives it.
 * @param onChange told of each change when it happens.
 */
export function keepDevice(device: Device, onChange: (change: DeviceChange) => void = () => undefined): DeviceKeeper {
  let current = device;
  let reopenedAt = -Infinity;
  const changes: DeviceChange[] = [];
  const moveTo = (next: Device, reason: string): Device => {
    tell({ from: current.backend, to: next.backend, reason, once: false });
    return (current = next);
  };
  const tell = (change: DeviceChange): void => {
    changes.push(change);
    onChange(change);
  };

  const classify = (error: unknown): FaultKind => classifyFault(error);

  const nextAfter = async (backend: BackendName, error: unknown): Promise<Device> => {
    try {
      return await openNext(backend);
    } catch {
      throw failed(backend, error);
    }
  };

  return {
    get device() {
      return current;
    },
    changes,
    classify,
    takeFault,
    replace: async (kind, error) => {
      const { backend } = current;
      if (kind === 'out-of-memory') {
        const next = await nextAfter(backend, error);
        await forget(backend);
        return moveTo(next, `it ran out of memory (${inShort(error)})`);
      }
      const lost = `its device was lost (${inShort(error).replace(/^the device was lost: /, '')})`;
      if (performance.now() - reopenedAt < SOON_MS) {
        const next = await nextAfter(backend, error);
        await forget(backend);
        return moveTo(next, `${lost} again`);
      }
      reopenedAt = performance.now();
      try {
        return moveTo(await reopen(backend), lost);
      } catch (refusal) {
        return moveTo(await nextAfter(backend, error), `${lost} and did not open again (${inShort(refusal)})`);
      }
    },
    visitNext: async (error, work) => {
      const home = current;
      try {
        for (let at = home, reason = error; ; ) {
          at = await nextAfter(at.backend, reason);
          try {
            const result = await work(at);
            tell({ from: home.backend, to: at.backend, reason: `one sound needs more memory than it has (${inShort(error)})`, once: true });
            return result;
          } catch (fault) {
            if (classify(fault) === 'other') throw fault;
            reason = fault;
          }
        }
      } finally {
        await (await import('./tensors.js')).useBackend(home.backend);
      }
    },
  };
}

function failed(backend: BackendName, error: unknown): SoundkinError {
  return new SoundkinError('DEVICE_FAILED', `device: expected ${backend} to do the work or another backend to open, got ${inShort(error)}. Free some memory, or give it less at a time.`, { cause: error, retryable: true });
}
