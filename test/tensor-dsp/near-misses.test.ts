import * as tf from '@tensorflow/tfjs-core';
import FFT from 'fft.js';
import { beforeAll, describe, expect, it } from 'vitest';
import * as dsp from '../../src/tensor-dsp/index.js';
import { fourierTables } from '../../src/tensor-dsp/tables/fourier.js';
import { openDevice } from '../../src/device/open-device.js';
import { goldenCases, type GoldenCase } from '../support/golden.js';
import { judge, type GoldenFeature, type Verdict } from '../support/measure-golden.js';

/**
 * Each of these is a plausible mistake. If one met its bound, the bound would prove nothing; so every one must miss it, and beside each stands the right
 * way, made by the same code, which must meet it.
 */

const caseOf = (signal: string, setting = 'default'): GoldenCase => goldenCases().find((c) => c.signal === signal && c.setting === setting)!;

/** Holds [1, frames, bands] against a golden array. */
async function verdictOf(golden: GoldenCase, feature: GoldenFeature, result: tf.Tensor): Promise<Verdict> {
  const [, frames, rows = 1] = result.shape as [number, number, number?];
  const transposed = tf.tidy(() => tf.transpose(tf.reshape(result, [frames, rows])));
  const actual = (await transposed.data()) as Float32Array;
  return judge(feature, { expected: golden.read(feature), actual }, golden.sampleRate / golden.nFft);
}

async function expectWithin(golden: GoldenCase, feature: GoldenFeature, result: tf.Tensor): Promise<void> {
  const { worst, bound, where } = await verdictOf(golden, feature, result);
  expect(worst, where).toBeLessThanOrEqual(bound);
}

/** Misses by a wide margin, twice the bound at least, so that the test does not hang by a thread. */
async function expectMissed(golden: GoldenCase, feature: GoldenFeature, result: tf.Tensor): Promise<void> {
  const { worst, bound } = await verdictOf(golden, feature, result);
  expect(worst).toBeGreaterThan(2 * bound);
}

/** The signal with `half` samples on each side, taken from `outside`. */
function padded({ samples, nFft }: GoldenCase, outside: (n: number) => number): Float32Array {
  const half = nFft / 2;
  return Float32Array.from({ length: samples.length + 2 * half }, (_, i) => samples[i - half] ?? outside(i - half));
}

/** Spectra in float64 by fft.js, an independent transform: [1, frames, bins]. */
function spectra(golden: GoldenCase, { window, exponent = 2, outside = () => 0 }: { window: Float64Array; exponent?: number; outside?: (n: number) => number }): tf.Tensor3D {
  const { nFft, hopLength } = golden;
  const source = padded(golden, outside);
  const fft = new FFT(nFft);
  const frames = dsp.frameCount(golden.samples.length, nFft, hopLength);
  const nBins = nFft / 2 + 1;
  const values = new Float32Array(frames * nBins);
  const spectrum = fft.createComplexArray();
  for (let t = 0; t < frames; t++) {
    fft.realTransform(spectrum, Array.from(window, (weight, n) => weight * source[t * hopLength + n]!));
    for (let k = 0; k < nBins; k++) values[t * nBins + k] = Math.hypot(spectrum[2 * k]!, spectrum[2 * k + 1]!) ** exponent;
  }
  return tf.tensor3d(values, [1, frames, nBins]);
}

function everySixteenth(power: tf.Tensor3D): tf.Tensor {
  return tf.gather(power, tf.range(0, power.shape[1], 16, 'int32'), 1);
}

const hann = (nFft: number): Float64Array => Float64Array.from({ length: nFft }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / nFft));
const symmetricHann = (nFft: number): Float64Array => Float64Array.from({ length: nFft }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / (nFft - 1)));

function planOf({ sampleRate, nFft, hopLength }: GoldenCase): dsp.DspPlan {
  return dsp.createDspPlan({ sampleRate, nFft, hopLength, nMels: 128, nMfcc: 20, nChroma: 12 });
}

