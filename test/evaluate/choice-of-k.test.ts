import { describe, expect, it } from 'vitest';
import { elbow, isDegenerate, sizesWarning, suggestK, type SweepPoint } from '../../src/evaluate/index.js';

describe('elbow', () => {
  it('finds where a curve bends', () => {
    const curve = [2, 3, 4, 5, 6, 7, 8].map((k) => ({ k, inertia: k <= 5 ? 1000 - 200 * (k - 2) : 400 - 10 * (k - 5) }));
    // At 5: 600 of 630 fallen, half of the way along.
    expect(elbow(curve)).toEqual({ k: 5, depth: 600 / 630 - 0.5 });
    expect(elbow([...curve].reverse())).toEqual(elbow(curve));
    expect(elbow(curve.map(({ k, inertia }) => ({ k, inertia: inertia * 1e6 + 5 })))!.k).toBe(5);
  });

  it('finds the knee of 1/k as calculus does', () => {
    // 1/k from 1 to 16: the slope equals the chord's, -1/16, at k = 4.
    expect(elbow(Array.from({ length: 16 }, (_, i) => ({ k: i + 1, inertia: 1 / (i + 1) })))!.k).toBe(4);
  });

  it('finds none on a straight line, a rising one, or with two points', () => {
    expect(elbow([1, 2, 3, 4].map((k) => ({ k, inertia: 10 - k })))).toBeUndefined();
    expect(elbow([1, 2, 3, 4].map((k) => ({ k, inertia: k })))).toBeUndefined();
    expect(elbow([1, 2, 3].map((k) => ({ k, inertia: 10 - k * k })))).toBeUndefined();
    expect(elbow([{ k: 2, inertia: 9 }, { k: 3, inertia: 1 }])).toBeUndefined();
    expect(elbow([])).toBeUndefined();
  });
});

describe('sizesWarning', () => {
  it('tells of one cluster with nearly all sounds, and of clusters of one', () => {
    expect(sizesWarning([152, 1, 1, 1])).toMatch(/^One cluster holds 152 of the 155 sounds.*\.$/);
    expect(sizesWarning([5, 4, 1, 1, 1])).toMatch(/^3 of the 5 clusters hold a single sound.*\.$/);
    expect(isDegenerate([91, 9])).toBe(true);
  });

  it('keeps quiet on sound sizes, on a share of just 90 % and half singles, and on a single cluster', () => {
    for (const sizes of [[60, 50, 45], [90, 10], [5, 4, 1, 1], [155], [], [20, 0, 20]]) expect(sizesWarning(sizes)).toBeUndefined();
  });
});

describe('suggestK', () => {
  const point = (k: number, inertia: number, silhouette: number, sizes: number[]): SweepPoint => ({ k, inertia, silhouette, sizes });
  const even = (k: number): number[] => Array.from({ length: k }, () => 12);

  it('takes the best silhouette', () => {
    const sweep = [point(2, 100, 0.2, even(2)), point(3, 60, 0.5, even(3)), point(4, 50, 0.3, even(4)), point(5, 45, 0.2, even(5))];
    const found = suggestK(sweep)!;
    expect(found.k).toBe(3);
    expect(found.reason).toBe('k = 3 has the best silhouette, 0.500, and the inertia bends there too.');
  });

  it('passes over a k whose silhouette is best because it says nothing', () => {
    const sweep = [point(2, 100, 0.2, even(2)), point(3, 60, 0.25, even(3)), point(4, 50, 0.9, [152, 1, 1, 1]), point(5, 45, 0.8, [30, 9, 1, 1, 1])];
    const found = suggestK(sweep)!;
    expect(found.k).toBe(3);
    expect(found.degenerate).toEqual([4, 5]);
    expect(found.reason).toContain('Passed over k = 4 and 5');
  });

  it('lets the elbow decide among silhouettes that are nearly the same', () => {
    const sweep = [point(2, 100, 0.31, even(2)), point(3, 50, 0.305, even(3)), point(4, 45, 0.1, even(4)), point(5, 41, 0.1, even(5))];
    expect(suggestK(sweep)).toMatchObject({ k: 3, degenerate: [] });
    expect(suggestK(sweep)!.reason).toContain('The inertia bends at k = 3');
    const apart = [point(2, 100, 0.41, even(2)), ...sweep.slice(1)];
    expect(suggestK(apart)!.k).toBe(2);
  });

  it('says so when no k is any good, and has nothing to say of nothing', () => {
    const found = suggestK([point(2, 9, 0.7, [99, 1]), point(3, 8, 0.9, [98, 1, 1])])!;
    expect(found).toMatchObject({ k: 3, degenerate: [2, 3] });
    expect(found.reason).toContain('No k divides these sounds well');
    expect(suggestK([])).toBeUndefined();
  });
});
