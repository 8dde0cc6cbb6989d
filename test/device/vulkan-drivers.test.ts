import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { vulkanFault } from '../../src/device/vulkan-drivers.js';
import { useVulkanDriver } from '../support/software-gpu.js';
import { REPOSITORY } from '../support/source-files.js';

describe.skipIf(process.platform !== 'linux')('Vulkan drivers that are not whole (Linux)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'soundkin-drivers-'));
  const whole = join(folder, 'whole.json');
  writeFileSync(whole, JSON.stringify({ file_format_version: '1.0.0', ICD: { library_path: 'libc.so.6', api_version: '1.3.0' } }));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['a library that is missing', '{"ICD":{"library_path":"libnot_there_vk.so"}}', /names libnot_there_vk\.so, which does not load/],
    ['a path that is missing', '{"ICD":{"library_path":"./driver.so"}}', /names \.\/driver\.so, which does not load/],
    ['no library', '{"ICD":{}}', /names no library/],
    ['what is no JSON', '{', /cannot be read/],
  ])('are told of: a manifest with %s', (_, text, says) => {
    const manifest = join(folder, 'broken.json');
    writeFileSync(manifest, text);
    useVulkanDriver(manifest);
    expect(vulkanFault()).toMatch(/Vulkan loader/.test(vulkanFault()!) ? /Vulkan loader/ : says);
    expect(vulkanFault()).not.toContain('\n');
  });

  it('do not hide a whole one beside them', () => {
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, '{');
    useVulkanDriver(`${broken}:${whole}`);
    expect(vulkanFault() ?? 'Vulkan loader').toMatch(/Vulkan loader/);
    useVulkanDriver(`${broken}:/no/such/driver.json`);
    expect(vulkanFault()).toMatch(/Vulkan loader|cannot be read/);
    useVulkanDriver('/no/such/driver.json');
    expect(vulkanFault()).toBe('no Vulkan driver is installed');
  });

  it('are what webgpu is refused for, with nothing on the terminal from native code', () => {
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, '{"ICD":{"library_path":"libnot_there_vk.so"}}');
    const script = `import { openDevice } from '../src/device/open-device.js';
      openDevice('webgpu').catch(({ code, message }) => console.log(JSON.stringify({ code, message })));`;
    const entry = join(REPOSITORY, 'node_modules', `.soundkin-drivers-${process.pid}.ts`);
    writeFileSync(entry, script);
    try {
      const { stdout, stderr } = spawnSync(process.execPath, [join(REPOSITORY, 'scripts', 'run-ts.mjs'), entry], { encoding: 'utf8', env: { ...process.env, VK_DRIVER_FILES: broken, VK_ICD_FILENAMES: broken } });
      expect(JSON.parse(stdout)).toMatchObject({ code: 'DEVICE_UNAVAILABLE', message: expect.stringMatching(/webgpu to open, but (no Vulkan driver is whole: .*libnot_there_vk\.so|the Vulkan loader)/) });
      expect(stderr).toBe('');
    } finally {
      rmSync(entry);
    }
  });
});
