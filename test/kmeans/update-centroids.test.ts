import { describe, expect, it } from 'vitest';
import { isSameClustering } from '../../src/kmeans/same-clustering.js';
import { averageCentroids, emptyClusters, farthestPoints, inertiaFromSums, relocateEmptyClusters } from '../../src/kmeans/update-centroids.js';

describe('update of the centroids', () => {
  const sums = { sums: Float64Array.of(0, 0, 6, 9, 4, 4), counts: Float64Array.of(0, 3, 2) };

  it('averages, and puts an empty cluster upon the largest', () => {
    expect([...averageCentroids(sums)]).toEqual([2, 3, 2, 3, 2, 2]);
  });

  it('takes a relocated point from its old cluster', () => {
    const moved = relocateEmptyClusters(sums, emptyClusters(sums.counts), [{ label: 1, values: [4, 7] }]);
    expect([...moved.sums]).toEqual([4, 7, 2, 2, 4, 4]);
    expect([...moved.counts]).toEqual([1, 2, 2]);
    expect([...sums.counts]).toEqual([0, 3, 2]);
  });

  it('finds the farthest points in order', () => {
    expect(farthestPoints(Float32Array.of(3, 9, 1, 9, 5), 3)).toEqual([3, 1, 4]);
    expect(farthestPoints(Float32Array.of(0, 2), 2)).toEqual([1, 0]);
  });

  it('has the inertia in its sums', () => {
    // points 1, 3 | 10 with centroids 1 and 8: 0 + 4 + 4
    const one = { sums: Float64Array.of(4, 10), counts: Float64Array.of(2, 1) };
    expect(inertiaFromSums(one, Float32Array.of(1, 8), 1 + 9 + 100)).toBe(8);
  });
});

describe('isSameClustering', () => {
  it('does not mind the names', () => {
    expect(isSameClustering(Int32Array.of(0, 0, 1, 2), Int32Array.of(2, 2, 0, 1), 3)).toBe(true);
    expect(isSameClustering(Int32Array.of(0, 0, 1, 2), Int32Array.of(2, 1, 0, 1), 3)).toBe(false);
  });
});
