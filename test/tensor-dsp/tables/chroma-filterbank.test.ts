import { describe, expect, it } from 'vitest';
import { chromaFilterbank } from '../../../src/tensor-dsp/index.js';
import { roundHalfToEven } from '../../../src/tensor-dsp/tables/chroma-filterbank.js';
import { expectTransposeOf, referenceTables } from '../../support/tables.js';

describe('chromaFilterbank', () => {
  it.each(referenceTables.chroma)("is librosa's at $sample_rate Hz, nFft $n_fft, $n_chroma classes, tuning $tuning", (reference) => {
    const { sample_rate, n_fft, n_chroma, tuning } = reference;
    expectTransposeOf(chromaFilterbank({ sampleRate: sample_rate, nFft: n_fft, nChroma: n_chroma, tuning }), reference);
  });

  it('puts A440 into the tenth class, and a detuned one there when told the tuning', () => {
    for (const tuning of [0, 0.4]) {
      const [sampleRate, nFft] = [22050, 8192];
      const bank = chromaFilterbank({ sampleRate, nFft, tuning });
      const bin = Math.round((440 * 2 ** (tuning / 12) * nFft) / sampleRate);
      const row = bank.subarray(bin * 12, bin * 12 + 12);
      expect(row.indexOf(Math.max(...row))).toBe(9);
    }
  });

  it('gives no bin more than its dominance', () => {
    const bank = chromaFilterbank({ sampleRate: 22050, nFft: 2048 });
    for (let k = 0; k <= 1024; k++) {
      const norm = Math.hypot(...bank.subarray(k * 12, k * 12 + 12));
      expect(norm).toBeLessThanOrEqual(1 + 1e-12);
    }
  });
});

describe('roundHalfToEven', () => {
  it.each([[0.5, 0], [1.5, 2], [2.5, 2], [6.5, 6], [2.49, 2], [2.51, 3], [-0.5, -0], [-1.5, -2], [7, 7]])('%f is %f', (value, rounded) => {
    expect(roundHalfToEven(value) + 0).toBe(rounded + 0);
  });
});
