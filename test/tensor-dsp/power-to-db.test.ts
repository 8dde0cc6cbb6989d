import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '../../src/device/open-device.js';
import { powerToDb } from '../../src/tensor-dsp/index.js';

beforeAll(async () => {
  await openDevice('cpu');
});

/** dB of powers that are one frame of one sound. */
const dbOf = (power: number[], settings = {}): number[] => [...powerToDb(tf.tensor3d(power, [1, 1, power.length]), settings).dataSync()];

describe('powerToDb', () => {
  it('gives 0 dB for 1, 10 for 10, -100 at amin', () => {
    const [one, ten, nothing] = dbOf([1, 10, 0], { topDb: null });
    expect(one).toBe(0);
    expect(ten).toBeCloseTo(10, 5);
    expect(nothing).toBeCloseTo(-100, 4);
  });

  it('cuts 80 dB below the maximum of the whole sound, not of the frame', () => {
    const values = powerToDb(tf.tensor3d([1, 1e-3, 1e-9, 1e-9], [1, 2, 2])).dataSync();
    expect([...values].map((value) => Math.round(value))).toEqual([0, -30, -80, -80]);
  });

  it('hears no other sound of the batch', () => {
    const values = powerToDb(tf.tensor3d([1e6, 1e-4, 1e-4, 1e-9], [2, 1, 2])).dataSync();
    expect([...values].map((value) => Math.round(value))).toEqual([60, -20, -40, -90]);
  });

  it('takes masked frames for silence', () => {
    const power = tf.tensor3d([1e-4, 1e-9, 1e9, 1e9], [1, 2, 2]);
    const values = powerToDb(power, { frameMask: tf.tensor3d([1, 0], [1, 2, 1]) }).dataSync();
    expect([...values].slice(0, 2).map((value) => Math.round(value))).toEqual([-40, -90]);
  });

  it('shifts by 20 log10 g when the sound is g times as loud', () => {
    const powers = fc.array(fc.double({ min: 1e-3, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(powers, fc.double({ min: 0.1, max: 100, noNaN: true }), (power, gain) => {
        const [before, after] = [dbOf(power), dbOf(power.map((value) => value * gain * gain))];
        before.forEach((value, i) => expect(Math.abs(after[i]! - value - 20 * Math.log10(gain))).toBeLessThan(1e-4));
      }),
    );
  });

  it('is relative to refPower', () => {
    expect(dbOf([5], { refPower: 5 })[0]).toBeCloseTo(0, 6);
    expect(dbOf([1], { refPower: 1e-20, amin: 1e-10 })[0]).toBeCloseTo(100, 4);
  });

  it.each([{ amin: 0 }, { amin: -1 }, { refPower: 0 }, { topDb: -1 }, { topDb: NaN }, { amin: NaN }])('refuses %o', (settings) => {
    expect(() => dbOf([1], settings)).toThrow(expect.objectContaining({ code: 'DSP_RANGE' }));
  });

  it('refuses another rank', () => {
    expect(() => powerToDb(tf.ones([2, 2]) as unknown as tf.Tensor3D)).toThrow(expect.objectContaining({ code: 'DSP_SHAPE' }));
  });
});
