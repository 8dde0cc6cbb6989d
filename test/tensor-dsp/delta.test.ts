import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '../../src/device/open-device.js';
import { delta, type DeltaSettings } from '../../src/tensor-dsp/index.js';
import { noise } from '../support/signals.js';

beforeAll(async () => {
  await openDevice('cpu');
});

const deltaOf = (values: ArrayLike<number>, settings: DeltaSettings = {}): number[] => [...delta(tf.tensor3d(Float32Array.from(values), [1, values.length, 1]), settings).dataSync()];

/** Slope of the least-squares line through values over 0, 1, 2 …, by the normal equations. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const spread = values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  return values.reduce((sum, value, i) => sum + (i - middle) * value, 0) / spread;
}

describe('delta', () => {
  it('of a ramp is its slope, everywhere', () => {
    fc.assert(
      fc.property(fc.double({ min: -9, max: 9, noNaN: true }), fc.integer({ min: 3, max: 30 }), fc.constantFrom(3, 5, 9, 15), (slope, frames, width) => {
        const ramp = Array.from({ length: frames }, (_, t) => 4 + slope * t);
        for (const value of deltaOf(ramp, { width })) expect(Math.abs(value - slope)).toBeLessThan(1e-4);
      }),
    );
  });

  it.each([3, 9, 11])('is the slope of the line through %i frames, kept at the ends', (width) => {
    const x = [...noise(20, width)];
    const half = (width - 1) / 2;
    deltaOf(x, { width }).forEach((value, t) => {
      const centre = Math.min(Math.max(t, half), 19 - half);
      expect(value).toBeCloseTo(slopeOf(x.slice(centre - half, centre + half + 1)), 5);
    });
  });

  it("'nearest' repeats the frames at the ends", () => {
    const x = [...noise(12, 2)];
    deltaOf(x, { mode: 'nearest' }).forEach((value, t) => {
      const around = Array.from({ length: 9 }, (_, i) => x[Math.min(Math.max(t + i - 4, 0), 11)]!);
      expect(value).toBeCloseTo(slopeOf(around), 5);
    });
  });

  it.each([[8, 7], [7, 7], [6, 5], [4, 3], [3, 3]])('of %i frames takes a window of %i', (frames, width) => {
    const x = [...noise(frames, frames)];
    expect(deltaOf(x)).toEqual(deltaOf(x, { width }));
    expect(deltaOf(x)[0]).toBeCloseTo(slopeOf(x.slice(0, width)), 5);
  });

  it.each([1, 2])('of %i frames is 0', (frames) => {
    expect(deltaOf(noise(frames, 1)).every((value) => value === 0)).toBe(true);
  });

  it('sees only the frames that are the item\'s own', () => {
    const x = noise(10, 3);
    for (const mode of ['interp', 'nearest'] as const) {
      const alone = deltaOf(x, { mode });
      const padded = deltaOf([...x, 1e6, -1e6, 1e6], { mode, frameCounts: [10] });
      expect(padded.slice(0, 10)).toEqual(alone);
    }
  });

  it.each([2, 4, 1, 0, -3, 3.5])('refuses a width of %f', (width) => {
    expect(() => deltaOf([1, 2, 3], { width })).toThrow(expect.objectContaining({ code: 'DSP_RANGE' }));
  });

  it('refuses counts that are not one an item, or not within its frames', () => {
    expect(() => deltaOf([1, 2, 3], { frameCounts: [3, 3] })).toThrow(expect.objectContaining({ code: 'DSP_SHAPE' }));
    for (const count of [0, 4, 1.5]) expect(() => deltaOf([1, 2, 3], { frameCounts: [count] })).toThrow(expect.objectContaining({ code: 'DSP_RANGE' }));
  });
});
