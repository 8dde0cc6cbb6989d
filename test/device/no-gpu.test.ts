import { beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '../../src/device/open-device.js';
import { useVulkanDriver } from '../support/software-gpu.js';

/** Only on Linux does hiding the Vulkan drivers hide every adapter. */
describe.skipIf(process.platform !== 'linux')('a machine without a graphics adapter (Linux)', () => {
  beforeAll(() => useVulkanDriver('/no/such/driver.json'));

  it('refuses webgpu with a message that helps', async () => {
    await expect(openDevice('webgpu')).rejects.toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      message: expect.stringMatching(/^device: expected the backend webgpu to open, but no (graphics adapter|Vulkan driver).*Leave --backend out/),
    });
  });

  it("opens wasm for 'auto', even where TensorFlow is installed: on a CPU it is slower", async () => {
    const { device, refused } = await openDevice('auto');
    expect(device.backend).toBe('wasm');
    expect(refused.map(({ backend }) => backend)).toEqual(['webgpu', 'tensorflow']);
  });
});
