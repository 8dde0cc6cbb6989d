import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hannWindow, windowDifferences } from '../../../src/tensor-dsp/tables/window.js';
import { noise } from '../../support/signals.js';
import { expectClose, referenceTables } from '../../support/tables.js';

describe('hannWindow', () => {
  it.each(referenceTables.window)("is librosa's for $win_length samples in $n_fft", ({ n_fft, win_length, values }) => {
    expectClose(hannWindow(n_fft, win_length), values);
  });

  it('is periodic: shifted by half and added it is 1 everywhere', () => {
    const window = hannWindow(512);
    expectClose(window.map((value, n) => value + window[(n + 256) % 512]!), new Float64Array(512).fill(1));
  });

  it.each([[8, 9], [8, 0], [8, -1], [8, 2.5], [8, NaN]])('refuses a frame of %f with a window of %f', (nFft, winLength) => {
    expect(() => hannWindow(nFft, winLength)).toThrow(expect.objectContaining({ code: 'DSP_RANGE' }));
  });
});

describe('windowDifferences', () => {
  it('makes the cyclic second difference of the windowed frame, all but its last sample', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 70 }), fc.integer({ min: 1, max: 70 }), fc.integer(), (nFft, length, seed) => {
        const window = hannWindow(nFft, Math.min(length, nFft));
        const { slope, bend } = windowDifferences(window);
        const x = noise(nFft, seed);
        const z = Float64Array.from(x, (value, n) => value * window[n]!);
        const at = (values: ArrayLike<number>, n: number): number => values[n] ?? 0;
        // The formula takes zeros beyond the frame; a cyclic difference takes the other end, which only the last sample's successor changes.
        const expected = z.map((value, n) => at(z, n + 1) - 2 * value + at(z, n - 1));
        const got = z.map(
          (_, n) =>
            window[n]! * (at(x, n + 1) - 2 * x[n]! + at(x, n - 1)) + slope[n]! * (at(x, n + 1) - at(x, n - 1)) + bend[n]! * at(x, n + 1),
        );
        expect(window[0]).toBe(0);
        expect(Math.max(...got.map((value, n) => Math.abs(value - expected[n]!)))).toBeLessThan(1e-14);
      }),
    );
  });
});
