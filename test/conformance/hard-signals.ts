import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import * as dsp from '../../src/tensor-dsp/index.js';
import { clicks, constant, SAMPLE_RATE, scaled, silence, sine, square } from '../support/signals.js';

const SETTINGS: dsp.DspSettings = { sampleRate: SAMPLE_RATE, nFft: 512, hopLength: 128, nMels: 40, nMfcc: 13, nChroma: 12 };

/** Every feature of one sound. */
async function measure(samples: Float32Array, options: dsp.PlanOptions): Promise<Record<string, Float32Array>> {
  const half = Math.floor(SETTINGS.nFft / 2);
  const plan = dsp.createDspPlan(SETTINGS, options);
  const tensors = tf.tidy(() => {
    const padded = dsp.centerPad(tf.tensor2d(samples, [1, samples.length]), SETTINGS.nFft);
    const f = dsp.frameFeatures(padded, tf.tensor2d([[half]]), tf.tensor2d([[half + samples.length]]), plan);
    const m = dsp.magnitude(f.power);
    const mfcc = dsp.mfcc(dsp.powerToDb(f.mel), plan.dct);
    const peaks = dsp.pitchPeaks(f.power, SETTINGS);
    return {
      ...f,
      centroid: dsp.spectralCentroid(m, plan.binHz),
      rolloff: dsp.spectralRolloff(m, SETTINGS.sampleRate / SETTINGS.nFft),
      mfcc,
      delta: dsp.delta(mfcc),
      deltaNearest: dsp.delta(mfcc, { mode: 'nearest' }),
      chroma: dsp.chroma(f.power, tf.tensor2d(plan.chromaFilterbank(0), [plan.fourier.nBins, 12])),
      contrast: dsp.spectralContrast(f.peaks, f.valleys),
      shift: peaks.shift,
      height: peaks.height,
    } as Record<string, tf.Tensor>;
  });
  plan.dispose();
  const names = Object.keys(tensors);
  const values = await Promise.all(names.map((name) => tensors[name]!.data()));
  tf.dispose(tensors);
  return Object.fromEntries(names.map((name, i) => [name, values[i] as Float32Array]));
}

/** Signals at the edges: a number comes out of each, and the right one where it is known. */
export function describeHardSignals(options: dsp.PlanOptions = {}): void {
  it.each([
    ['silence', silence(2000)],
    ['one sample', constant(1)],
    ['one sample of silence', silence(1)],
    ['two samples', constant(2, -1)],
    ['a constant', constant(2000)],
    ['a full-scale square wave', square(2000, 50)],
    ['a square wave at Nyquist', square(2000, 1)],
    ['a single click', clicks(2000, 2000)],
    ['a tone too soft for amin', scaled(sine(2000, 440), 1e-7)],
    ['a tone near the smallest float32', scaled(sine(2000, 440), 1e-20)],
    ['a tone a million times full scale', scaled(sine(2000, 440), 1e6)],
  ])('%s gives finite numbers', async (_title, samples) => {
    for (const [feature, values] of Object.entries(await measure(samples, options))) {
      expect(values.every(Number.isFinite), `${feature} is finite`).toBe(true);
    }
  });

  it('gives silence the values that librosa does', async () => {
    const m = await measure(silence(2000), options);
    for (const zero of ['power', 'mel', 'bandwidth', 'centroid', 'rolloff', 'rms', 'zeroCrossingRate', 'chroma', 'contrast', 'delta']) {
      expect(Math.max(...m[zero]!.map(Math.abs)), zero).toBeLessThan(1e-4);
    }
    for (const value of m['flatness']!) expect(value).toBeCloseTo(1, 5);
    // Every mel band is -100 dB: the first coefficient is their orthonormal sum, the others vanish.
    expect(m['mfcc']![0]).toBeCloseTo(-100 * Math.sqrt(SETTINGS.nMels), 2);
    expect(Math.abs(m['mfcc']![1]!)).toBeLessThan(1e-3);
  });

  it('counts a square wave as the definition does', async () => {
    const m = await measure(square(2000, 50), options);
    // A frame in the middle, samples 768 to 1279: signs change at 800, 850 … 1250.
    const frame = 8;
    expect(m['zeroCrossingRate']![frame]).toBeCloseTo(10 / 512, 6);
    expect(m['rms']![frame]).toBeCloseTo(1, 6);
  });
}
