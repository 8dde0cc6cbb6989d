import * as tf from '@tensorflow/tfjs-core';
import { existsSync } from 'node:fs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAnalysisSettings, type AnalysisSettings } from '../../src/config/analysis.js';
import type { Device } from '../../src/device/device.js';
import { keepDevice } from '../../src/device/device-keeper.js';
import { takeFault } from '../../src/device/take-fault.js';
import { classifyFault } from '../../src/device/classify-fault.js';
import { openDevice, reopen } from '../../src/device/open-device.js';
import { withDevice } from '../../src/device/with-device.js';
import { createBatcher, type Measured } from '../../src/features/index.js';
import { createSureMeasurer } from '../../src/features/sure-measurer.js';
import { kmeans } from '../../src/kmeans/index.js';
import { createRandom } from '../../src/random.js';
import { allowSoftwareGpu, SWIFTSHADER, useVulkanDriver } from '../support/software-gpu.js';

const destroy = (): void => (tf.backend() as unknown as { device: { destroy(): void } }).device.destroy();

const random = createRandom(3);
/** By kernels of our own where the transform is a power of two, by composed operations else. */
const KERNELS = createAnalysisSettings({ nFft: 256, hopLength: 125, nMels: 16, nMfcc: 6 });
const COMPOSED = createAnalysisSettings({ nFft: 255, hopLength: 125, nMels: 16, nMfcc: 6 });
const sounds = Array.from({ length: 9 }, (_, i) => ({ samples: Float32Array.from({ length: 125 * (6 + 20 * (i % 3)) }, (__, n) => Math.sin(n * (0.1 + 0.02 * i)) + 0.1 * random.next()), sampleRate: 22_050 }));

