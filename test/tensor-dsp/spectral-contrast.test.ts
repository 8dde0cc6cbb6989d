import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '../../src/device/open-device.js';
import { contrastBands, spectralContrast, spectralPeaksAndValleys } from '../../src/tensor-dsp/index.js';
import { noise } from '../support/signals.js';

beforeAll(async () => {
  await openDevice('cpu');
});

const [SAMPLE_RATE, N_FFT] = [22050, 2048];

describe('spectralPeaksAndValleys', () => {
  it('are the means of the largest and smallest bins of each band', () => {
    const bands = contrastBands({ sampleRate: SAMPLE_RATE, nFft: N_FFT });
    const values = noise(2 * 1025, 4).map(Math.abs);
    const { peaks, valleys } = spectralPeaksAndValleys(tf.tensor3d(values, [1, 2, 1025]), bands);
    expect(peaks.shape).toEqual([1, 2, 7]);
    for (const t of [0, 1]) {
      bands.forEach(({ start, end, count }, band) => {
        const sorted = [...values.subarray(t * 1025 + start, t * 1025 + end)].sort((a, b) => a - b);
        const mean = (part: number[]): number => part.reduce((a, b) => a + b, 0) / count;
        expect(valleys.dataSync()[t * 7 + band]).toBeCloseTo(mean(sorted.slice(0, count)), 6);
        expect(peaks.dataSync()[t * 7 + band]).toBeCloseTo(mean(sorted.slice(-count)), 6);
      });
    }
  });
});

describe('spectralContrast', () => {
  it('is the ratio in dB', () => {
    const contrast = spectralContrast(tf.tensor3d([100, 1], [1, 1, 2]), tf.tensor3d([1, 1], [1, 1, 2])).dataSync();
    expect([...contrast].map((value) => Math.round(value * 1e4) / 1e4)).toEqual([20, 0]);
  });

  it('clips peaks and valleys each 80 dB below its own maximum', () => {
    const contrast = spectralContrast(tf.tensor3d([1, 1e-9], [1, 2, 1]), tf.tensor3d([1e-3, 1e-10], [1, 2, 1])).dataSync();
    // Peaks 0 and -90, which becomes -80; valleys -30 and -100, which stays.
    expect([...contrast].map((value) => Math.round(value))).toEqual([30, 20]);
  });

  it('is 0 for silence, and refuses unequal shapes', () => {
    expect([...spectralContrast(tf.zeros([1, 1, 7]), tf.zeros([1, 1, 7])).dataSync()]).toEqual(Array.from({ length: 7 }, () => 0));
    expect(() => spectralContrast(tf.zeros([1, 1, 7]), tf.zeros([1, 2, 7]))).toThrow(expect.objectContaining({ code: 'DSP_SHAPE' }));
  });
});
