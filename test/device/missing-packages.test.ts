import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The device room, bundled with the cpu backend into a folder that has no other package. */
const folder = mkdtempSync(join(tmpdir(), 'soundkin-device-'));
const bundle = join(folder, 'device.mjs');

// A driver to find, so that the machine's own do not decide what is said of webgpu; and nothing that was set up for this user.
const driver = join(folder, 'driver.json');
writeFileSync(driver, JSON.stringify({ file_format_version: '1.0.0', ICD: { library_path: 'libc.so.6', api_version: '1.3.0' } }));
const env = { ...process.env, VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver, XDG_DATA_HOME: folder, SOUNDKIN_TENSORFLOW: '' };

function openThere(choice: string): { backend?: string; refused?: Record<string, string>; code?: string; message?: string } {
  const script = join(folder, `${choice}.mjs`);
  writeFileSync(
    script,
    `import { openDevice } from './device.mjs';
     const answer = await openDevice(${JSON.stringify(choice)}).then(
       ({ device, refused }) => ({ backend: device.backend, refused: Object.fromEntries(refused.map((r) => [r.backend, r.reason])) }),
       ({ code, message }) => ({ code, message }));
     console.log(JSON.stringify(answer));`,
  );
  return JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8', cwd: folder, env })) as ReturnType<typeof openThere>;
}

describe('a machine without the optional packages', () => {
  beforeAll(async () => {
    await build({
      entryPoints: [fileURLToPath(new URL('../../src/device/open-device.ts', import.meta.url))],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: bundle,
      logLevel: 'error',
      external: ['webgpu', '@tensorflow/tfjs-backend-webgpu', '@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'],
      banner: { js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);" },
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("opens cpu for 'auto', and says of each other that it is not there", () => {
    const { backend, refused } = openThere('auto');
    expect(backend).toBe('cpu');
    expect(refused).toEqual({
      webgpu: expect.stringMatching(/npm package webgpu does not load|Vulkan loader/),
      tensorflow: '@tensorflow/tfjs-node-gpu is not installed; on the CPU wasm is faster',
      wasm: expect.stringMatching(/tfjs-backend-wasm/),
    });
  });

  it.each(['tensorflow', 'webgpu'])('refuses %s by name', (backend) => {
    const { code, message } = openThere(backend);
    expect(code).toBe('DEVICE_UNAVAILABLE');
    expect(message).toMatch(/tfjs-node is not installed|webgpu does not load|Vulkan loader/);
    expect(message).toMatch(/soundkin doctor/);
  });

  it.each([
    { what: 'without its native part', files: { 'index.js': "throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found at path: /x. \\nPlease run command')" }, says: /tfjs-node is installed without its native part, whose download failed/ },
    { what: 'without a package that it needs', files: { 'index.js': "require('google-protobuf-not-here')" }, says: /tfjs-node is installed in part: google-protobuf-not-here is missing/ },
    { what: 'whose native part does not load', files: { 'index.js': "require('./binding.node')", 'binding.node': 'not a library' }, says: /tfjs-node does not load: .*(too short|invalid ELF|not a valid|no suitable image)/ },
  ])('tells of a TensorFlow $what in one line', ({ files, says }) => {
    const installed = join(folder, 'node_modules', '@tensorflow', 'tfjs-node');
    mkdirSync(installed, { recursive: true });
    try {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(installed, name), text);
      const { code, message } = openThere('tensorflow');
      expect(code).toBe('DEVICE_UNAVAILABLE');
      expect(message).toMatch(says);
      expect(message).not.toContain('\n');
    } finally {
      rmSync(installed, { recursive: true });
    }
  });

  it('finds a TensorFlow that was set up for this user', () => {
    const place = join(folder, 'soundkin', 'tensorflow', 'node_modules', '@tensorflow', 'tfjs-node');
    mkdirSync(place, { recursive: true });
    try {
      writeFileSync(join(place, 'index.js'), "throw new Error('found in its own place')");
      expect(openThere('tensorflow').message).toContain('tfjs-node: found in its own place');
    } finally {
      rmSync(join(folder, 'soundkin'), { recursive: true });
    }
  });
});
