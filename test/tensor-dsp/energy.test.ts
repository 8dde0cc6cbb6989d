import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '../../src/device/open-device.js';
import { rms, zeroCrossingRate } from '../../src/tensor-dsp/index.js';
import { constant, noise, sine } from '../support/signals.js';

beforeAll(async () => {
  await openDevice('cpu');
});

const rateOf = (samples: Float32Array, frameLength: number, hopLength: number, first = 0, end = samples.length): Float32Array =>
  zeroCrossingRate(tf.tensor2d(samples, [1, samples.length]), tf.tensor2d([[first]]), tf.tensor2d([[end]]), frameLength, hopLength).dataSync() as Float32Array;

describe('rms', () => {
  it('is amplitude over the root of 2 for whole periods of a sine', () => {
    const frames = tf.tensor3d(sine(1000, 50, 0.6, 1000), [1, 1, 1000]);
    expect(rms(frames).dataSync()[0]).toBeCloseTo(0.6 / Math.SQRT2, 6);
  });

  it('is the level of a constant, and 0 of silence', () => {
    const frames = tf.tensor3d([...constant(8, -0.25), ...constant(8, 0)], [1, 2, 8]);
    expect([...rms(frames).dataSync()]).toEqual([0.25, 0]);
  });

  it('refuses samples that are not cut into frames', () => {
    expect(() => rms(tf.zeros([1, 8]) as unknown as tf.Tensor3D)).toThrow(expect.objectContaining({ code: 'DSP_SHAPE' }));
  });
});

describe('zeroCrossingRate', () => {
  it('of a sine is twice its frequency', () => {
    // 50 Hz at 1000 samples a second, begun a quarter of a sample late so that no sample is zero.
    const samples = Float32Array.from({ length: 1001 }, (_, n) => Math.sin((2 * Math.PI * 50 * (n - 0.25)) / 1000));
    // The first sample of a frame has none before it: of 1000 samples 999 count, and the crossing into sample 0's successor is one of them.
    expect(rateOf(samples, 1000, 1000)[0]).toBeCloseTo(100 / 1000, 2);
  });

  it('is the definition on noise', () => {
    const samples = noise(300, 9);
    const [frameLength, hopLength] = [64, 20];
    const got = rateOf(samples, frameLength, hopLength);
    expect(got).toHaveLength(12);
    got.forEach((rate, t) => {
      let crossings = 0;
      for (let n = t * hopLength + 1; n < t * hopLength + frameLength; n++) if (samples[n]! < 0 !== samples[n - 1]! < 0) crossings++;
      expect(rate).toBeCloseTo(crossings / frameLength, 6);
    });
  });

  it('takes what is nearly zero for zero, and zero for positive', () => {
    expect(rateOf(Float32Array.of(1, 0, 1, -1e-11, 1, -0, 1, 0), 8, 8)[0]).toBe(0);
    expect(rateOf(Float32Array.of(1, -1e-9, 1, -1, 1, -1, 0, -1), 8, 8)[0]).toBe(7 / 8);
  });

  it('does not count the step from or to the padding', () => {
    const samples = Float32Array.of(0, 0, -1, -1, -1, -1, 0, 0);
    expect(rateOf(samples, 8, 8)[0]).toBe(2 / 8);
    expect(rateOf(samples, 8, 8, 2, 6)[0]).toBe(0);
    expect(rateOf(samples, 8, 8, 1, 6)[0]).toBe(1 / 8);
    // A track that began before the segment: its first samples here have neighbours of its own.
    expect(rateOf(Float32Array.of(1, -1, 1, 1), 4, 4, -5, 100)[0]).toBe(2 / 4);
  });

  it('refuses bounds that are not one a sound', () => {
    expect(() => zeroCrossingRate(tf.zeros([2, 8]), tf.zeros([1, 1]), tf.zeros([2, 1]), 4, 2)).toThrow(expect.objectContaining({ code: 'DSP_SHAPE' }));
  });
});
