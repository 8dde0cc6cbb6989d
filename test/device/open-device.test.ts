import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { BACKENDS, type BackendName } from '../../src/device/device.js';
import { openDevice, probeDevices } from '../../src/device/open-device.js';

describe('openDevice', () => {
  it.each(['cpu', 'wasm'] as const)('opens %s and makes it current', async (backend) => {
    const { device, refused } = await openDevice(backend);
    expect(device).toMatchObject({ backend, isGpu: false });
    expect(device.description).not.toBe('');
    expect(device.framesPerBatch).toBeGreaterThan(0);
    expect(refused).toEqual([]);
    expect(tf.getBackend()).toBe(backend);
    expect(tf.add(1, 2).dataSync()[0]).toBe(3);
  });

  it('opens the same backend again, and leaves no tensor behind', async () => {
    await openDevice('cpu');
    const before = tf.memory().numTensors;
    const { device } = await openDevice('cpu');
    expect(device.backend).toBe('cpu');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses a backend that it does not know', async () => {
    await expect(openDevice('webgl' as BackendName)).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE', message: expect.stringContaining('webgl') });
  });
});

describe('probeDevices', () => {
  it('says of every backend that it opened, or why it did not', async () => {
    const found = await probeDevices();
    expect(found.map(({ backend }) => backend)).toEqual([...BACKENDS]);
    for (const probe of found) {
      if ('device' in probe) expect(probe.device.backend).toBe(probe.backend);
      else expect(probe.reason.length).toBeGreaterThan(10);
    }
    expect(found.filter((probe) => 'device' in probe).map(({ backend }) => backend)).toEqual(expect.arrayContaining(['wasm', 'cpu']));
  });
});
