import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '../../src/device/open-device.js';
import { createDspPlan, createFourierPlan, melSpectrogram, mfcc, powerOfFrames, powerSpectrum, stft, type DspSettings } from '../../src/tensor-dsp/index.js';

const SETTINGS: DspSettings = { sampleRate: 22050, nFft: 512, hopLength: 128, nMels: 40, nMfcc: 13, nChroma: 12 };

beforeAll(async () => {
  await openDevice('cpu');
});

describe('createDspPlan', () => {
  it('gives back all it took', () => {
    const before = tf.memory().numTensors;
    const plan = createDspPlan(SETTINGS);
    expect(tf.memory().numTensors).toBeGreaterThan(before);
    plan.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('has tables of the documented shapes', () => {
    const plan = createDspPlan(SETTINGS);
    expect(plan.melFilterbank.shape).toEqual([257, 40]);
    expect(plan.dct.shape).toEqual([40, 13]);
    expect(plan.binHz.shape).toEqual([257]);
    expect(plan.contrastBands).toHaveLength(7);
    expect(plan.chromaFilterbank(0.1)).toHaveLength(257 * 12);
    expect(plan.chromaFilterbank(0.1)).toBe(plan.chromaFilterbank(0.1));
  });

  it.each([
    { nFft: 0 }, { nFft: 512.5 }, { nFft: NaN }, { hopLength: 0 }, { hopLength: 513 }, { nMels: 0 }, { nMfcc: 0 }, { nMfcc: 41 }, { nChroma: 0 },
    { sampleRate: 8000 }, { nFft: 16, hopLength: 4 },
  ])('refuses %o', (setting) => {
    const before = tf.memory().numTensors;
    expect(() => createDspPlan({ ...SETTINGS, ...setting })).toThrow(expect.objectContaining({ code: 'DSP_RANGE' }));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('operations that take a plan', () => {
  it('refuse what does not fit it', () => {
    const plan = createFourierPlan(16);
    const shape = expect.objectContaining({ code: 'DSP_SHAPE' }) as Error;
    expect(() => powerOfFrames(tf.zeros([1, 2, 15]), plan)).toThrow(shape);
    expect(() => stft(tf.zeros([9]) as unknown as tf.Tensor2D, plan, { hopLength: 4 })).toThrow(shape);
    expect(() => powerSpectrum(tf.zeros([9]) as unknown as tf.Tensor2D, plan, { hopLength: 4 })).toThrow(shape);
    expect(() => powerSpectrum(tf.zeros([1, 9]), plan, { hopLength: 4, center: false })).toThrow(expect.objectContaining({ code: 'DSP_RANGE' }));
    expect(() => melSpectrogram(tf.zeros([1, 2, 8]), tf.zeros([9, 4]))).toThrow(shape);
    expect(() => mfcc(tf.zeros([1, 2, 8]), tf.zeros([9, 4]))).toThrow(shape);
    plan.dispose();
  });

  it.each([0, 17, 2.5, NaN])('a window of %f samples in 16 is refused', (winLength) => {
    expect(() => createFourierPlan(16, winLength)).toThrow(expect.objectContaining({ code: 'DSP_RANGE' }));
  });
});
