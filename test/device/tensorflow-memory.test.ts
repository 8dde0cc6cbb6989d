import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { keepDevice } from '../../src/device/device-keeper.js';
import { withDevice } from '../../src/device/with-device.js';
import { onBackend } from '../conformance/opening.js';

await onBackend('tensorflow', (device) => {
  it('out of memory by its own allocator: the work is done by the next backend', async () => {
    const keeper = keepDevice(device);
    const tried: string[] = [];
    const sum = await withDevice(keeper, async ({ backend }) => {
      tried.push(backend);
      const side = backend === 'tensorflow' ? 2 ** 19 : 2 ** 5; // a terabyte; TensorFlow waits ten seconds for it
      return (await tf.sum(tf.fill([side, side], 1)).data())[0];
    });
    expect(sum).toBe(2 ** 10);
    expect(tried).toEqual(['tensorflow', 'wasm']);
    expect(keeper.changes).toEqual([{ from: 'tensorflow', to: 'wasm', once: false, reason: expect.stringMatching(/^it ran out of memory \(OOM when allocating tensor with shape\[524288,524288\]/) }]);
  });
});
