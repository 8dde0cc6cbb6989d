import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fftFrequencies, hzToMel, hzToOcts, melFrequencies, melToHz } from '../../../src/tensor-dsp/index.js';
import { expectClose, referenceTables } from '../../support/tables.js';

describe('frequencies', () => {
  it.each(referenceTables.fft_frequencies)("fftFrequencies is librosa's at $sample_rate Hz, nFft $n_fft", ({ sample_rate, n_fft, values }) => {
    expectClose(fftFrequencies(sample_rate, n_fft), values);
  });

  it("hzToMel is librosa's", () => {
    expectClose(referenceTables.hz_to_mel.map(([hz]) => hzToMel(hz)), referenceTables.hz_to_mel.map(([, mel]) => mel));
  });

  it("melFrequencies is librosa's", () => {
    const { n, fmin, fmax, values } = referenceTables.mel_frequencies;
    expectClose(melFrequencies(n, fmin, fmax), values);
  });

  it("hzToOcts is librosa's", () => {
    const { hz_to_octs } = referenceTables;
    expectClose(hz_to_octs.map(([hz, tuning, bins]) => hzToOcts(hz, tuning, bins)), hz_to_octs.map(([, , , octs]) => octs));
  });

  it('melToHz undoes hzToMel, and both rise', () => {
    const hz = fc.double({ min: 0, max: 1e5, noNaN: true });
    fc.assert(fc.property(hz, (f) => Math.abs(melToHz(hzToMel(f)) - f) <= 1e-10 * (1 + f)));
    fc.assert(fc.property(hz, hz, (a, b) => Math.sign(hzToMel(a) - hzToMel(b)) * Math.sign(a - b) >= 0));
  });

  it('an octave up is one more, whatever the tuning', () => {
    for (const tuning of [-0.5, 0, 0.3]) expect(hzToOcts(880, tuning) - hzToOcts(440, tuning)).toBeCloseTo(1, 12);
    expect(hzToOcts(440)).toBe(4);
  });
});
