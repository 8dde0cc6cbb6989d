import type { Device } from './device.js';
import type { DeviceKeeper } from './device-keeper.js';

/**
 * Does a piece of work on the device of a run; where the device fails, does it again from the start on the next one.
 *
 * @param work makes its tensors from values of the host, for those on a lost device are gone, and gives values of the host. What it leaves behind is disposed.
 *   Nothing else may use TensorFlow.js meanwhile.
 * @throws DEVICE_FAILED when no device is left; whatever `work` throws of its own.
 */
export async function withDevice<T>(keeper: DeviceKeeper, work: (device: Device) => Promise<T>): Promise<T> {
  for (;;) {
    // What was opened for its kernels alone has no tensors to dispose.
    const endScope = keeper.device.openTensors === undefined ? (await import('./tensors.js')).startScope() : undefined;
    try {
      const result = await work(keeper.device);
      const fault = keeper.takeFault();
      if (fault === undefined) return result;
      throw fault;
    } catch (thrown) {
      // A device that failed gives zeros first, and whatever those lead to.
      const error = keeper.takeFault() ?? thrown;
      const kind = keeper.classify(error);
      if (kind === 'other') throw error;
      // Before the scope ends: a backend that is forgotten takes no harm from disposals, a dead one may.
      await keeper.replace(kind, error);
    } finally {
      endScope?.();
    }
  }
}
