import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  adjustedMutualInfo,
  adjustedRand,
  completeness,
  contingency,
  homogeneity,
  homogeneityCompletenessVMeasure,
  normalizedMutualInfo,
  vMeasure,
} from '../../src/evaluate/index.js';
import { expectedMutualInfo } from '../../src/evaluate/adjusted-mutual-info.js';
import { logFactorial } from '../../src/evaluate/log-factorial.js';
import { manifest, readFloats } from '../support/golden.js';

const truth = readFloats('clustering/truth.f32');
const labels = readFloats('clustering/labels.f32');
const { scores } = manifest.clustering;

describe('scores against known labels', () => {
  it('equal scikit-learn on the reference clustering', () => {
    expect(homogeneity(truth, labels)).toBeCloseTo(scores.homogeneity!, 10);
    expect(completeness(truth, labels)).toBeCloseTo(scores.completeness!, 10);
    expect(vMeasure(truth, labels)).toBeCloseTo(scores.v_measure!, 10);
    expect(adjustedRand(truth, labels)).toBeCloseTo(scores.adjusted_rand!, 10);
    expect(adjustedMutualInfo(truth, labels)).toBeCloseTo(scores.adjusted_mutual_info!, 10);
  });

  it('would not equal it with homogeneity and completeness swapped, or mutual information not adjusted', () => {
    expect(homogeneity(truth, labels)).not.toBeCloseTo(scores.completeness!, 4);
    expect(normalizedMutualInfo(truth, labels)).not.toBeCloseTo(scores.adjusted_mutual_info!, 3);
  });

  it('equal scikit-learn on uneven labellings', () => {
    const a = [0, 0, 1, 1, 2, 2, 2, 0, 1, 1, 3];
    const b = [1, 1, 0, 0, 0, 2, 2, 1, 0, 3, 3];
    expect(homogeneity(a, b)).toBeCloseTo(0.7446885006749002, 12);
    expect(completeness(a, b)).toBeCloseTo(0.7182947859797906, 12);
    expect(vMeasure(a, b)).toBeCloseTo(0.7312535585242715, 12);
    expect(adjustedRand(a, b)).toBeCloseTo(0.5054945054945055, 12);
    expect(adjustedMutualInfo(a, b)).toBeCloseTo(0.5521925166594938, 12);
    expect(normalizedMutualInfo(a, b)).toBeCloseTo(0.7312535585242715, 12);

    // 3000 labels that have nothing to do with each other, where the expected information is all there is
    const c = Array.from({ length: 3000 }, (_, i) => (i * i) % 7);
    const d = Array.from({ length: 3000 }, (_, i) => (i ** 3 + Math.floor(i / 5)) % 11);
    expect(expectedMutualInfo(contingency(c, d))).toBeCloseTo(0.005022183390664518, 12);
    expect(adjustedMutualInfo(c, d)).toBeCloseTo(-0.0026540430899172885, 10);
    expect(adjustedRand(c, d)).toBeCloseTo(-0.0013227241903081845, 12);
    expect(vMeasure(c, d)).toBeCloseTo(9.302273522398485e-5, 12);
  });

  it.each([
    [[], [], 1, 1, 1, 1, 1, 1],
    [[0, 0, 0], [5, 5, 5], 1, 1, 1, 1, 1, 1],
    [[0, 0, 0], [0, 1, 2], 1, 0, 0, 0, 0, 0],
    [[0, 1, 2], [0, 0, 0], 0, 1, 0, 0, 0, 0],
    [[0, 1, 2], [2, 0, 1], 1, 1, 1, 1, 1, 1],
    [[0, 0, 1, 1], [0, 1, 0, 1], 0, 0, 0, -0.5, -0.5, 0],
  ])('as scikit-learn: %j against %j', (a, b, h, c, v, rand, ami, nmi) => {
    expect(homogeneity(a, b)).toBeCloseTo(h, 12);
    expect(completeness(a, b)).toBeCloseTo(c, 12);
    expect(vMeasure(a, b)).toBeCloseTo(v, 12);
    expect(adjustedRand(a, b)).toBeCloseTo(rand, 12);
    expect(adjustedMutualInfo(a, b)).toBeCloseTo(ami, 12);
    expect(normalizedMutualInfo(a, b)).toBeCloseTo(nmi, 12);
  });

  it('refuse labellings of different lengths', () => {
    for (const score of [homogeneity, adjustedRand, adjustedMutualInfo, normalizedMutualInfo]) {
      expect(() => score([0, 1], [0, 1, 1])).toThrow(expect.objectContaining({ code: 'EVALUATE_SHAPE' }));
    }
  });

  const pair = fc.integer({ min: 1, max: 40 }).chain((n) =>
    fc.tuple(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: n, maxLength: n }),
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: n, maxLength: n }),
    ),
  );

  it('obey their laws', () => {
    fc.assert(
      fc.property(pair, fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }), ([a, b], names) => {
        const renamed = b.map((label) => names[label]!);
        const one = homogeneityCompletenessVMeasure(a, b);
        const other = homogeneityCompletenessVMeasure(b, a);
        expect(one.homogeneity).toBeCloseTo(other.completeness, 10);
        expect(one.vMeasure).toBeCloseTo(other.vMeasure, 10);
        for (const score of [vMeasure, adjustedRand, adjustedMutualInfo]) {
          expect(score(a, renamed)).toBeCloseTo(score(a, b), 9);
          expect(score(a, b)).toBeCloseTo(score(b, a), 9);
          expect(score(a, a)).toBeCloseTo(1, 9);
          expect(score(a, b)).toBeLessThan(1 + 1e-9);
        }
        expect(Math.min(one.homogeneity, one.completeness)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('adjusted Rand equals the count over all pairs', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const seen = { both: 0, a: 0, b: 0, all: 0 };
        for (let i = 0; i < a.length; i++) {
          for (let j = 0; j < i; j++) {
            seen.all++;
            if (a[i] === a[j]) seen.a++;
            if (b[i] === b[j]) seen.b++;
            if (a[i] === a[j] && b[i] === b[j]) seen.both++;
          }
        }
        const expected = (seen.a * seen.b) / seen.all;
        const most = (seen.a + seen.b) / 2;
        if (seen.all === 0 || most === expected) return;
        expect(adjustedRand(a, b)).toBeCloseTo((seen.both - expected) / (most - expected), 9);
      }),
    );
  });
});

describe('contingency', () => {
  it('counts what meets', () => {
    const table = contingency([7, 7, -1, 7, -1], [0, 2, 2, 0, 2]);
    expect([...table.classes]).toEqual([2, 3]);
    expect([...table.clusters]).toEqual([2, 3]);
    expect(table.cells).toEqual([
      { class: 0, cluster: 1, count: 2 },
      { class: 1, cluster: 0, count: 2 },
      { class: 1, cluster: 1, count: 1 },
    ]);
  });
});

describe('logFactorial', () => {
  it('equals a sum of logarithms', () => {
    let sum = 0;
    for (let n = 1; n <= 400; n++) {
      sum += Math.log(n);
      expect(Math.abs(logFactorial(n) / Math.max(sum, 1e-300) - 1)).toBeLessThan(n === 1 ? Infinity : 1e-14);
    }
    expect(logFactorial(0)).toBe(0);
    expect(logFactorial(1)).toBe(0);
    expect(logFactorial(1e6)).toBeCloseTo(12815518.384658169, 7);
  });
});
