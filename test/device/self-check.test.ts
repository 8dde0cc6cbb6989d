import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDevice } from '../../src/device/open-device.js';
import { selfCheck } from '../../src/device/self-check.js';

type Kernel = NonNullable<ReturnType<typeof tf.getKernel>>;

/** Float32 cut to the 10-bit mantissas that tensor cores multiply with unless told otherwise. */
function toTf32(values: Float32Array): Float32Array {
  const rounded = values.slice();
  const bits = new Uint32Array(rounded.buffer);
  for (let i = 0; i < bits.length; i++) bits[i] = (bits[i]! + 0x1000) & 0xffffe000;
  return rounded;
}

let replaced: Kernel[] = [];

/** Puts a faulty kernel in the place of the cpu backend's own. */
function breakKernel(name: string, faulty: (kernel: Kernel) => Kernel['kernelFunc']): void {
  const kernel = tf.getKernel(name, 'cpu')!;
  replaced.push(kernel);
  tf.unregisterKernel(name, 'cpu');
  tf.registerKernel({ ...kernel, kernelFunc: faulty(kernel) });
}

/** The values of a result, which on the cpu backend are written in place. */
function valuesOf(result: unknown): Float32Array {
  return (tf.backend() as unknown as { data: { get(id: object): { values: Float32Array } } }).data.get((result as { dataId: object }).dataId).values;
}

beforeEach(async () => {
  await openDevice('cpu');
});

afterEach(() => {
  for (const kernel of replaced) {
    tf.unregisterKernel(kernel.kernelName, 'cpu');
    tf.registerKernel(kernel);
  }
  replaced = [];
});

describe('selfCheck', () => {
  it('passes a backend that computes, and leaves nothing behind', async () => {
    const before = tf.memory().numTensors;
    expect(await selfCheck()).toBeUndefined();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('finds products with 10-bit mantissas', async () => {
    breakKernel('BatchMatMul', ({ kernelFunc }) => (args) => {
      for (const input of Object.values(args.inputs)) {
        const values = valuesOf(input);
        values.set(toTf32(values));
      }
      return kernelFunc(args);
    });
    expect(await selfCheck()).toMatch(/a product came out as/);
  });

  it.each(['BatchMatMul', 'Log', 'Sum', 'TopK'])('finds one wrong value in %s', async (name) => {
    breakKernel(name, ({ kernelFunc }) => (args) => {
      const result = kernelFunc(args);
      const values = valuesOf(Array.isArray(result) ? result[0] : result);
      values[values.length - 1]! += 0.1;
      return result;
    });
    expect(await selfCheck()).toMatch(/came out as/);
  });

  it('finds what is not a number', async () => {
    breakKernel('Log', ({ kernelFunc }) => (args) => {
      const result = kernelFunc(args);
      valuesOf(result)[0] = NaN;
      return result;
    });
    expect(await selfCheck()).toMatch(/a sum of logarithms came out as NaN/);
  });

  it('makes openDevice refuse the backend, and openable again once it is mended', async () => {
    breakKernel('BatchMatMul', ({ kernelFunc }) => (args) => {
      const result = kernelFunc(args);
      valuesOf(result).fill(0);
      return result;
    });
    await expect(openDevice('cpu')).rejects.toMatchObject({ code: 'DEVICE_WRONG_NUMBERS', message: expect.stringMatching(/cpu .* to compute, but a product came out as 0/) });
    const mended = replaced.pop()!;
    tf.unregisterKernel('BatchMatMul', 'cpu');
    tf.registerKernel(mended);
    expect((await openDevice('cpu')).device.backend).toBe('cpu');
  });
});
