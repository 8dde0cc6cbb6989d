import { describe, expect, it } from 'vitest';
import { fftFrequencies, melFilterbank, melFrequencies } from '../../../src/tensor-dsp/index.js';
import { expectTransposeOf, referenceTables } from '../../support/tables.js';

describe('melFilterbank', () => {
  it.each(referenceTables.mel)("is librosa's at $sample_rate Hz, nFft $n_fft, $n_mels bands", (reference) => {
    const { sample_rate, n_fft, n_mels } = reference;
    expectTransposeOf(melFilterbank({ sampleRate: sample_rate, nFft: n_fft, nMels: n_mels }), reference);
  });

  it('makes triangles of area 1 where the bins are fine', () => {
    const [sampleRate, nFft, nMels] = [22050, 65536, 20];
    const bank = melFilterbank({ sampleRate, nFft, nMels });
    for (let m = 0; m < nMels; m++) {
      let area = 0;
      for (let k = 0; k <= nFft / 2; k++) area += bank[k * nMels + m]! * (sampleRate / nFft);
      expect(area).toBeCloseTo(1, 4);
    }
  });

  it('begins and ends at fMin and fMax, each triangle at its neighbours\' centres', () => {
    const settings = { sampleRate: 16000, nFft: 1024, nMels: 12, fMin: 300, fMax: 5000 };
    const bank = melFilterbank(settings);
    const edges = melFrequencies(14, 300, 5000);
    const binHz = fftFrequencies(16000, 1024);
    for (let m = 0; m < 12; m++) {
      binHz.forEach((hz, k) => expect(bank[k * 12 + m]! > 0, `band ${m} at ${hz} Hz`).toBe(hz > edges[m]! && hz < edges[m + 2]!));
    }
  });

  it('leaves a band without a bin empty', () => {
    const bank = melFilterbank({ sampleRate: 48000, nFft: 31, nMels: 8 });
    const sums = Array.from({ length: 8 }, (_, m) => bank.filter((_v, i) => i % 8 === m).reduce((a, b) => a + b, 0));
    expect(sums[0]).toBe(0);
    expect(sums[7]).toBeGreaterThan(0);
  });
});
