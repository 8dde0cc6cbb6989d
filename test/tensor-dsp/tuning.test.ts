import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '../../src/device/open-device.js';
import { createFourierPlan, createTuningEstimator, magnitude, pitchPeaks, powerSpectrum } from '../../src/tensor-dsp/index.js';
import { harmonics, SAMPLE_RATE, silence, sine } from '../support/signals.js';

const N_FFT = 2048;
const settings = { sampleRate: SAMPLE_RATE, nFft: N_FFT };

beforeAll(async () => {
  await openDevice('wasm');
});

function peaksOf(samples: Float32Array): { firstBin: number; width: number; shift: Float32Array; height: Float32Array } {
  const plan = createFourierPlan(N_FFT);
  const spectrum = magnitude(powerSpectrum(tf.tensor2d(samples, [1, samples.length]), plan, { hopLength: 512, center: false }));
  const { firstBin, shift, height } = pitchPeaks(spectrum, settings);
  return { firstBin, width: shift.shape[2], shift: shift.dataSync() as Float32Array, height: height.dataSync() as Float32Array };
}

function tuningOf(...pieces: Float32Array[]): number {
  const estimator = createTuningEstimator(settings);
  for (const piece of pieces) {
    const { shift, height, firstBin, width } = peaksOf(piece);
    estimator.add(shift, height, firstBin, width);
  }
  return estimator.estimate();
}

describe('pitchPeaks', () => {
  it('places a tone between the bins', () => {
    const hz = 1234.5;
    const { firstBin, width, shift, height } = peaksOf(sine(N_FFT, hz));
    const strongest = height.indexOf(Math.max(...height));
    const found = ((firstBin + (strongest % width) + shift[strongest]!) * SAMPLE_RATE) / N_FFT;
    expect(Math.abs(found - hz)).toBeLessThan(SAMPLE_RATE / N_FFT / 10);
    expect(height.filter((h) => h > 0)).toHaveLength(1);
  });

  it('takes the first of equal neighbours, and nothing up to a tenth of the maximum', () => {
    // Bins 30 and 31 are equal, 50 is a tenth of them, 60 a little more.
    const spectrum = new Float32Array(1025);
    for (const [bin, value] of [[30, 1], [31, 1], [50, 0.1], [60, 0.11]] as const) spectrum[bin] = value;
    const { firstBin, shift, height } = pitchPeaks(tf.tensor3d(spectrum, [1, 1, 1025]), settings);
    const found = [...height.dataSync()].flatMap((h, i) => (h > 0 ? [firstBin + i] : []));
    expect(found).toEqual([30, 60]);
    expect(shift.dataSync()[30 - firstBin]).toBe(0.5);
  });

  it('looks from fMin to below fMax only', () => {
    const { firstBin, width } = peaksOf(silence(N_FFT));
    const hzPerBin = SAMPLE_RATE / N_FFT;
    expect([firstBin * hzPerBin >= 150, (firstBin - 1) * hzPerBin < 150]).toEqual([true, true]);
    const last = firstBin + width - 1;
    expect([last * hzPerBin < 4000, (last + 1) * hzPerBin >= 4000]).toEqual([true, true]);
  });

  it('refuses a transform without a bin there, and a spectrum of other bins', () => {
    expect(() => pitchPeaks(tf.zeros([1, 1, 3]), { sampleRate: 48000, nFft: 4, fMax: 4000 })).toThrow(expect.objectContaining({ code: 'DSP_RANGE' }));
    expect(() => pitchPeaks(tf.zeros([1, 1, 3]), settings)).toThrow(expect.objectContaining({ code: 'DSP_SHAPE' }));
  });
});

describe('createTuningEstimator', () => {
  // Notes whose partials lie well apart, so that each is a peak of its own; a parabola places a peak to two hundredths of a semitone.
  const notes = [440, 554.3653, 659.2551];

  it.each([0, 0.3, -0.25, 0.1, 0.45, -0.4])('recovers a detuning of %f', (detune) => {
    expect(Math.abs(tuningOf(harmonics(SAMPLE_RATE, notes, detune)) - detune)).toBeLessThanOrEqual(0.0201);
  });

  it('takes a semitone off for on', () => {
    expect(Math.abs(tuningOf(harmonics(SAMPLE_RATE, notes, 1)))).toBeLessThanOrEqual(0.0201);
  });

  it('gives the same for a track in pieces as in one', () => {
    const [a, b] = [harmonics(8192, notes, 0.2), harmonics(8192, [500], -0.1)];
    expect(tuningOf(a, b)).toBe(tuningOf(b, a));
    expect(tuningOf(a)).not.toBe(tuningOf(b));
  });

  it('is 0 for silence, and for a track of no frames', () => {
    expect(tuningOf(silence(4096))).toBe(0);
    expect(createTuningEstimator(settings).estimate()).toBe(0);
  });
});
