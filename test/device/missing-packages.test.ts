import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The device room, bundled with the cpu backend into a folder that has no other package. */
const folder = mkdtempSync(join(tmpdir(), 'soundkin-device-'));
const bundle = join(folder, 'device.mjs');

// A driver to find, so that the machine's own do not decide what is said of webgpu.
const env = { ...process.env, VK_DRIVER_FILES: fileURLToPath(import.meta.url) };

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
      webgpu: expect.stringMatching(/npm package webgpu does not load/),
      tensorflow: '@tensorflow/tfjs-node-gpu is not installed, and on the CPU wasm is faster',
      wasm: expect.stringMatching(/tfjs-backend-wasm/),
    });
  });

  it.each(['tensorflow', 'webgpu'])('refuses %s by name', (backend) => {
    const { code, message } = openThere(backend);
    expect(code).toBe('DEVICE_UNAVAILABLE');
    expect(message).toMatch(/tfjs-node is not installed|webgpu does not load/);
    expect(message).toMatch(/soundkin doctor/);
  });
});
