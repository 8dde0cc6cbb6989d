import { describe, expect, it } from 'vitest';
import { UMAP } from 'umap-js';
import { attractAndRepel } from '../../src/project/attract-and-repel.js';
import { fuzzyGraph } from '../../src/project/fuzzy-graph.js';
import { layout2d, pca } from '../../src/project/index.js';
import { nearestNeighbours } from '../../src/project/nearest-neighbours.js';
import { createPower } from '../../src/project/power-table.js';
import { createRandom } from '../../src/random.js';
import { blobs, rowsOf } from '../support/point-sets.js';

const COUNT = 15;

/** umap-js on the same neighbours, ready to run. */
function peer(values: Float32Array, n: number, d: number, random: () => number, nEpochs: number): UMAP {
  const { indices, distances } = nearestNeighbours(values, n, d, COUNT);
  const model = new UMAP({ nNeighbors: COUNT, minDist: 0.1, nEpochs, random });
  model.setPrecomputedKNN(rowsOf(indices, COUNT), rowsOf(distances, COUNT));
  model.initializeFit(rowsOf(values, d));
  return model;
}

/** How far the picture's neighbours are neighbours: 1 where all are. Venna & Kaski 2001, scikit-learn's `trustworthiness`. */
function trustworthiness(points: Float32Array, n: number, d: number, picture: Float32Array, count: number): number {
  const { indices: order } = nearestNeighbours(points, n, d, n);
  const { indices: shown } = nearestNeighbours(picture, n, 2, count + 1);
  let penalty = 0;
  for (let i = 0; i < n; i++) {
    const own = order.subarray(i * n, (i + 1) * n);
    for (let r = 1; r <= count; r++) penalty += Math.max(0, own.indexOf(shown[i * (count + 1) + r]!) - count);
  }
  return 1 - (2 * penalty) / (n * count * (2 * n - 3 * count - 1));
}

describe('fuzzyGraph', () => {
  it.each([[60, 1], [60, 2], [200, 3]])('equals the graph of umap-js: %i points, seed %i', (n, seed) => {
    const { values } = blobs(n, 6, 4, 2, seed);
    // Points that lie on one another have no distance to the nearest one.
    values.copyWithin(6, 0, 6);
    if (seed === 2) for (let i = 0; i < 20; i++) values.copyWithin(6 * i, 0, 6);
    const model = peer(values, n, 6, createRandom(0).next, 500);
    const entries = (model as unknown as { graph: { getAll(): { row: number; col: number; value: number }[] } }).graph.getAll().filter(({ value }) => value > 0);
    const { rows, columns, weights } = fuzzyGraph(nearestNeighbours(values, n, 6, COUNT), n, COUNT);
    expect([...rows]).toEqual(entries.map(({ row }) => row));
    expect([...columns]).toEqual(entries.map(({ col }) => col));
    entries.forEach(({ value }, edge) => expect(weights[edge]).toBeCloseTo(value, 12));
  });
});

describe('attractAndRepel', () => {
  it('takes the steps of umap-js, from the same places and draws', () => {
    const n = 40;
    const { values } = blobs(n, 5, 3, 2, 7);
    let theirs = createRandom(0); // umap-js draws first places, which are not used
    const model = peer(values, n, 5, () => theirs.next(), 500);
    const start = Float64Array.from({ length: 2 * n }, (_, i) => Math.cos(i * i) * (1 + i / 9));
    model.getEmbedding().forEach((place, i) => place.splice(0, 2, start[2 * i]!, start[2 * i + 1]!));
    theirs = createRandom(1);
    const ours = createRandom(1);
    const picture = start.slice();
    const nextEpoch = attractAndRepel(picture, fuzzyGraph(nearestNeighbours(values, n, 5, COUNT), n, COUNT), 500, createRandom(2), (below) => Math.floor(ours.next() * below));
    for (let epoch = 0; epoch < 3; epoch++) {
      model.step();
      nextEpoch();
    }
    const apart = (places: ArrayLike<number>): number => Math.max(...picture.map((place, i) => Math.abs(place - places[i]!)));
    // The powers come from a table; differences grow from step to step.
    expect(apart(model.getEmbedding().flat())).toBeLessThan(1e-3);
    expect(apart(start)).toBeGreaterThan(1);
    // near miss: one epoch more
    model.step();
    expect(apart(model.getEmbedding().flat())).toBeGreaterThan(0.1);
  });
});

describe('the picture', () => {
  it('is as trustworthy as that of umap-js, and more so than principal components', async () => {
    const n = 150;
    const { values } = blobs(n, 20, 9, 3, 5);
    const { coordinates } = await pca(values, n, 20, 20);
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let seed = 0; seed < 3; seed++) {
      ours.push(trustworthiness(values, n, 20, await layout2d(values, n, 20, { seed }), 10));
      const random = createRandom(seed);
      const model = peer(coordinates, n, 20, () => random.next(), 500);
      model.getEmbedding().forEach((place, i) => place.splice(0, 2, coordinates[20 * i]!, coordinates[20 * i + 1]!));
      for (let epoch = 0; epoch < 500; epoch++) model.step();
      theirs.push(trustworthiness(values, n, 20, Float32Array.from(model.getEmbedding().flat()), 10));
    }
    const mean = (all: number[]): number => all.reduce((sum, value) => sum + value, 0) / all.length;
    expect(mean(ours)).toBeGreaterThan(mean(theirs) - 0.01);
    expect(mean(ours)).toBeGreaterThan(trustworthiness(values, n, 20, await layout2d(values, n, 20, { method: 'pca' }), 10) + 0.02);
  });
});

describe('createPower', () => {
  it.each([0, 0.5, 0.8941996053733949, 1])('is x^%f to 3e-7, over all magnitudes', (exponent) => {
    const power = createPower(exponent);
    const random = createRandom(3);
    for (let i = 0; i < 5000; i++) {
      const x = 2 ** (random.next() * 200 - 100);
      expect(Math.abs(power(x) / x ** exponent - 1)).toBeLessThan(3e-7);
    }
    for (const x of [1, 2, 0.25]) expect(power(x)).toBeCloseTo(x ** exponent, 12);
  });
});
