import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createKernelSteps } from '../../src/project/kernels/kernel-steps.js';
import { layout2d } from '../../src/project/index.js';
import { PLAIN_STEPS } from '../../src/project/layout-steps.js';
import { webAssembly } from '../../src/web-assembly.js';
import { blobs } from '../support/point-sets.js';

const kernel = new webAssembly.Module(readFileSync(new URL('../../dist/project/kernels/layout.wasm', import.meta.url)));

/** Points, features: fewer and more points than features, odd and even, sizes around blocks of eight. */
const SHAPES = [
  [5, 3],
  [9, 9],
  [16, 40],
  [23, 171],
  [50, 171],
  [65, 31],
  [130, 7],
  [200, 64],
] as const;

describe("the layout's kernel", () => {
  it.each(SHAPES)('pictures %i points of %i features to the bit as plain code does', async (n, d) => {
    const { values } = blobs(n, d, 4, 2, n + d);
    const plain = await layout2d(values, n, d, { seed: 3 });
    expect(await layout2d(values, n, d, { seed: 3, kernel })).toEqual(plain);
    expect(await layout2d(values, n, d, { seed: 3, kernel, method: 'pca' })).toEqual(await layout2d(values, n, d, { seed: 3, method: 'pca' }));
  });

  it('does so where points are alike, lie on a line, or have no extent', async () => {
    const twice = blobs(20, 12, 2, 1, 4).values;
    const onLine = Float32Array.from({ length: 30 * 50 }, (_, i) => Math.floor(i / 50) * ((i % 50) + 1));
    for (const [values, d] of [[Float32Array.of(...twice, ...twice), 12], [onLine, 50], [new Float32Array(60).fill(2), 3]] as const) {
      expect(await layout2d(values, values.length / d, d, { kernel })).toEqual(await layout2d(values, values.length / d, d));
    }
  });

  it.each(SHAPES)('finds the neighbours and coordinates of %i points of %i features', async (n, d) => {
    const { values } = blobs(n, d, 3, 1, n);
    const steps = createKernelSteps(kernel);
    // One after the other in the same memory: nothing of the first is left in the second.
    for (const points of [values, values.map((value) => value * 3 + 1)]) {
      const count = Math.min(d, 30);
      expect(await steps.coordinates(points, n, d, count)).toEqual(await PLAIN_STEPS.coordinates(points, n, d, count));
      expect(steps.neighbours(points, n, d, 4)).toEqual(PLAIN_STEPS.neighbours(points, n, d, 4));
    }
  });
});
