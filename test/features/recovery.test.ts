import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAnalysisSettings } from '../../src/config/analysis.js';
import type { Device } from '../../src/device/device.js';
import { keepDevice, type DeviceKeeper } from '../../src/device/device-keeper.js';
import { openDevice, reopen } from '../../src/device/open-device.js';
import { createBatcher, type Measured } from '../../src/features/batcher.js';
import { createMeasurer, type Sound, type TrackFeatures } from '../../src/features/extract.js';
import { createRandom } from '../../src/random.js';
import { failBefore, mendKernels } from '../support/faulty-kernel.js';

// A transform of odd length goes by composed operations on wasm too; small, so that plain JavaScript keeps up.
const settings = createAnalysisSettings({ nFft: 501, hopLength: 250, nMels: 20, nMfcc: 8 });

function sound(frames: number, seed: number): Sound {
  const random = createRandom(seed);
  return { samples: Float32Array.from({ length: (frames - 1) * 250 }, (_, n) => Math.sin(n * (0.05 + seed * 0.01)) * 0.5 + 0.1 * (random.next() - 0.5)), sampleRate: 22_050 };
}

const sounds = [sound(20, 1), sound(24, 2), sound(100, 3), sound(22, 4), sound(9, 5), sound(300, 6), sound(23, 7), sound(21, 8), sound(90, 9), sound(24, 10)];

async function runAll(source: DeviceKeeper | Device): Promise<Measured<number>[]> {
  const batcher = createBatcher<number>(settings, source);
  try {
    const done: Measured<number>[] = [];
    for (const [i, each] of sounds.entries()) done.push(...(await batcher.add(each, i)));
    return [...done, ...(await batcher.finish())];
  } finally {
    batcher.dispose();
  }
}

let expected: TrackFeatures[];
/** wasm, as a device of large batches. */
let device: Device;

beforeAll(async () => {
  await openDevice('cpu');
  const measurer = createMeasurer(settings);
  expected = [];
  for (const each of sounds) expected.push((await measurer.measure([each], 300))[0]!);
  measurer.dispose();
});

beforeEach(async () => {
  device = { ...(await openDevice('wasm')).device, framesPerBatch: 256 };
});

afterEach(async () => {
  mendKernels();
  await reopen('wasm');
});

/** Every sound once, and each as the witness measured it. */
function expectAll(done: readonly Measured<number>[]): void {
  expect(done.map(({ tag }) => tag).sort((a, b) => a - b)).toEqual(sounds.map((_, i) => i));
  for (const { tag, features, error } of done) {
    expect(error).toBeUndefined();
    features!.kin.forEach((value, column) => {
      const want = expected[tag]!.kin[column]!;
      expect(Math.abs(value - want), `sound ${tag}, column ${column}: ${value} against ${want}`).toBeLessThanOrEqual(0.02 + 1e-3 * Math.abs(want));
    });
  }
}

/** TypeScript has WebAssembly's types for browsers only. */
const { RuntimeError } = (globalThis as unknown as { WebAssembly: { RuntimeError: new (message: string) => Error } }).WebAssembly;

const outOfMemory = (): never => {
  throw new Error('Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[256,500] and type float on /device:GPU:0 by allocator GPU_0_bfc');
};
const trap = (): never => {
  throw new RuntimeError('memory access out of bounds');
};
/** Rows of the matrices that the transform multiplies: frames of the batch, by a factor. */
const rowsOf = (inputs: readonly tf.Tensor[]): number => inputs[0]!.size;

