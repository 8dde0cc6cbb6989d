import { describe, expect, it } from 'vitest';
import { contrastBands } from '../../../src/tensor-dsp/index.js';
import { referenceTables } from '../../support/tables.js';

describe('contrastBands', () => {
  it.each(referenceTables.contrast)("has librosa's bins at $sample_rate Hz, nFft $n_fft", ({ sample_rate, n_fft, bands }) => {
    expect(bands.every(({ holes }) => holes === 0)).toBe(true);
    expect(contrastBands({ sampleRate: sample_rate, nFft: n_fft })).toEqual(bands.map(({ start, end, count }) => ({ start, end, count })));
  });

  it('never averages more bins than a band has', () => {
    for (const { start, end, count } of contrastBands({ sampleRate: 16000, nFft: 512, quantile: 1 })) expect(count).toBe(end - start);
  });

  it('refuses a rate whose top octave lies above Nyquist, and a transform too short for the lowest', () => {
    expect(() => contrastBands({ sampleRate: 12800, nFft: 2048 })).toThrow(expect.objectContaining({ code: 'DSP_RANGE', message: expect.stringContaining('12800') }));
    expect(() => contrastBands({ sampleRate: 22050, nFft: 16 })).toThrow(expect.objectContaining({ code: 'DSP_RANGE', message: expect.stringContaining('nFft 16') }));
  });
});
