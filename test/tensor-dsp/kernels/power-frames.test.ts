import { beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '../../../src/device/open-device.js';
import { createPowerFrames, spectrumSupports } from '../../../src/tensor-dsp/kernels/wasm/power-frames.js';
import { hannWindow } from '../../../src/tensor-dsp/tables/window.js';
import type { WasmModule } from '../../../src/web-assembly.js';
import { naiveDft } from '../../support/naive-dft.js';
import { chirp, noise, scaled } from '../../support/signals.js';

/** float32 rounds once, at the end; float64 errs some 250 dB below the frame's loudest bin. */
const ROUNDING = 1.2e-7;
const FLOOR = 1e-24;

function soundFor(samples: number): Float32Array {
  const hiss = scaled(noise(samples, 3), 1e-4);
  return chirp(samples, 200, 3000).map((value, n) => value + hiss[n]!);
}

/** The worst bin's error in units of what rounding allows it. */
function worstError(power: Float32Array, frame: Float64Array): number {
  const { real, imag } = naiveDft(frame);
  const exact = real.map((re, k) => re ** 2 + imag[k]! ** 2);
  const largest = Math.max(...exact);
  return Math.max(...exact.map((value, k) => Math.abs(power[k]! - value) / (ROUNDING * value + FLOOR * largest + 1e-45)));
}

describe('the transform of the wasm kernels', () => {
  let module: WasmModule;
  beforeAll(async () => {
    module = (await openDevice('wasm')).device.trackKernel!;
  });

  const measure = (signal: Float32Array, window: Float64Array, start: number, hop: number, count: number): Float32Array[] => {
    const bins = window.length / 2 + 1;
    const power = new Float32Array(count * bins);
    createPowerFrames(module, window).measure(signal, start, hop, count, power);
    return Array.from({ length: count }, (_, t) => power.subarray(t * bins, (t + 1) * bins));
  };

  it.each([16, 18, 62, 64, 66, 100, 126, 128, 254, 256, 512, 1000, 1024, 1536, 2000, 2048, 2050, 4096])('is that of float64 for %i samples', (nFft) => {
    const hop = Math.ceil(nFft / 3);
    const signal = soundFor(3 * nFft);
    const window = hannWindow(nFft);
    const spectra = measure(signal, window, 0, hop, 3);
    for (const [t, power] of spectra.entries()) {
      const frame = Float64Array.from(window, (w, n) => w * signal[t * hop + n]!);
      expect(worstError(power, frame)).toBeLessThan(1);
      // And the check tells: the next bin's window, or a bin's last bits, would not do.
      expect(worstError(power, Float64Array.from(window, (w, n) => w * (signal[t * hop + n]! + (n === 3 ? 1e-5 : 0))))).toBeGreaterThan(1);
    }
  });

  it.each([96, 128])('takes any window, and zeros for samples that the signal lacks (%i)', (nFft) => {
    const signal = soundFor(nFft);
    const window = hannWindow(nFft, nFft - 30);
    const starts = [-nFft, -nFft / 2, 0, nFft / 2, nFft];
    const spectra = measure(signal, window, -nFft, nFft / 2, 5);
    for (const [t, start] of starts.entries()) {
      const frame = Float64Array.from(window, (w, n) => w * (signal[start + n] ?? 0));
      expect(worstError(spectra[t]!, frame)).toBeLessThan(1);
    }
    expect([...spectra[0]!, ...spectra[4]!].every((value) => value === 0)).toBe(true);
  });

  it.each([100, 128, 1536])('measures a frame the same whatever its neighbours (%i)', (nFft) => {
    const signal = soundFor(7 * nFft);
    const alone = Array.from({ length: 7 }, (_, t) => measure(signal.slice(t * nFft, (t + 1) * nFft), hannWindow(nFft), 0, nFft, 1)[0]!);
    const loud = signal.map((value, n) => (Math.floor(n / nFft) % 2 === 0 ? value : n % 3 === 0 ? NaN : 1e30));
    for (const t of [0, 2, 4, 6]) {
      expect(measure(signal, hannWindow(nFft), 0, nFft, 7)[t]).toEqual(alone[t]);
      expect(measure(loud, hannWindow(nFft), 0, nFft, 7)[t]).toEqual(alone[t]);
    }
  });

  it('supports even lengths', () => {
    expect([14, 15, 16, 17, 65_535, 65_536, 65_538].map(spectrumSupports)).toEqual([false, false, true, false, false, true, false]);
  });
});
