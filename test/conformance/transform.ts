import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { createFourierPlan, magnitude, powerSpectrum, stft, type PlanOptions } from '../../src/tensor-dsp/index.js';
import { hannWindow } from '../../src/tensor-dsp/tables/window.js';
import { naiveDft, naiveStft } from '../support/naive-dft.js';
import { chirp, noise, scaled } from '../support/signals.js';
import { TRANSFORM_BOUND } from '../support/tolerance.js';

interface TransformCase {
  readonly nFft: number;
  readonly hopLength: number;
  readonly winLength?: number;
  readonly why: string;
}

const CASES: readonly TransformCase[] = [
  { nFft: 2, hopLength: 1, why: 'the shortest' },
  { nFft: 16, hopLength: 4, why: 'a small power of two' },
  { nFft: 30, hopLength: 7, why: 'composite, no power of two' },
  { nFft: 31, hopLength: 8, why: 'a prime' },
  { nFft: 1000, hopLength: 300, why: 'round for people; the hop does not divide it' },
  { nFft: 1023, hopLength: 256, why: 'odd and composite' },
  { nFft: 2048, hopLength: 512, why: "librosa's default" },
  { nFft: 2048, hopLength: 2048, why: 'frames that do not overlap' },
  { nFft: 256, hopLength: 300, why: 'gaps between the frames' },
  { nFft: 64, hopLength: 16, winLength: 40, why: 'a window shorter than the frame' },
  { nFft: 63, hopLength: 16, winLength: 40, why: 'the same, which cannot be centred evenly' },
];

/** A tone that rises, with noise under it: real and imaginary parts of every sign. */
function soundFor(samples: number): Float32Array {
  const hiss = scaled(noise(samples, 3), 0.25);
  return chirp(samples, 200, 9000).map((value, n) => 0.7 * value + hiss[n]!);
}

/** The short-time transform against its definition in float64, frame by frame. */
export function describeTransform(options: PlanOptions = {}): void {
  for (const { nFft, hopLength, winLength = nFft, why } of CASES) {
    it(`nFft ${nFft}, hop ${hopLength}, window ${winLength}: ${why}`, async () => {
      const samples = soundFor(Math.max(3 * nFft, 50) + 5);
      const expected = naiveStft(samples, hannWindow(nFft, winLength), hopLength);
      const nBins = Math.floor(nFft / 2) + 1;

      const plan = createFourierPlan(nFft, winLength, options);
      const signal = tf.tensor2d(samples, [1, samples.length]);
      const { real, imag } = stft(signal, plan, { hopLength });
      const power = powerSpectrum(signal, plan, { hopLength });
      const amplitude = magnitude(power);
      const results = [real, imag, power, amplitude];
      for (const result of results) expect(result.shape).toEqual([1, expected.length, nBins]);
      const [gotReal, gotImag, gotPower, gotMagnitude] = await Promise.all(results.map((t) => t.data()));
      tf.dispose([signal, ...results]);
      plan.dispose();

      const worst = { real: 0, imag: 0, magnitude: 0, power: 0 };
      for (const [t, frame] of expected.entries()) {
        const magnitudes = frame.real.map((re, k) => Math.hypot(re, frame.imag[k]!));
        const largest = Math.max(...magnitudes, 1e-20);
        for (let k = 0; k < nBins; k++) {
          const [re, im] = [gotReal![t * nBins + k]!, gotImag![t * nBins + k]!];
          worst.real = Math.max(worst.real, Math.abs(re - frame.real[k]!) / largest);
          worst.imag = Math.max(worst.imag, Math.abs(im - frame.imag[k]!) / largest);
          worst.magnitude = Math.max(worst.magnitude, Math.abs(gotMagnitude![t * nBins + k]! - magnitudes[k]!) / largest);
          worst.power = Math.max(worst.power, Math.abs(gotPower![t * nBins + k]! - (re ** 2 + im ** 2)) / largest ** 2);
        }
      }
      for (const [part, share] of Object.entries(worst)) expect(share, part).toBeLessThan(TRANSFORM_BOUND);
    });
  }

  it('keeps a bin 140 dB below its frame, where one float32 transform would drown it', async () => {
    // A strong low tone beside a weak high one: the second difference is what keeps the high one.
    const nFft = 2048;
    const samples = Float32Array.from({ length: nFft }, (_, n) => Math.cos((2 * Math.PI * 8 * n) / nFft));
    const window = hannWindow(nFft);
    const plan = createFourierPlan(nFft, nFft, options);
    const signal = tf.tensor2d(samples, [1, nFft]);
    const power = powerSpectrum(signal, plan, { hopLength: nFft, center: false });
    const got = await power.data();
    tf.dispose([signal, power]);
    plan.dispose();
    const { real, imag } = naiveDft(Float64Array.from(samples, (value, n) => value * window[n]!));
    const exact = real.map((re, k) => re ** 2 + imag[k]! ** 2);
    const highBins = Array.from({ length: 513 }, (_, i) => 512 + i);
    const error = Math.max(...highBins.map((k) => Math.abs(got[k]! - exact[k]!)));
    expect(10 * Math.log10(error / Math.max(...exact))).toBeLessThan(-160);
  });
}
