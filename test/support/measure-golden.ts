import * as tf from '@tensorflow/tfjs-core';
import * as dsp from '../../src/tensor-dsp/index.js';
import type { GoldenArray, GoldenCase } from './golden.js';
import { ABSOLUTE_BOUND, POWER_BIN_BOUND, RELATIVE_BOUND } from './tolerance.js';

/** A golden array and ours, both in librosa's orientation. */
export interface Measured {
  readonly expected: GoldenArray;
  readonly actual: Float32Array;
}

/** Features whose bound is relative to their row's largest value, and those whose bound is absolute. */
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

/** Runs every public operation on one signal, on the backend that is set: by its own kernels where it has them, unless they are to be composed. */
export async function measureGolden(golden: GoldenCase, options: dsp.PlanOptions = {}): Promise<{ arrays: Map<GoldenFeature, Measured>; tuning: number }> {
  const { nFft, hopLength, sampleRate, samples } = golden;
  const plan = dsp.createDspPlan({ sampleRate, nFft, hopLength, nMels: 128, nMfcc: 20, nChroma: 12 }, options);
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

/** How far a result is from its reference. Infinite where ours is not a finite number. */
export interface Deviation {
  /** Largest |actual - expected|. */
  readonly absolute: number;
  /** The same as a share of the largest |expected| of its row over time: one band or bin of a track, librosa's row. */
  readonly ofTrack: number;
  /** The same as a share of the largest |expected| of its frame, over all bands: the row of [batch, frames, bins]. */
  readonly ofFrame: number;
  /** The element behind the larger share. */
  readonly where: string;
}

export function deviation({ expected, actual }: Measured): Deviation {
  const { rows, frames, values } = expected;
  if (actual.length !== values.length) throw new Error(`expected ${values.length} values, got ${actual.length}`);
  const largestOfRow = new Float64Array(rows);
  const largestOfFrame = new Float64Array(frames);
  values.forEach((value, i) => {
    const [row, frame] = [Math.floor(i / frames), i % frames];
    largestOfRow[row] = Math.max(largestOfRow[row]!, Math.abs(value));
    largestOfFrame[frame] = Math.max(largestOfFrame[frame]!, Math.abs(value));
  });
  const worst = { absolute: 0, ofTrack: 0, ofFrame: 0, where: 'nowhere' };
  for (let i = 0; i < actual.length; i++) {
    const [a, e] = [actual[i]!, values[i]!];
    const [row, frame] = [Math.floor(i / frames), i % frames];
    const where = `row ${row}, frame ${frame}: expected ${e}, got ${a}`;
    if (!Number.isFinite(a)) return { absolute: Infinity, ofTrack: Infinity, ofFrame: Infinity, where };
    const gap = Math.abs(a - e);
    if (gap === 0) continue;
    const [ofTrack, ofFrame] = [gap / largestOfRow[row]!, gap / largestOfFrame[frame]!];
    if (Math.max(ofTrack, ofFrame) > Math.max(worst.ofTrack, worst.ofFrame)) worst.where = where;
    worst.absolute = Math.max(worst.absolute, gap);
    worst.ofTrack = Math.max(worst.ofTrack, ofTrack);
    worst.ofFrame = Math.max(worst.ofFrame, ofFrame);
  }
  return worst;
}

/** Features with many values a frame and a bound relative to the frame; the others are single values, whose row is the track. */
const SPECTRA: readonly GoldenFeature[] = ['power_spectrogram', 'melspectrogram', 'chroma_stft', 'chroma_stft_tuning0'];

/** One feature's deviation as its bound means it. */
export interface Verdict {
  readonly feature: GoldenFeature;
  readonly worst: number;
  readonly bound: number;
  /** The other reading of a row, where there is one: a band or bin over time. */
  readonly stricter?: { readonly worst: number; readonly bound: number };
  /** Roll-off only: frames that are exactly one bin off, and do not count in `worst`. */
  readonly oneBinOff?: { readonly off: number; readonly frames: number };
  readonly where: string;
}

/** Holds one feature of one signal against its bound. */
export function judge(feature: GoldenFeature, measured: Measured, hzPerBin: number): Verdict {
  if (feature === 'spectral_rolloff') {
    const { expected, actual } = measured;
    const isOneOff = (value: number, i: number): boolean => Math.abs(Math.abs(value - expected.values[i]!) - hzPerBin) < hzPerBin / 100;
    const forgiven = actual.map((value, i) => (isOneOff(value, i) ? expected.values[i]! : value));
    const { ofTrack, where } = deviation({ expected, actual: forgiven });
    const off = [...actual].filter(isOneOff).length;
    return { feature, worst: ofTrack, bound: RELATIVE_BOUND, oneBinOff: { off, frames: expected.frames }, where };
  }
  const found = deviation(measured);
  if ((ABSOLUTE as readonly GoldenFeature[]).includes(feature)) return { feature, worst: found.absolute, bound: ABSOLUTE_BOUND, where: found.where };
  if (!SPECTRA.includes(feature)) return { feature, worst: found.ofTrack, bound: RELATIVE_BOUND, where: found.where };
  const stricter = { worst: found.ofTrack, bound: feature === 'power_spectrogram' ? POWER_BIN_BOUND : RELATIVE_BOUND };
  return { feature, worst: found.ofFrame, bound: RELATIVE_BOUND, stricter, where: found.where };
}