/** HTK's mel scale: one logarithm throughout, and triangles of height 1. */
function htkFilterbank({ sampleRate, nFft }: GoldenCase, nMels: number, slaneyNorm: boolean): Float32Array {
  const toHz = (mel: number): number => 700 * (10 ** (mel / 2595) - 1);
  const top = 2595 * Math.log10(1 + sampleRate / 2 / 700);
  const edges = Array.from({ length: nMels + 2 }, (_, i) => toHz((top * i) / (nMels + 1)));
  return Float32Array.from({ length: (nFft / 2 + 1) * nMels }, (_, i) => {
    const hz = (Math.floor(i / nMels) * sampleRate) / nFft;
    const [low, centre, high] = [edges[i % nMels]!, edges[(i % nMels) + 1]!, edges[(i % nMels) + 2]!];
    const height = Math.max(0, Math.min((hz - low) / (centre - low), (high - hz) / (high - centre)));
    return slaneyNorm ? (height * 2) / (high - low) : height;
  });
}

describe('near misses', () => {
  beforeAll(async () => {
    await openDevice('wasm');
  });

  const amen = caseOf('loop_amen');
  const guitar = caseOf('guit_em9');

  describe('power spectrum', () => {
    it('right: a periodic Hann window, zeros around, power', async () => {
      await expectWithin(amen, 'power_spectrogram', everySixteenth(spectra(amen, { window: hann(amen.nFft) })));
    });
    it('a symmetric Hann window', async () => {
      await expectMissed(amen, 'power_spectrogram', everySixteenth(spectra(amen, { window: symmetricHann(amen.nFft) })));
    });
    it('magnitude for power', async () => {
      await expectMissed(amen, 'power_spectrogram', everySixteenth(spectra(amen, { window: hann(amen.nFft), exponent: 1 })));
    });
    it('the signal mirrored at its ends instead of zeros', async () => {
      const { samples } = amen;
      const mirror = (n: number): number => samples[n < 0 ? -n : 2 * (samples.length - 1) - n]!;
      await expectMissed(amen, 'power_spectrogram', everySixteenth(spectra(amen, { window: hann(amen.nFft), outside: mirror })));
    });
  });

  describe('mel spectrum', () => {
    const power = (): tf.Tensor3D => spectra(amen, { window: hann(amen.nFft) });
    it("right: Slaney's scale", async () => {
      const bank = tf.tensor2d(Float32Array.from(dsp.melFilterbank({ sampleRate: amen.sampleRate, nFft: amen.nFft, nMels: 128 })), [1025, 128]);
      await expectWithin(amen, 'melspectrogram', dsp.melSpectrogram(power(), bank));
    });
    it.each([true, false])("HTK's scale, area normalised: %s", async (slaneyNorm) => {
      await expectMissed(amen, 'melspectrogram', dsp.melSpectrogram(power(), tf.tensor2d(htkFilterbank(amen, 128, slaneyNorm), [1025, 128])));
    });
    it('of a symmetric Hann window', async () => {
      const plan = planOf(amen);
      await expectMissed(amen, 'melspectrogram', dsp.melSpectrogram(spectra(amen, { window: symmetricHann(amen.nFft) }), plan.melFilterbank));
    });
  });

  describe('MFCC', () => {
    const mfccOf = (golden: GoldenCase, toDb: (mel: tf.Tensor3D) => tf.Tensor3D, dct?: tf.Tensor2D): tf.Tensor3D => {
      const plan = planOf(golden);
      const mel = dsp.melSpectrogram(spectra(golden, { window: hann(golden.nFft) }), plan.melFilterbank);
      return dsp.mfcc(toDb(mel), dct ?? plan.dct);
    };
    it("right: each sound's own floor, an orthonormal cosine transform", async () => {
      for (const golden of [amen, guitar]) await expectWithin(golden, 'mfcc', mfccOf(golden, (mel) => dsp.powerToDb(mel)));
    });
    it('no floor 80 dB below the maximum', async () => {
      await expectMissed(guitar, 'mfcc', mfccOf(guitar, (mel) => dsp.powerToDb(mel, { topDb: null })));
    });
    it('a floor below the maximum of the whole batch', async () => {
      const besideLouder = (mel: tf.Tensor3D): tf.Tensor3D => {
        const frames = mel.shape[1];
        const batch = tf.concat([mel, tf.mul(mel, 1000)], 1) as tf.Tensor3D;
        return tf.slice(dsp.powerToDb(batch), [0, 0, 0], [1, frames, 128]);
      };
      await expectMissed(amen, 'mfcc', mfccOf(amen, besideLouder));
    });
    it("a floor below each frame's maximum", async () => {
      const byFrame = (mel: tf.Tensor3D): tf.Tensor3D => tf.reshape(dsp.powerToDb(tf.reshape(mel, [mel.shape[1], 1, 128])), mel.shape);
      await expectMissed(guitar, 'mfcc', mfccOf(guitar, byFrame));
    });
    it('a cosine transform that is not normalised', async () => {
      const dct = Float32Array.from({ length: 128 * 20 }, (_, i) => 2 * Math.cos((Math.PI * (i % 20) * (2 * Math.floor(i / 20) + 1)) / 256));
      await expectMissed(amen, 'mfcc', mfccOf(amen, (mel) => dsp.powerToDb(mel), tf.tensor2d(dct, [128, 20])));
    });
    it('an orthonormal one whose first row is not halved', async () => {
      const dct = Float32Array.from({ length: 128 * 20 }, (_, i) => Math.sqrt(2 / 128) * Math.cos((Math.PI * (i % 20) * (2 * Math.floor(i / 20) + 1)) / 256));
      await expectMissed(amen, 'mfcc', mfccOf(amen, (mel) => dsp.powerToDb(mel), tf.tensor2d(dct, [128, 20])));
    });
  });

  describe('chroma', () => {
    const tuned = goldenCases().find(({ tuning, signal }) => tuning !== 0 && signal !== 'impulses')!;
    const power = (): tf.Tensor3D => spectra(tuned, { window: hann(tuned.nFft) });
    const chromaAt = (tuning: number): tf.Tensor3D => {
      const plan = planOf(tuned);
      return dsp.chroma(power(), tf.tensor2d(plan.chromaFilterbank(tuning), [plan.fourier.nBins, 12]));
    };
    it("right: the sound's own tuning, heard in its power, and 0 where librosa is told 0", async () => {
      const { firstBin, shift, height } = dsp.pitchPeaks(power(), tuned);
      const estimator = dsp.createTuningEstimator(tuned);
      estimator.add(shift.dataSync() as Float32Array, height.dataSync() as Float32Array, firstBin, shift.shape[2]);
      expect(estimator.estimate()).not.toBe(0);
      await expectWithin(tuned, 'chroma_stft', chromaAt(estimator.estimate()));
      await expectWithin(tuned, 'chroma_stft_tuning0', chromaAt(0));
    });
    it('tuning 0 for a sound that is not', async () => {
      await expectMissed(tuned, 'chroma_stft', chromaAt(0));
    });
  });

  describe('zero-crossing rate', () => {
    const rateWith = (golden: GoldenCase, first: number, end: number): tf.Tensor2D =>
      dsp.zeroCrossingRate(tf.tensor2d([...padded(golden, () => 0)], [1, golden.samples.length + golden.nFft]), tf.tensor2d([[first]]), tf.tensor2d([[end]]), golden.nFft, golden.hopLength);
    const negativeEnd = goldenCases().find(({ samples }) => samples[0]! < 0 || samples.at(-1)! < 0)!;
    const half = negativeEnd.nFft / 2;
    it('right: the padding crosses nothing', async () => {
      await expectWithin(negativeEnd, 'zero_crossing_rate', rateWith(negativeEnd, half, half + negativeEnd.samples.length));
    });
    it('zeros around a sound that begins or ends below zero', async () => {
      await expectMissed(negativeEnd, 'zero_crossing_rate', rateWith(negativeEnd, 0, negativeEnd.samples.length + negativeEnd.nFft));
    });
  });

  describe('spectral contrast', () => {
    const contrastOf = (golden: GoldenCase, power: tf.Tensor3D): tf.Tensor3D => {
      const { peaks, valleys } = dsp.spectralPeaksAndValleys(dsp.magnitude(power), planOf(golden).contrastBands);
      return dsp.spectralContrast(peaks, valleys);
    };
    it('right: a float64 transform, and ours, which is made of two in float32', async () => {
      await expectWithin(guitar, 'spectral_contrast', contrastOf(guitar, spectra(guitar, { window: hann(guitar.nFft) })));
      const signal = tf.tensor2d(guitar.samples, [1, guitar.samples.length]);
      await expectWithin(guitar, 'spectral_contrast', contrastOf(guitar, dsp.powerSpectrum(signal, planOf(guitar).fourier, guitar)));
    });
    it('one float32 transform: why stft.ts makes a second one, of the difference', async () => {
      await expectMissed(guitar, 'spectral_contrast', contrastOf(guitar, directPower(guitar)));
    });
    it('of power instead of magnitude', async () => {
      const { peaks, valleys } = dsp.spectralPeaksAndValleys(spectra(guitar, { window: hann(guitar.nFft) }), planOf(guitar).contrastBands);
      await expectMissed(guitar, 'spectral_contrast', dsp.spectralContrast(peaks, valleys));
    });
  });
});

