import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createDspPlan, createFourierPlan, kernelChoices, powerOfFrames, powerSpectrum } from '../../../src/tensor-dsp/index.js';
import { registerWebgpuKernels } from '../../../src/tensor-dsp/kernels/webgpu/register-webgpu-kernels.js';
import { onBackend } from '../../conformance/opening.js';
import { chirp, noise } from '../../support/signals.js';
import { allowSoftwareGpu } from '../../support/software-gpu.js';

allowSoftwareGpu();

await onBackend('webgpu', () => {
  describe('the kernel of power spectra', () => {
    it('is registered once, listed, and chosen in the plan where it transforms frames of that length', () => {
      const before = tf.getKernelsForBackend('webgpu').length;
      registerWebgpuKernels();
      expect(tf.getKernelsForBackend('webgpu')).toHaveLength(before);
      expect(kernelChoices()).toContainEqual({ op: 'PowerSpectrogram', implementation: 'kernel' });
      const chosen = (nFft: number, composed = false): string => {
        const plan = createFourierPlan(nFft, nFft, { composed });
        plan.dispose();
        return plan.powerSpectrum;
      };
      expect([16, 64, 2048].map((nFft) => chosen(nFft))).toEqual(['kernel', 'kernel', 'kernel']);
      expect([8, 63, 96, 1000, 8192].map((nFft) => chosen(nFft))).toEqual(Array.from({ length: 5 }, () => 'composed'));
      expect(chosen(2048, true)).toBe('composed');
      const plan = createDspPlan({ sampleRate: 22050, nFft: 512, hopLength: 100, nMels: 40, nMfcc: 13, nChroma: 12 });
      expect(plan.fourier.powerSpectrum).toBe('kernel');
      plan.dispose();
    });

    it.each([
      { nFft: 512, winLength: 512, hopLength: 100, center: true },
      { nFft: 512, winLength: 300, hopLength: 600, center: false },
      { nFft: 16, winLength: 16, hopLength: 5, center: true },
      { nFft: 32, winLength: 20, hopLength: 7, center: false },
      { nFft: 128, winLength: 128, hopLength: 64, center: true },
      { nFft: 4096, winLength: 4096, hopLength: 1000, center: true },
    ])('equals what is composed, within its rounding: $nFft by $hopLength, window $winLength, centred $center', async ({ nFft, winLength, hopLength, center }) => {
      const samples = 4201;
      const signal = tf.tensor2d([...chirp(samples, 100, 9000), ...noise(samples, 4), ...new Float32Array(samples)], [3, samples]);
      const before = tf.memory().numTensors;
      const [kernel, composed] = [{}, { composed: true }].map((options) => createFourierPlan(nFft, winLength, options));
      expect(kernel!.powerSpectrum).toBe('kernel');
      const a = powerSpectrum(signal, kernel!, { hopLength, center });
      const b = powerSpectrum(signal, composed!, { hopLength, center });
      expect(a.shape).toEqual(b.shape);
      const [got, expected] = (await Promise.all([a.data(), b.data()])) as [Float32Array, Float32Array];
      const [, frames, bins] = a.shape;
      for (let row = 0; row < 3 * frames; row++) {
        const largest = Math.max(...expected.subarray(row * bins, (row + 1) * bins));
        let worst = 0;
        for (let k = row * bins; k < (row + 1) * bins; k++) worst = Math.max(worst, Math.abs(got[k]! - expected[k]!));
        expect(worst, `row ${row}`).toBeLessThanOrEqual(4e-6 * largest);
      }
      tf.dispose([a, b]);
      kernel!.dispose();
      composed!.dispose();
      expect(tf.memory().numTensors).toBe(before);
      signal.dispose();
    });

    it('takes frames that are cut already, and as many as one row of workgroups does not hold', async () => {
      const plan = createFourierPlan(16);
      const composed = createFourierPlan(16, 16, { composed: true });
      const samples = noise(16 * 1401, 1);
      const frames = tf.tensor3d(samples, [3, 467, 16]);
      const got = await powerOfFrames(frames, plan).data();
      expect(got).toHaveLength(1401 * 9);
      // At the ends of both rows of workgroups, of which the second has one too many.
      for (const first of [0, 696, 1391]) {
        const some = tf.tensor3d(samples.slice(16 * first, 16 * (first + 10)), [1, 10, 16]);
        const expected = await powerOfFrames(some, composed).data();
        expected.forEach((value, i) => expect(Math.abs(got[9 * first + i]! - value)).toBeLessThanOrEqual(1e-5));
        some.dispose();
      }
      tf.dispose(frames);
      plan.dispose();
      composed.dispose();
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
});
