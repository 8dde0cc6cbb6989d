import { describe, expect, it } from 'vitest';
import type { BackendName, Device } from '../../src/device/device.js';
import { openDevice } from '../../src/device/open-device.js';
import { messageOf } from '../../src/errors.js';

/**
 * Opens the backend of a test file and, where it opens, describes its suite.
 *
 * Where it does not, the suite is skipped with the reason in its title and on the terminal; under CI, which must have every backend, it fails.
 */
export async function onBackend(backend: BackendName, describeSuite: (device: Device) => void): Promise<void> {
  let device: Device;
  try {
    ({ device } = await openDevice(backend));
  } catch (error) {
    const reason = messageOf(error);
    if (process.env['CI']) {
      describe(backend, () => {
        it('opens, as every backend must under CI', () => expect.fail(reason));
      });
    } else {
      process.stderr.write(`\n*** ${backend} IS NOT TESTED HERE: ${reason}\n\n`);
      describe.skip(`${backend}, skipped: ${reason}`, () => {
        it('conforms', () => undefined);
      });
    }
    return;
  }
  describe(`${backend} (${device.description})`, () => describeSuite(device));
}
