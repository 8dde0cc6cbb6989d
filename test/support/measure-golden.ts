import * as tf from '@tensorflow/tfjs-core';
import * as dsp from '../../src/tensor-dsp/index.js';
import type { GoldenArray, GoldenCase } from './golden.js';

/** A golden array and ours, both in librosa's orientation. */
export interface Measured {
  readonly expected: GoldenArray;
  readonly actual: Float32Array;
}

/** Features whose bound is relative to the row's largest value, and those whose bound is absolute. */
export const RELATIVE = [
  'power_spectrogram', 'melspectrogram', 'chroma_stft', 'chroma_stft_tuning0', 'spectral_centroid', 'spectral_bandwidth',
  'spectral_rolloff', 'spectral_flatness', 'rms', 'zero_crossing_rate',
] as const;
export const ABSOLUTE = ['mfcc', 'mfcc_delta_nearest', 'mfcc_delta_interp', 'spectral_contrast'] as const;
export type GoldenFeature = (typeof RELATIVE)[number] | (typeof ABSOLUTE)[number];

/** librosa's own float32 and float64 disagree on the tuning of single clicks. */
export function isSettled(signal: string, feature: string): boolean {
  return !(signal === 'impulses' && (feature === 'tuning' || feature === 'chroma_stft'));
}

async function estimateTuning(spectrum: tf.Tensor3D, settings: { sampleRate: number; nFft: number }): Promise<number> {
  const peaks = dsp.pitchPeaks(spectrum, settings);
  const [shift, height] = await Promise.all([peaks.shift.data(), peaks.height.data()]);
  const estimator = dsp.createTuningEstimator(settings);
  estimator.add(shift as Float32Array, height as Float32Array, peaks.firstBin, peaks.shift.shape[2]);
  tf.dispose([peaks.shift, peaks.height]);
  return estimator.estimate();
}

/** Runs every public operation on one signal, on the backend that is set. */
export async function measureGolden(golden: GoldenCase): Promise<{ arrays: Map<GoldenFeature, Measured>; tuning: number }> {
  const { nFft, hopLength, sampleRate, samples } = golden;
  const plan = dsp.createDspPlan({ sampleRate, nFft, hopLength, nMels: 128, nMfcc: 20, nChroma: 12 });
  const signal = tf.tensor2d(samples, [1, samples.length]);
  const padded = dsp.centerPad(signal, nFft);
  const half = Math.floor(nFft / 2);
  const first = tf.tensor2d([half], [1, 1]);
  const end = tf.tensor2d([half + samples.length], [1, 1]);
  const f = dsp.frameFeatures(padded, first, end, plan);
  const m = dsp.magnitude(f.power);
  const centroid = dsp.spectralCentroid(m, plan.binHz);
  const melDb = dsp.powerToDb(f.mel);
  const mfcc = dsp.mfcc(melDb, plan.dct);
  const chromaWith = (tuning: number): tf.Tensor3D =>
    tf.tidy(() => dsp.chroma(f.power, tf.tensor2d(plan.chromaFilterbank(tuning), [plan.fourier.nBins, 12])));
  const magnitudeTuning = await estimateTuning(m, { sampleRate, nFft });
  const powerTuning = await estimateTuning(f.power, { sampleRate, nFft });
  const everySixteenth = tf.tidy(() => {
    const frames = f.power.shape[1];
    return tf.gather(f.power, tf.range(0, frames, 16, 'int32'), 1) as tf.Tensor3D;
  });
  const results: Record<GoldenFeature, tf.Tensor> = {
    power_spectrogram: everySixteenth,
    melspectrogram: f.mel,
    mfcc,
    mfcc_delta_nearest: dsp.delta(mfcc, { mode: 'nearest' }),
    mfcc_delta_interp: dsp.delta(mfcc),
    chroma_stft: chromaWith(powerTuning),
    chroma_stft_tuning0: chromaWith(0),
    spectral_centroid: centroid,
    spectral_bandwidth: f.bandwidth,
    spectral_rolloff: dsp.spectralRolloff(m, sampleRate / nFft),
    spectral_flatness: f.flatness,
    spectral_contrast: dsp.spectralContrast(f.peaks, f.valleys),
    rms: f.rms,
    zero_crossing_rate: f.zeroCrossingRate,
  };
  const arrays = new Map<GoldenFeature, Measured>();
  for (const [name, tensor] of Object.entries(results) as [GoldenFeature, tf.Tensor][]) {
    const expected = golden.read(name);
    const [, frames, rows = 1] = tensor.shape as [number, number, number?];
    if (frames !== expected.frames || rows !== expected.rows) {
      throw new Error(`${name} of ${golden.signal}: expected ${expected.rows} x ${expected.frames}, got ${rows} x ${frames}`);
    }
    const transposed = tf.tidy(() => tf.transpose(tf.reshape(tensor, [frames, rows])));
    arrays.set(name, { expected, actual: (await transposed.data()) as Float32Array });
    transposed.dispose();
  }
  plan.dispose();
  tf.dispose([signal, padded, first, end, m, centroid, melDb, mfcc, ...Object.values(results), ...Object.values(f)]);
  return { arrays, tuning: magnitudeTuning };
}

/** How far a result is from its reference. */
export interface Deviation {
  /** Largest |actual - expected|. */
  readonly absolute: number;
  /** Largest |actual - expected| as a share of the largest |expected| of its row (a feature over time). */
  readonly relative: number;
  readonly where: string;
}

export function deviation({ expected, actual }: Measured): Deviation {
  if (actual.length !== expected.values.length) throw new Error(`expected ${expected.values.length} values, got ${actual.length}`);
  let worst: Deviation = { absolute: 0, relative: 0, where: 'nowhere' };
  let absolute = 0;
  for (let row = 0; row < expected.rows; row++) {
    const from = row * expected.frames;
    let largest = 0;
    for (let t = 0; t < expected.frames; t++) largest = Math.max(largest, Math.abs(expected.values[from + t]!));
    for (let t = 0; t < expected.frames; t++) {
      const [a, e] = [actual[from + t]!, expected.values[from + t]!];
      if (!Number.isFinite(a)) return { absolute: Infinity, relative: Infinity, where: `row ${row}, frame ${t}: ${a}` };
      const gap = Math.abs(a - e);
      const relative = gap === 0 ? 0 : gap / largest;
      absolute = Math.max(absolute, gap);
      if (relative > worst.relative) worst = { absolute, relative, where: `row ${row}, frame ${t}: expected ${e}, got ${a}` };
    }
  }
  return { ...worst, absolute };
}
