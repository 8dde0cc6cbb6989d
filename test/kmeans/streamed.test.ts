import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Crew } from '../../src/device/crew.js';
import { fitScaler, kmeans, type ScalerKind } from '../../src/kmeans/index.js';
import { createScalerFit } from '../../src/kmeans/scaler-fit.js';
import { refine, type BlockPoints } from '../../src/kmeans/streamed.js';
import { createRandom } from '../../src/random.js';
import { plainLloyd } from '../support/plain-lloyd.js';
import { pointCrew } from '../support/point-crew.js';
import { blobs, rowsOf } from '../support/point-sets.js';

const crews: Crew[] = [];
const crewOf = (workers: number): Crew => (crews[workers] ??= pointCrew(workers));

beforeAll(() => tf.setBackend('cpu'));
afterAll(async () => {
  await Promise.all(crews.filter(Boolean).map((crew) => crew.close()));
});

/** Points that come in blocks, in one memory that the next block writes over, as a file's do. */
function inBlocks(values: Float32Array, d: number, blockRows: number): BlockPoints {
  const memory = new Float32Array(blockRows * d);
  return {
    shape: [values.length / d, d],
    blockRows,
    read: (b) => {
      const block = values.subarray(b * blockRows * d, (b + 1) * blockRows * d);
      memory.fill(NaN).set(block);
      return Promise.resolve(memory.subarray(0, block.length));
    },
  };
}

const D = 12;
const K = 7;
const { values } = blobs(1500, D, K, 3, 5);
const start = values.slice(0, K * D);

describe.each([
  ['tfjs', 0],
  ['kernels on one thread', 1],
  ['kernels on three threads', 3],
])('refining with %s', (_, workers) => {
  const crew = (): { crew?: Crew } => (workers > 0 ? { crew: crewOf(workers) } : {});

  it('is Lloyd on all points, wherever blocks end', async () => {
    const points = rowsOf(values, D);
    for (const maxIter of [1, 4, 300]) {
      const plain = plainLloyd(points, rowsOf(start, D), maxIter);
      for (const blockRows of [1500, 1499, 256, 70]) {
        const found = await refine(inBlocks(values, D, blockRows), { nClusters: K, start, maxIter, tol: 0, ...crew() });
        expect([...found.labels]).toEqual(plain.labels);
        expect(found.inertia / plain.inertia).toBeCloseTo(1, 5);
        plain.centroids.flat().forEach((value, i) => expect(found.centroids[i]).toBeCloseTo(value, 4));
        found.history.forEach(({ inertia }, i) => expect(inertia / plain.history[i]!).toBeCloseTo(1, 5));
        found.labels.forEach((label, i) => {
          const own = plain.centroids[label]!;
          expect(found.distances[i]).toBeCloseTo(Math.hypot(...own.map((c, f) => c - points[i]![f]!)), 3);
        });
      }
    }
  });

  it('begun with a tenth of the points ends within 2 % of k-means on all of them', async () => {
    const many = blobs(6000, D, 12, 4, 8).values;
    const tenth = many.subarray(0, 600 * D);
    const cluster = async (some: Float32Array): ReturnType<typeof kmeans> => {
      const points = tf.tensor2d(some, [some.length / D, D]);
      try {
        return await kmeans(points, { nClusters: 15, nInit: 4, ...crew() });
      } finally {
        points.dispose();
      }
    };
    const [full, begun] = [await cluster(many), await cluster(tenth)];
    const refined = await refine(inBlocks(many, D, 500), { nClusters: 15, start: begun.centroids, ...crew() });
    expect(refined.inertia).toBeLessThan(1.02 * full.inertia);
    // And the passes are what makes it so: the inertia falls with each.
    refined.history.reduce((before, { inertia }) => (expect(inertia).toBeLessThanOrEqual(before * (1 + 1e-9)), inertia), Infinity);
    expect(refined.inertia).toBeLessThan(refined.history[0]!.inertia);
  });

  it('leaves a centroid that no point is near where it was', async () => {
    const away = Float32Array.from([...start, ...new Array<number>(D).fill(1e4)]);
    const found = await refine(inBlocks(values, D, 400), { nClusters: K + 1, start: away, ...crew() });
    expect([...found.centroids.subarray(K * D)]).toEqual(new Array<number>(D).fill(1e4));
    expect(found.distinctClusters).toBe(K);
  });

  it('refuses points and starts that are not finite, and starts of another shape', async () => {
    const broken = values.slice();
    broken[1400 * D + 3] = NaN;
    const points = inBlocks(values, D, 400);
    await expect(refine(inBlocks(broken, D, 400), { nClusters: K, start, ...crew() })).rejects.toMatchObject({ code: 'KMEANS_NOT_FINITE' });
    await expect(refine(points, { nClusters: K, start: start.map((value, i) => (i === 9 ? Infinity : value)), ...crew() })).rejects.toMatchObject({ code: 'KMEANS_NOT_FINITE' });
    await expect(refine(points, { nClusters: K, start: start.subarray(1), ...crew() })).rejects.toMatchObject({ code: 'KMEANS_SHAPE' });
  });

  it('stops when centroids move by no more than the tolerance, and leaves no tensors', async () => {
    const before = tf.memory().numTensors;
    const run = (tol: number): ReturnType<typeof refine> => refine(inBlocks(values, D, 400), { nClusters: K, start, maxIter: 100, tol, ...crew() });
    const [exact, near] = [await run(0), await run(1e-1)];
    expect(near.nIter).toBeLessThan(exact.nIter);
    expect((await run(1e9)).nIter).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('the number of threads shows in nothing', async () => {
  const many = blobs(9000, 40, 9, 6, 3).values;
  const run = (workers: number): ReturnType<typeof refine> => refine(inBlocks(many, 40, 4000), { nClusters: 9, start: many.slice(0, 360), crew: crewOf(workers) });
  const [one, three] = [await run(1), await run(3)];
  expect(three).toEqual(one);
});

describe('a scaler fitted to blocks', () => {
  it.each<ScalerKind>(['standard', 'minMax', 'none'])('%s is that of all rows at once, bit for bit', (kind) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 70 }), fc.integer(), (n, d, blockRows, seed) => {
        const random = createRandom(seed);
        const points = Float32Array.from({ length: n * d }, (_, i) => (i % d === 0 ? 4000 : 10 ** (i % d)) + random.next());
        const fit = createScalerFit(kind, d);
        for (let pass = 0; pass < fit.nPasses; pass++) {
          for (let row = 0; row < n; row += blockRows) fit.add(pass, points.subarray(row * d, (row + blockRows) * d));
        }
        const { offset, scale } = fitScaler(points, d, kind);
        expect(fit.finish()).toEqual({ offset, scale });
      }),
    );
  });

  it('names the row that is not finite', () => {
    const fit = createScalerFit('standard', 2);
    fit.add(0, Float32Array.of(1, 2, 3, 4));
    expect(() => fit.add(0, Float32Array.of(5, 6, 7, NaN))).toThrow('NaN in row 3, feature 1');
  });
});
