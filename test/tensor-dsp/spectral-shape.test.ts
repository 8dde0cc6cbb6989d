import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '../../src/device/open-device.js';
import { createFourierPlan, fftFrequencies, powerSpectrum, spectralBandwidth, spectralCentroid, spectralFlatness, spectralRolloff } from '../../src/tensor-dsp/index.js';
import { normalNoise } from '../support/signals.js';

beforeAll(async () => {
  await openDevice('cpu');
});

const [SAMPLE_RATE, N_FFT] = [22050, 64];
const BINS = N_FFT / 2 + 1;
const binHz = (): tf.Tensor1D => tf.tensor1d(Float32Array.from(fftFrequencies(SAMPLE_RATE, N_FFT)));
/** One frame a bin, with all its magnitude in that bin. */
const oneBinEach = (): tf.Tensor3D => tf.reshape(tf.eye(BINS), [1, BINS, BINS]);

describe('spectralCentroid and spectralBandwidth', () => {
  it('all in one bin: that bin, and no width', () => {
    const m = oneBinEach();
    const centroid = spectralCentroid(m, binHz());
    const bandwidth = spectralBandwidth(m, binHz(), centroid);
    expect([...centroid.dataSync()]).toEqual([...binHz().dataSync()]);
    for (const width of bandwidth.dataSync()) expect(width).toBe(0);
  });

  it('two equal bins: the middle, and half their distance', () => {
    const values = new Float32Array(BINS);
    values[4] = values[10] = 0.3;
    const m = tf.tensor3d(values, [1, 1, BINS]);
    const centroid = spectralCentroid(m, binHz());
    const bin = SAMPLE_RATE / N_FFT;
    expect(centroid.dataSync()[0]).toBeCloseTo(7 * bin, 2);
    expect(spectralBandwidth(m, binHz(), centroid).dataSync()[0]).toBeCloseTo(3 * bin, 2);
  });

  it('do not depend on loudness, down to the smallest float32', () => {
    const m = tf.abs(tf.randomNormal([1, 3, BINS], 0, 1, 'float32', 7)) as tf.Tensor3D;
    const centroids = [1, 1e-12, 1e15].map((gain) => [...spectralCentroid(tf.mul(m, gain), binHz()).dataSync()]);
    for (const other of centroids) other.forEach((value, i) => expect(value / centroids[0]![i]!).toBeCloseTo(1, 5));
  });

  it('are 0 for silence', () => {
    const m = tf.zeros([1, 2, BINS]) as tf.Tensor3D;
    const centroid = spectralCentroid(m, binHz());
    expect([...centroid.dataSync(), ...spectralBandwidth(m, binHz(), centroid).dataSync()]).toEqual([0, 0, 0, 0]);
  });

  it('refuse other bins or frames', () => {
    expect(() => spectralCentroid(tf.zeros([1, 1, BINS - 1]), binHz())).toThrow(expect.objectContaining({ code: 'DSP_SHAPE' }));
    expect(() => spectralBandwidth(oneBinEach(), binHz(), tf.zeros([1, 1]))).toThrow(expect.objectContaining({ code: 'DSP_SHAPE' }));
  });
});

describe('spectralRolloff', () => {
  it('all in one bin: that bin', () => {
    const hz = spectralRolloff(oneBinEach(), SAMPLE_RATE / N_FFT).dataSync();
    binHz().dataSync().forEach((expected, k) => expect(hz[k]).toBeCloseTo(expected, 3));
  });

  it('all bins equal: the first that reaches the share', () => {
    const m = tf.ones([1, 1, 20]) as tf.Tensor3D;
    expect([0.3, 0.49, 0.851, 0.99].map((share) => spectralRolloff(m, 1, share).dataSync()[0])).toEqual([5, 9, 17, 19]);
  });

  it('is 0 Hz for silence', () => {
    expect(spectralRolloff(tf.zeros([1, 1, BINS]), 10).dataSync()[0]).toBe(0);
  });

  it.each([0, 1, -0.1, NaN])('refuses a share of %f', (share) => {
    expect(() => spectralRolloff(oneBinEach(), 1, share)).toThrow(expect.objectContaining({ code: 'DSP_RANGE' }));
  });
});

describe('spectralFlatness', () => {
  it('is 1 for equal bins, whatever they are, and for silence', () => {
    for (const level of [0, 1e-8, 1, 1e6]) expect(spectralFlatness(tf.fill([1, 1, BINS], level)).dataSync()[0]).toBeCloseTo(1, 5);
  });

  it('is the geometric mean over the arithmetic one', () => {
    const flatness = spectralFlatness(tf.tensor3d([1, 4, 16], [1, 1, 3])).dataSync()[0];
    expect(flatness).toBeCloseTo(4 / 7, 6);
  });

  it('is near 0 for a tone', () => {
    for (const value of spectralFlatness(oneBinEach()).dataSync()) expect(value).toBeLessThan(1e-6);
  });

  it('is e^-gamma for white noise, whose power is exponentially distributed', () => {
    const plan = createFourierPlan(512);
    const samples = normalNoise(512 * 100, 11);
    const power = powerSpectrum(tf.tensor2d(samples, [1, samples.length]), plan, { hopLength: 512, center: false });
    const values = [...spectralFlatness(power).dataSync()];
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    expect(values).toHaveLength(100);
    expect(Math.abs(mean - Math.exp(-0.5772156649))).toBeLessThan(0.01);
  });
});
