import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '../../../src/device/open-device.js';
import { createDspPlan, createFourierPlan, kernelChoices, powerOfFrames, powerSpectrum, registerWasmKernels } from '../../../src/tensor-dsp/index.js';
import type { WasmModule } from '../../../src/web-assembly.js';
import { chirp, noise } from '../../support/signals.js';

const SETTINGS = { sampleRate: 22050, nFft: 512, hopLength: 100, nMels: 40, nMfcc: 13, nChroma: 12 };

describe("TensorFlow.js's wasm backend with our kernels", () => {
  let module: WasmModule;
  let stock: string[];
  const names = (): string[] => tf.getKernelsForBackend('wasm').map(({ kernelName }) => kernelName);

  beforeAll(async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    stock = names();
    module = (await openDevice('wasm')).device.trackKernel!;
  });
  afterEach(async () => {
    await tf.setBackend('wasm');
  });

  it('has them under names of their own, once', () => {
    const own = names().filter((name) => !stock.includes(name));
    expect(own).toEqual(['SoundkinPowerSpectrogram']);
    registerWasmKernels(module);
    expect(names()).toHaveLength(stock.length + 1);
  });

  it('lists what runs as a kernel, and what is composed', async () => {
    expect(kernelChoices()).toEqual([{ op: 'PowerSpectrogram', implementation: 'kernel' }]);
    await import('@tensorflow/tfjs-backend-cpu');
    await tf.setBackend('cpu');
    expect(kernelChoices()).toEqual([{ op: 'PowerSpectrogram', implementation: 'composed' }]);
    expect(createFourierPlan(64).powerSpectrum).toBe('composed');
  });

  it('chooses once, in the plan', () => {
    expect(createDspPlan(SETTINGS).fourier.powerSpectrum).toBe('kernel');
    expect(createDspPlan(SETTINGS, { composed: true }).fourier.powerSpectrum).toBe('composed');
    expect(createFourierPlan(513).powerSpectrum).toBe('composed');
  });

  it.each([
    { nFft: 512, winLength: 512, hopLength: 100, center: true },
    { nFft: 512, winLength: 300, hopLength: 600, center: false },
    { nFft: 90, winLength: 90, hopLength: 7, center: true },
    { nFft: 1000, winLength: 1000, hopLength: 1000, center: false },
  ])('equals what is composed, within its rounding: $nFft by $hopLength, window $winLength, centred $center', async ({ nFft, winLength, hopLength, center }) => {
    const samples = 3001;
    const signal = tf.tensor2d([...chirp(samples, 100, 9000), ...noise(samples, 4), ...new Float32Array(samples)], [3, samples]);
    const before = tf.memory().numTensors;
    const [kernel, composed] = [{}, { composed: true }].map((options) => createFourierPlan(nFft, winLength, options));
    const a = powerSpectrum(signal, kernel!, { hopLength, center });
    const b = powerSpectrum(signal, composed!, { hopLength, center });
    expect(a.shape).toEqual(b.shape);
    const [got, expected] = (await Promise.all([a.data(), b.data()])) as [Float32Array, Float32Array];
    const [, frames, bins] = a.shape;
    for (let row = 0; row < 3 * frames; row++) {
      const largest = Math.max(...expected.subarray(row * bins, (row + 1) * bins));
      for (let k = row * bins; k < (row + 1) * bins; k++) expect(Math.abs(got[k]! - expected[k]!)).toBeLessThanOrEqual(4e-6 * largest);
    }
    tf.dispose([a, b]);
    kernel!.dispose();
    composed!.dispose();
    expect(tf.memory().numTensors).toBe(before);
    signal.dispose();
  });

  it('takes frames that are cut already', async () => {
    const plan = createFourierPlan(100);
    const frames = tf.tensor3d([...noise(700, 1), ...chirp(700, 100, 5000)], [2, 7, 100]);
    const got = await powerOfFrames(frames, plan).data();
    const expected = await powerOfFrames(frames, createFourierPlan(100, 100, { composed: true })).data();
    expect(got).toHaveLength(2 * 7 * 51);
    got.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 3));
  });

  it('refuses what the composed operations refuse, in their words', () => {
    const told = (composed: boolean, samples: number, hopLength: number): unknown => {
      try {
        return powerSpectrum(tf.zeros([1, samples]), createFourierPlan(64, 64, { composed }), { hopLength, center: false }).shape;
      } catch (error) {
        return String(error);
      }
    };
    for (const [samples, hop] of [[63, 4], [64, 0], [64, 1.5], [64, 4]] as const) expect(told(false, samples, hop)).toEqual(told(true, samples, hop));
    expect(told(false, 63, 4)).toMatch(/expected at least/);
  });
});
