import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRAME, SHORT_FRAME } from '../../../src/report/codec/band-steps.js';
import { createCosineTransform } from '../../../src/report/codec/cosine-transform.js';
import { inverseLappedTransform, lappedTransform } from '../../../src/report/codec/lapped-transform.js';
import { createRandom } from '../../../src/random.js';

function noise(length: number, seed: number): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length }, () => random.next() * 2 - 1);
}

const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a).toHaveLength(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
};

describe('createCosineTransform', () => {
  it.each([8, 32, SHORT_FRAME, FRAME])('is the DCT-IV of %i, and its own inverse', (n) => {
    const x = noise(n + 3, n);
    const y = x.slice();
    const transform = createCosineTransform(n);
    transform(y, 2);
    const naive = (half: number): number[] =>
      Array.from({ length: n }, (_, k) => Math.sqrt(2 / n) * x.subarray(2, n + 2).reduce((sum, value, j) => sum + value * Math.cos((Math.PI / n) * (j + half) * (k + half)), 0));
    expect(worst(y.subarray(2, n + 2), naive(0.5))).toBeLessThan(1e-12);
    // near miss: the phase that makes it another self-inverse transform
    expect(worst(y.subarray(2, n + 2), naive(0.51))).toBeGreaterThan(1e-3);
    expect([y[0], y[1], y[n + 2]]).toEqual([x[0], x[1], x[n + 2]]);
    transform(y, 2);
    expect(worst(y, x)).toBeLessThan(1e-14);
  });
});

describe('lappedTransform', () => {
  it('is the windowed MDCT of each frame between two others', () => {
    const x = noise(3 * FRAME, 1);
    const y = x.slice();
    lappedTransform(y, new Uint8Array(3));
    const from = FRAME / 2; // a window reaches half a frame beyond its own
    const mdct = Array.from({ length: FRAME }, (_, k) => {
      let sum = 0;
      for (let j = 0; j < 2 * FRAME; j++) {
        sum += Math.sin((Math.PI * (j + 0.5)) / (2 * FRAME)) * x[from + j]! * Math.cos((Math.PI / FRAME) * (j + 0.5 - FRAME / 2) * (k + 0.5));
      }
      return sum * Math.sqrt(2 / FRAME);
    });
    expect(worst(y.subarray(FRAME, 2 * FRAME), mdct)).toBeLessThan(1e-12);
  });

  it('keeps the power and comes back, however long and short frames follow one another', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 9 }), fc.integer(), (frames, seed) => {
        const isShort = Uint8Array.from(frames);
        const x = noise(isShort.length * FRAME, seed);
        const y = x.slice();
        const power = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);
        lappedTransform(y, isShort);
        expect(Math.abs(power(y) - power(x))).toBeLessThan(1e-9);
        inverseLappedTransform(y, isShort);
        if (x.length > 0) expect(worst(y, x)).toBeLessThan(1e-13);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps a click in a short frame to itself, in the order of frequency', () => {
    const x = new Float64Array(3 * FRAME);
    x[FRAME + 200] = 1;
    lappedTransform(x, Uint8Array.of(0, 1, 0));
    expect(x.subarray(0, FRAME).every((value) => value === 0)).toBe(true);
    expect(x.subarray(2 * FRAME).every((value) => value === 0)).toBe(true);
    // It lies in the second of four parts, near enough to the third to reach over the border.
    const parts = [0, 1, 2, 3].map((part) => x.subarray(FRAME, 2 * FRAME).some((value, i) => i % 4 === part && value !== 0));
    expect(parts).toEqual([false, true, true, false]);
  });
});