describe('a device that runs out of memory', () => {
  it('gets smaller batches, and keeps them small', async () => {
    const sizes: number[] = [];
    failBefore('wasm', 'BatchMatMul', (inputs) => {
      sizes.push(rowsOf(inputs));
      if (rowsOf(inputs) > 60_000) outOfMemory();
    });
    const keeper = keepDevice(device);
    expectAll(await runAll(keeper));
    expect(keeper.changes).toEqual([]);
    const failures = sizes.filter((size) => size > 60_000).length;
    expect(failures).toBeGreaterThan(0);
    expect(failures).toBeLessThanOrEqual(3); // 256 to 128 frames, and then what was under way
    expect(sizes.lastIndexOf(Math.max(...sizes))).toBeLessThan(sizes.length / 2);
  });

  it('leaves its place for one sound that is too large, and takes it again', async () => {
    // Only a sound longer than a batch has its mel spectra put together from tiles.
    failBefore('wasm', 'Concat', (inputs) => {
      if (inputs.length > 1 && inputs.every(({ shape }) => shape.length === 3 && shape[0] === 1 && shape[2] === settings.nMels)) outOfMemory();
    });
    const keeper = keepDevice(device);
    const done = await runAll(keeper);
    expectAll(done);
    expect(keeper.changes).toEqual([{ from: 'wasm', to: 'cpu', once: true, reason: expect.stringMatching(/memory.*OOM when allocating/) }]);
    expect(done.map(({ tag, backend }) => [tag, backend]).filter(([, backend]) => backend === 'cpu')).toEqual([[5, 'cpu']]);
    expect(tf.getBackend()).toBe('wasm');
  });

  it('is left for the next when nothing fits, and every sound is measured there', async () => {
    failBefore('wasm', 'BatchMatMul', outOfMemory);
    const told: unknown[] = [];
    const keeper = keepDevice(device, (change) => told.push(change));
    const done = await runAll(keeper);
    expectAll(done);
    expect(new Set(done.map(({ backend }) => backend))).toEqual(new Set(['cpu']));
    expect(keeper.changes.map(({ from, to, once }) => [from, to, once])).toEqual([['wasm', 'cpu', true], ['wasm', 'cpu', false]]);
    expect(told).toEqual(keeper.changes);
    expect(keeper.device.backend).toBe('cpu');
  });

  it('and no other has it: the sounds get the reason for a row, and the run ends well', async () => {
    failBefore('wasm', 'BatchMatMul', outOfMemory);
    failBefore('cpu', 'BatchMatMul', (inputs) => {
      if (inputs[0]!.shape.at(-1) !== 67) outOfMemory(); // but computes what is checked at opening
    });
    const keeper = keepDevice(device);
    const done = await runAll(keeper).catch((error: unknown) => error);
    expect(done).toHaveLength(sounds.length);
    for (const { error } of done as Measured<number>[]) expect(error).toMatchObject({ code: 'MEMORY_EXCEEDED' });
  });

  it('leaves no tensor behind', async () => {
    const keeper = keepDevice(device);
    await runAll(keeper);
    const before = tf.memory().numTensors;
    failBefore('wasm', 'BatchMatMul', (inputs) => {
      if (rowsOf(inputs) > 60_000) outOfMemory();
    });
    await runAll(keeper);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    { left: 10 * 2 ** 20, says: 'is halved and goes on there', backends: ['wasm'] },
    { left: 2 ** 18, says: 'is left', backends: ['cpu'] },
  ])('by its real memory, with $left bytes left: $says', async ({ left, backends }) => {
    const program = (tf.backend() as unknown as { wasm: { _malloc(bytes: number): number; _free(address: number): void } }).wasm;
    const room = program._malloc(left);
    const ballast: number[] = [];
    for (let bytes = 2 ** 29; bytes >= 2 ** 14; ) {
      try {
        ballast.push(program._malloc(bytes));
      } catch (error) {
        expect((error as Error).message).toMatch(/out of memory/);
        bytes /= 2;
      }
    }
    program._free(room);
    const keeper = keepDevice(device);
    const faults: unknown[] = [];
    const watched = Object.create(keeper, { classify: { value: (error: unknown) => (faults.push(error), keeper.classify(error)) } }) as DeviceKeeper;
    const done = await runAll(watched);
    expectAll(done);
    expect(faults.length).toBeGreaterThan(0);
    expect([...new Set(done.map(({ backend }) => backend))]).toEqual(backends);
    expect(keeper.device.backend).toBe(backends[0]);
  });
});

describe('a device that is lost', () => {
  it('is opened again, and the batch measured again', async () => {
    let operations = 0;
    failBefore('wasm', 'BatchMatMul', () => {
      if (++operations === 20) trap();
    });
    const keeper = keepDevice(device);
    expectAll(await runAll(keeper));
    expect(keeper.changes).toEqual([{ from: 'wasm', to: 'wasm', once: false, reason: expect.stringMatching(/lost .*memory access out of bounds/) }]);
  });

  it('is given up the second time', async () => {
    let operations = 0;
    failBefore('wasm', 'BatchMatMul', () => {
      if (++operations % 20 === 0) trap();
    });
    const keeper = keepDevice(device);
    expectAll(await runAll(keeper));
    expect(keeper.changes.map(({ from, to }) => [from, to])).toEqual([['wasm', 'wasm'], ['wasm', 'cpu']]);
    expect(keeper.changes[1]!.reason).toMatch(/again$/);
  });

  it('is given up at once when it does not compute any more', async () => {
    let broken = false;
    let operations = 0;
    failBefore('wasm', 'BatchMatMul', () => {
      if (++operations === 20) broken = true;
      if (broken) trap();
    });
    const keeper = keepDevice(device);
    expectAll(await runAll(keeper));
    expect(keeper.changes).toEqual([{ from: 'wasm', to: 'cpu', once: false, reason: expect.stringMatching(/lost .*did not open again/) }]);
  });
});

describe('a fault that is not the device\'s', () => {
  it('ends the run', async () => {
    failBefore('wasm', 'BatchMatMul', () => {
      throw new TypeError('x is not a function');
    });
    await expect(runAll(keepDevice(device))).rejects.toThrow('x is not a function');
  });

  it('is what every fault is where only one device is given', async () => {
    failBefore('wasm', 'BatchMatMul', trap);
    await expect(runAll(device)).rejects.toThrow('out of bounds');
  });
});
