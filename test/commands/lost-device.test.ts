import * as tf from '@tensorflow/tfjs-core';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cluster } from '../../src/commands/cluster.js';
import { encodeWav } from '../../src/decode/index.js';
import { openLibrary } from '../../src/library/index.js';
import { renderCluster } from '../../src/terminal/render.js';
import { allowSoftwareGpu, SWIFTSHADER } from '../support/software-gpu.js';

describe.skipIf(!existsSync(SWIFTSHADER))(`a whole job whose graphics processor goes away (needs ${SWIFTSHADER})`, () => {
  const work = mkdtempSync(join(tmpdir(), 'soundkin-lost-'));
  beforeAll(allowSoftwareGpu);
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  it.each([
    { deaths: 1, backends: ['webgpu'], to: ['webgpu'] },
    { deaths: 2, backends: ['wasm', 'webgpu'], to: ['webgpu', 'wasm'] },
  ])('$deaths times: measures every sound, clusters them, and says where', async ({ deaths, backends, to }) => {
    const sounds = join(work, `sounds${deaths}`);
    const library = join(work, `library${deaths}`);
    mkdirSync(sounds);
    for (let i = 0; i < 12; i++) writeFileSync(join(sounds, `${i}.wav`), encodeWav(Float32Array.from({ length: 3000 + 900 * (i % 3) }, (_, n) => 0.5 * Math.sin(n * (i < 6 ? 0.05 : 0.7))), 22_050));
    let died = 0;
    const outcome = await cluster({
      sounds: [sounds],
      library,
      k: 2,
      backend: 'webgpu',
      report: false,
      analysis: { nFft: 256, hopLength: 128, nMels: 16, nMfcc: 6 },
      onProgress: ({ stage, done }) => {
        if (stage !== 'features' || died >= deaths || done < 3 * (died + 1)) return;
        died += 1;
        (tf.backend() as unknown as { device: { destroy(): void } }).device.destroy();
      },
    });
    expect(died).toBe(deaths);
    expect(outcome.extraction!.files).toMatchObject({ found: 12, ok: 12, failed: 0, measured: 12 });
    expect(outcome.extraction!.deviceChanges.map((change) => change.to)).toEqual(to);
    const opened = await openLibrary(library);
    const rows = await opened.tracks();
    await opened.close();
    expect(rows).toHaveLength(12);
    expect([...outcome.sizes].sort()).toEqual([6, 6]);
    const told = renderCluster(outcome).filter((line) => line.includes('its device was lost'));
    expect(told).toHaveLength(deaths);
    expect(told.at(-1)).toMatch(deaths === 1 ? /webgpu: its device was lost \(.*\); it was opened again, and the run went on/ : /lost .* again; the run went on with wasm/);
    expect(backends).toContain(outcome.backend);
  });
});