describe.skipIf(!existsSync(SWIFTSHADER))(`a graphics processor that goes away (needs ${SWIFTSHADER})`, () => {
  let device: Device;
  beforeAll(allowSoftwareGpu);
  beforeEach(async () => {
    useVulkanDriver(SWIFTSHADER);
    device = await reopen('webgpu').catch(async () => (await openDevice('webgpu')).device);
  });

  /** Measures all sounds, doing something before one of them. */
  async function runAll(keeper: Parameters<typeof createBatcher>[1], settings: AnalysisSettings, before: Readonly<Record<number, () => void>> = {}): Promise<Measured<number>[]> {
    const batcher = createBatcher<number>(settings, keeper);
    const done: Measured<number>[] = [];
    for (const [i, sound] of sounds.entries()) {
      before[i]?.();
      done.push(...(await batcher.add(sound, i)));
    }
    done.push(...(await batcher.finish()));
    batcher.dispose();
    return done.sort((a, b) => a.tag - b.tag);
  }

  async function expected(settings: AnalysisSettings): Promise<Measured<number>[]> {
    return runAll((await openDevice('wasm')).device, settings);
  }

  function expectSame(done: readonly Measured<number>[], witness: readonly Measured<number>[]): void {
    expect(done.map(({ tag }) => tag)).toEqual(sounds.map((_, i) => i));
    for (const [i, { features }] of done.entries()) {
      features!.kin.forEach((value, column) => expect(Math.abs(value - witness[i]!.features!.kin[column]!), `sound ${i}, column ${column}`).toBeLessThanOrEqual(0.02 + 1e-3 * Math.abs(value)));
    }
  }

  it.each([{ by: 'kernels of our own', settings: KERNELS }, { by: 'composed operations', settings: COMPOSED }])('is opened again when it goes while a batch is under way, by $by', async ({ settings }) => {
    const keeper = keepDevice(device);
    const done = await runAll(keeper, settings, { 4: () => void setTimeout(destroy, 5) });
    expect(keeper.changes.map(({ to }) => to)).toEqual(['webgpu']);
    expectSame(done, await expected(settings));
  });

  it('is opened again when it goes between two batches, and given up the second time', async () => {
    const keeper = keepDevice(device);
    const done = await runAll(keeper, KERNELS, { 3: destroy, 6: destroy });
    expect(keeper.changes.map(({ from, to }) => [from, to])).toEqual([['webgpu', 'webgpu'], ['webgpu', 'wasm']]);
    expect(done.at(-1)!.backend).toBe('wasm');
    expectSame(done, await expected(KERNELS));
  });

  it('is given up when its driver is gone', async () => {
    const keeper = keepDevice(device);
    const done = await runAll(keeper, KERNELS, {
      5: () => {
        useVulkanDriver('/no/such/driver.json');
        destroy();
      },
    });
    expect(keeper.changes).toEqual([{ from: 'webgpu', to: 'wasm', once: false, reason: expect.stringMatching(/lost .*did not open again \(no (Vulkan driver|graphics adapter)/) }]);
    expectSame(done, await expected(KERNELS));
  });

  it('tells of a buffer beyond its limits, whose values would be zeros', async () => {
    const tooMany = (tf.backend() as unknown as { device: { limits: { maxBufferSize: number } } }).device.limits.maxBufferSize / 4 + 64;
    const large = tf.ones([tooMany]);
    const sum = tf.sum(large);
    expect([...(await sum.data())]).not.toEqual([tooMany]);
    expect(classifyFault(takeFault())).toBe('out-of-memory');
    expect(takeFault()).toBeUndefined();
    tf.dispose([large, sum]);
  });

  it('without room for its buffers gets smaller batches, and stays', async () => {
    interface Gpu {
      readonly limits: { readonly maxBufferSize: number };
      createBuffer(descriptor: { readonly size: number }): object;
    }
    const gpu = (tf.backend() as unknown as { device: Gpu }).device;
    const create = gpu.createBuffer.bind(gpu);
    let refused = 0;
    // Dawn itself refuses them: only how much is too much is made less here.
    gpu.createBuffer = (descriptor) => {
      if (descriptor.size <= 100_000) return create(descriptor);
      refused += 1;
      return create({ ...descriptor, size: gpu.limits.maxBufferSize + 4 });
    };
    const keeper = keepDevice({ ...device, framesPerBatch: 256 });
    const done = await runAll(keeper, COMPOSED);
    expect(refused).toBeGreaterThan(0);
    expect(keeper.changes).toEqual([]);
    expect(new Set(done.map(({ backend }) => backend))).toEqual(new Set(['webgpu']));
    expectSame(done, await expected(COMPOSED));
  });

  it('refuses a buffer while two batches are in flight: both are measured again, and those after are smaller', async () => {
    const gpu = (tf.backend() as unknown as { device: { readonly limits: { readonly maxBufferSize: number }; createBuffer(descriptor: { readonly size: number; readonly usage: number }): object } }).device;
    const create = gpu.createBuffer.bind(gpu);
    let refusing = 0;
    let refused = 0;
    gpu.createBuffer = (descriptor) => {
      if (refusing === 0 || descriptor.size < 40_000) return create(descriptor);
      refusing -= 1;
      refused += 1;
      return create({ ...descriptor, size: gpu.limits.maxBufferSize + 4 });
    };
    const measurer = createSureMeasurer(KERNELS, keepDevice({ ...device, framesPerBatch: 128 }));
    expect(measurer.inFlight).toBe(2);
    const groups = [[0, 1, 2], [3, 4, 5], [6, 7, 8]].map((group) => group.map((i) => sounds[i]!));
    // Its tables are there before: what is refused is the samples' buffer, which must not be taken for one later.
    await measurer.measure([sounds[0]!], 6);
    refusing = 1;
    const rows = (await Promise.all(groups.map((group) => measurer.measure(group, 26)))).flat();
    const limit = measurer.framesPerBatch;
    measurer.dispose();
    gpu.createBuffer = create;
    expect(refused).toBe(1);
    expect(limit).toBe(64);
    const done = rows.flatMap((row, tag): Measured<number>[] => (row.error === undefined ? [{ tag, features: row.features, backend: row.backend }] : []));
    expect(new Set(done.map(({ backend }) => backend))).toEqual(new Set(['webgpu']));
    expectSame(done, await expected(KERNELS));
  });

  it('under k-means: the same labels come from the next device', async () => {
    const values = Float32Array.from({ length: 60 * 5 }, (_, i) => (Math.floor(i / 5) % 3) * 4 + random.next());
    const labels = async (then?: () => void): Promise<number[]> => {
      const result = await kmeans(tf.tensor2d(values, [60, 5]), { nClusters: 3, nInit: 3, seed: 1 }, then);
      return [...result.labels];
    };
    const keeper = keepDevice(device);
    let calls = 0;
    const got = await withDevice(keeper, () => {
      calls += 1;
      if (calls <= 2) setTimeout(destroy, 20);
      return labels();
    });
    expect(calls).toBe(3);
    expect(keeper.changes.map(({ to }) => to)).toEqual(['webgpu', 'wasm']);
    await openDevice('cpu');
    expect(got).toEqual(await labels());
  });
});
