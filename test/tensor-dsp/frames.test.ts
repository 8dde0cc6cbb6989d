import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '../../src/device/open-device.js';
import { centerPad, frameCount, frameSignal } from '../../src/tensor-dsp/index.js';

beforeAll(async () => {
  await openDevice('cpu');
});

describe('frameSignal', () => {
  it('is the definition, for any length, frame and hop', () => {
    const sizes = fc.record({ batch: fc.integer({ min: 1, max: 3 }), samples: fc.integer({ min: 1, max: 60 }), frameLength: fc.integer({ min: 1, max: 60 }), hopLength: fc.integer({ min: 1, max: 70 }) });
    fc.assert(
      fc.property(sizes, ({ batch, samples, frameLength, hopLength }) => {
        fc.pre(frameLength <= samples);
        const signal = tf.tensor2d(Float32Array.from({ length: batch * samples }, (_, i) => i), [batch, samples]);
        const frames = frameSignal(signal, frameLength, hopLength);
        const count = 1 + Math.floor((samples - frameLength) / hopLength);
        expect(frames.shape).toEqual([batch, count, frameLength]);
        const expected: number[] = [];
        for (let b = 0; b < batch; b++) for (let t = 0; t < count; t++) for (let n = 0; n < frameLength; n++) expected.push(b * samples + t * hopLength + n);
        expect([...frames.dataSync()]).toEqual(expected);
        tf.dispose([signal, frames]);
      }),
    );
  });

  it('refuses a signal shorter than a frame, a hop of nothing, and another rank', () => {
    expect(() => frameSignal(tf.zeros([1, 9]), 10, 2)).toThrow(expect.objectContaining({ code: 'DSP_RANGE', message: expect.stringContaining('got 9') }));
    expect(() => frameSignal(tf.zeros([1, 9]), 4, 0)).toThrow(expect.objectContaining({ code: 'DSP_RANGE' }));
    expect(() => frameSignal(tf.zeros([1, 9]), 4, 1.5)).toThrow(expect.objectContaining({ code: 'DSP_RANGE' }));
    expect(() => frameSignal(tf.zeros([9]) as unknown as tf.Tensor2D, 4, 1)).toThrow(expect.objectContaining({ code: 'DSP_SHAPE' }));
  });
});

describe('centerPad and frameCount', () => {
  it.each([[1, 16, 4], [2048, 2048, 512], [1000, 31, 7], [5, 30, 30], [4096, 2048, 512]])('%i samples, nFft %i, hop %i: as many frames as are cut', (samples, nFft, hopLength) => {
    const padded = centerPad(tf.ones([2, samples]), nFft);
    expect(padded.shape).toEqual([2, samples + 2 * Math.floor(nFft / 2)]);
    expect(frameSignal(padded, nFft, hopLength).shape[1]).toBe(frameCount(samples, nFft, hopLength));
    expect([...tf.sum(padded, 1).dataSync()]).toEqual([samples, samples]);
    expect(padded.dataSync()[Math.floor(nFft / 2)]).toBe(1);
  });
});
