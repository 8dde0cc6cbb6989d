import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '../../src/device/open-device.js';
import { SWIFTSHADER, useVulkanDriver } from '../support/software-gpu.js';

/** A machine whose only graphics adapter is a program for the CPU. */
describe.skipIf(!existsSync(SWIFTSHADER))(`a software adapter (needs ${SWIFTSHADER})`, () => {
  beforeAll(() => {
    delete process.env['SOUNDKIN_SOFTWARE_GPU'];
    useVulkanDriver(SWIFTSHADER);
  });

  it("is not what 'auto' takes, and it says why", async () => {
    const { device, refused } = await openDevice('auto');
    expect(device.backend).not.toBe('webgpu');
    expect(refused[0]).toMatchObject({ backend: 'webgpu', reason: expect.stringMatching(/software adapter .*SwiftShader.*slower than wasm/) });
  });

  it('is refused when webgpu is asked for by name', async () => {
    await expect(openDevice('webgpu')).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE', message: expect.stringMatching(/webgpu to open.*SwiftShader.*soundkin doctor/) });
  });

  it('opens for tests, and is not called a GPU', async () => {
    process.env['SOUNDKIN_SOFTWARE_GPU'] = '1';
    const { device } = await openDevice('webgpu');
    expect(device).toMatchObject({ backend: 'webgpu', isGpu: false });
  });
});
