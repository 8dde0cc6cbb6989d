import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '../../src/device/open-device.js';
import { chroma, createDspPlan, powerSpectrum, type DspPlan } from '../../src/tensor-dsp/index.js';
import { harmonics, SAMPLE_RATE } from '../support/signals.js';

let plan: DspPlan;
beforeAll(async () => {
  await openDevice('wasm');
  plan = createDspPlan({ sampleRate: SAMPLE_RATE, nFft: 4096, hopLength: 4096, nMels: 40, nMfcc: 13, nChroma: 12 });
});

const bankFor = (tuning: number): tf.Tensor2D => tf.tensor2d(plan.chromaFilterbank(tuning), [plan.fourier.nBins, 12]);
const powerOf = (hz: number): tf.Tensor3D => powerSpectrum(tf.tensor2d(harmonics(4096, [hz]), [1, 4096]), plan.fourier, { hopLength: 4096, center: false });

describe('chroma', () => {
  it.each(['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'].map((name, i) => [name, i] as const))('hears %s in its own class', (_name, i) => {
    const classes = chroma(powerOf(261.6256 * 2 ** (i / 12)), bankFor(0)).dataSync();
    expect(classes.indexOf(1)).toBe(i);
    expect(Math.max(...classes)).toBe(1);
    expect(Math.min(...classes)).toBeGreaterThanOrEqual(0);
  });

  it('does not depend on loudness, and is 0 for silence', () => {
    const power = powerOf(330);
    const [soft, loud] = [1e-20, 1e6].map((gain) => [...chroma(tf.mul(power, gain) as tf.Tensor3D, bankFor(0)).dataSync()]);
    soft!.forEach((value, c) => expect(value).toBeCloseTo(loud![c]!, 5));
    expect([...chroma(tf.zerosLike(power) as tf.Tensor3D, bankFor(0)).dataSync()]).toEqual(Array.from({ length: 12 }, () => 0));
  });

  it('folds each item with its own filterbank', () => {
    const power = tf.concat([powerOf(440), powerOf(440)]) as tf.Tensor3D;
    const banks: tf.Tensor3D = tf.stack([bankFor(0), bankFor(0.4)]) as tf.Tensor3D;
    const both = chroma(power, banks).dataSync();
    const alone = [0, 0.4].flatMap((tuning) => [...chroma(powerOf(440), bankFor(tuning)).dataSync()]);
    both.forEach((value, i) => expect(value).toBeCloseTo(alone[i]!, 6));
    expect(alone.slice(0, 12)).not.toEqual(alone.slice(12));
  });

  it('refuses filterbanks for other bins or items', () => {
    expect(() => chroma(powerOf(440), tf.zeros<tf.Rank.R2>([5, 12]))).toThrow(expect.objectContaining({ code: 'DSP_SHAPE' }));
    expect(() => chroma(powerOf(440), tf.zeros<tf.Rank.R3>([2, plan.fourier.nBins, 12]))).toThrow(expect.objectContaining({ code: 'DSP_SHAPE' }));
  });
});
