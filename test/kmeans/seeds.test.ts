import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kmeans } from '../../src/kmeans/index.js';
import { readFloats } from '../support/golden.js';
import { pointCrew } from '../support/point-crew.js';

interface Run {
  readonly k: number;
  readonly seed: number;
  readonly inertia: number;
  readonly nIter: number;
  readonly labels: number[];
}

const { runs } = JSON.parse(readFileSync(new URL('../golden/kmeans.json', import.meta.url), 'utf8')) as { runs: Run[] };

describe.each([['cpu', false], ['wasm', false], ['wasm', true]] as const)('k-means from a seed on %s, kernels %s', (backend, kernels) => {
  const crew = kernels ? { crew: pointCrew(1) } : {};
  let points: tf.Tensor2D;
  beforeAll(async () => {
    await tf.setBackend(backend);
    points = tf.tensor2d(readFloats('clustering/x.f32'), [600, 16]);
  });
  afterAll(() => points.dispose());

  it.each(runs)('finds what scikit-learn finds for random_state $seed and k = $k', async ({ k, seed, inertia, nIter, labels }) => {
    const found = await kmeans(points, { nClusters: k, seed, nInit: 10, ...crew });
    expect([...found.labels]).toEqual(labels);
    expect(Math.abs(found.inertia - inertia)).toBeLessThanOrEqual(1e-5 * inertia);
    expect(found.nIter).toBe(nIter);
  });

  it('finds something else for another seed', async () => {
    const of = (seed: number): Run => runs.find((run) => run.k === 23 && run.seed === seed)!;
    const found = await kmeans(points, { nClusters: 23, seed: 1, nInit: 10, ...crew });
    expect([...found.labels]).not.toEqual(of(0).labels);
  });
});
