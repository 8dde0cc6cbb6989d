import { describe, expect, it } from 'vitest';
import { layout2d, pca } from '../../src/project/index.js';
import { nearestNeighbours } from '../../src/project/nearest-neighbours.js';
import { blobs, rowsOf } from '../support/point-sets.js';

/** Share of the points whose nearest neighbour in the picture is of their own blob. */
function purity(picture: Float32Array, truth: Int32Array): number {
  const { indices } = nearestNeighbours(picture, truth.length, 2, 2);
  return truth.filter((own, i) => own === truth[indices[2 * i + 1]!]).length / truth.length;
}

function expectFits(picture: Float32Array): void {
  expect(picture.every(Number.isFinite)).toBe(true);
  const sizes = [0, 1].map((axis) => {
    const values = picture.filter((_, i) => i % 2 === axis);
    expect(Math.max(...values) + Math.min(...values)).toBeCloseTo(0, 5);
    return Math.max(...values);
  });
  expect(Math.max(...sizes)).toBeCloseTo(1, 6);
}

describe('layout2d', () => {
  const { values, truth } = blobs(120, 40, 4, 1.5, 1);

  it.each(['umap', 'pca', 'auto'] as const)('%s fits -1 to 1 and is the same every time', async (method) => {
    const picture = await layout2d(values, 120, 40, { method, seed: 5 });
    expectFits(picture);
    expect(await layout2d(values, 120, 40, { method, seed: 5 })).toEqual(picture);
    expect(purity(picture, truth)).toBeGreaterThan(method === 'pca' ? 0.8 : 0.99);
  });

  it('depends on the seed with umap, and not with pca', async () => {
    expect(await layout2d(values, 120, 40, { seed: 6 })).not.toEqual(await layout2d(values, 120, 40, { seed: 5 }));
    expect(await layout2d(values, 120, 40, { method: 'pca', seed: 6 })).toEqual(await layout2d(values, 120, 40, { method: 'pca' }));
  });

  it('keeps the aspect of principal components', async () => {
    const picture = await layout2d(values, 120, 40, { method: 'pca' });
    const { coordinates } = await pca(values, 120, 40, 2);
    const scale = (picture[0]! - picture[2]!) / (coordinates[0]! - coordinates[2]!);
    expect((picture[1]! - picture[3]!) / (coordinates[1]! - coordinates[3]!)).toBeCloseTo(scale, 5);
    expect(scale).toBeGreaterThan(0);
  });

  it('takes any number of points and features', async () => {
    expect(await layout2d(new Float32Array(0), 0, 3)).toEqual(new Float32Array(0));
    expect(await layout2d(Float32Array.of(1, 2, 3), 1, 3)).toEqual(new Float32Array(2));
    for (const n of [2, 3, 4, 5, 6, 17]) expectFits(await layout2d(blobs(n, 3, 2, 1, n).values, n, 3));
    expectFits(await layout2d(blobs(30, 1, 2, 1, 1).values, 30, 1));
    const same = await layout2d(new Float32Array(60).fill(3), 20, 3);
    expect(same.every((value) => Math.abs(value) <= 1)).toBe(true);
  });

  it('takes pca for more points than umap is quick for', async () => {
    const many = blobs(5001, 2, 3, 1, 2).values;
    expect(await layout2d(many, 5001, 2, { method: 'auto' })).toEqual(await layout2d(many, 5001, 2, { method: 'pca' }));
  });

  it('tells how far it is, and refuses numbers that do not fit', async () => {
    const seen: number[] = [];
    await layout2d(values, 120, 40, { onProgress: ({ stage, done, total }) => seen.push(stage === 'layout' ? done / total! : -1) });
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.at(-1)).toBe(1);
    await expect(layout2d(values, 121, 40)).rejects.toMatchObject({ code: 'EVALUATE_SHAPE' });
  });
});

describe('nearestNeighbours', () => {
  it('equals sorting all distances', () => {
    const { values } = blobs(40, 3, 2, 2, 3);
    const rows = rowsOf(values, 3);
    const { indices, distances } = nearestNeighbours(values, 40, 3, 6);
    rows.forEach((row, i) => {
      const all = rows.map((other, j) => ({ j, distance: Math.hypot(...other.map((value, f) => value - row[f]!)) }));
      const first = all.sort((a, b) => a.distance - b.distance).slice(0, 6);
      expect([...indices.subarray(6 * i, 6 * i + 6)]).toEqual(first.map(({ j }) => j));
      first.forEach(({ distance }, r) => expect(distances[6 * i + r]).toBeCloseTo(distance, 10));
    });
  });

  it('puts a point first among its duplicates', () => {
    const { indices, distances } = nearestNeighbours(Float32Array.of(1, 1, 1, 5), 4, 1, 3);
    expect([0, 3, 6, 9].map((place) => indices[place])).toEqual([0, 1, 2, 3]);
    expect([...distances.subarray(6, 9)]).toEqual([0, 0, 0]);
  });
});