/** The power spectrum by the same two products as stft.ts, from the windowed frames alone. */
function directPower(golden: GoldenCase): tf.Tensor3D {
  const { nFft, hopLength, samples } = golden;
  const { n1Size, n2Size, k2Count, inner, twiddleReal, twiddleImag, outer, binPlace } = fourierTables(nFft);
  const float = (table: Float64Array, shape: [number, number]): tf.Tensor2D => tf.tensor2d(Float32Array.from(table), shape);
  return tf.tidy(() => {
    const frames = dsp.frameSignal(dsp.centerPad(tf.tensor2d(samples, [1, samples.length]), nFft), nFft, hopLength);
    const rows = frames.shape[1];
    const windowed = tf.mul(frames, tf.tensor1d(Float32Array.from(hann(nFft))));
    const byN1 = tf.transpose(tf.reshape(windowed, [rows, n2Size, n1Size]), [0, 2, 1]);
    const first = tf.reshape(tf.matMul(tf.reshape(byN1, [rows * n1Size, n2Size]) as tf.Tensor2D, float(inner, [n2Size, 2 * k2Count])), [rows, n1Size, 2 * k2Count]);
    const [re, im] = tf.split(first, 2, 2) as [tf.Tensor, tf.Tensor];
    const [c, s] = [float(twiddleReal, [n1Size, k2Count]), float(twiddleImag, [n1Size, k2Count])];
    const turned = tf.concat([tf.sub(tf.mul(re, c), tf.mul(im, s)), tf.add(tf.mul(re, s), tf.mul(im, c))], 1);
    const byK2 = tf.reshape(tf.transpose(turned, [0, 2, 1]), [rows * k2Count, 2 * n1Size]) as tf.Tensor2D;
    const [real, imag] = tf.split(tf.matMul(byK2, float(outer, [2 * n1Size, 2 * n1Size])), 2, 1) as [tf.Tensor2D, tf.Tensor2D];
    const power = tf.reshape(tf.add(tf.square(real), tf.square(imag)), [rows, k2Count * n1Size]);
    return tf.reshape(tf.gather(power, tf.tensor1d(binPlace, 'int32'), 1), [1, rows, binPlace.length]) as tf.Tensor3D;
  });
}
