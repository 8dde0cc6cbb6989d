import type { WasmModule } from '../../../web-assembly.js';
import { openKernelMemory } from './kernel-memory.js';

/** What a module with the transform exports: see assembly/spectrum.ts. */
export interface SpectrumExports {
  heapStart(): number;
  spectrumBytes(nFft: number): number;
  setupSpectrum(nFft: number, window: number, memory: number): void;
  spectraBytes(nFft: number): number;
  spectrumStride(nFft: number): number;
  measurePowers(samples: number, hop: number, count: number, power: number, stride: number, scratch: number): void;
}

/** Zeros that the kernel keeps behind the bins of a spectrum, so that whole registers can be read. */
export const SPECTRUM_PADDING = 7;

/** Whether the transform is made for frames of this length. */
export function spectrumSupports(nFft: number): boolean {
  return nFft >= 16 && nFft <= 65_536 && nFft % 2 === 0;
}

/** Frames that go through together: their samples and spectra stay in the second-level cache. */
const TILE_FRAMES = 64;

/** Power spectra of the frames of signals. */
export interface PowerFrames {
  /**
   * @param signal     mono.
   * @param firstStart index of the first frame's first sample; samples that the signal lacks are zeros.
   * @param count      frames, each hopLength after the one before.
   * @param power      [count, bins], written.
   */
  measure(signal: Float32Array, firstStart: number, hopLength: number, count: number, power: Float32Array): void;
}

/**
 * The transform of one window's frames in float64, by the kernel of `module`.
 *
 * @param window [nFft], see `spectrumSupports`.
 */
export function createPowerFrames(module: WasmModule, window: Float64Array): PowerFrames {
  const nFft = window.length;
  const nBins = nFft / 2 + 1;
  const memory = openKernelMemory(module);
  const kernel = memory.exports as SpectrumExports;
  const place = memory.place(new Uint8Array(window.slice().buffer));
  kernel.setupSpectrum(nFft, place, memory.allocate(kernel.spectrumBytes(nFft)));
  const stride = kernel.spectrumStride(nFft);
  const scratch = memory.allocate(kernel.spectraBytes(nFft));
  const dynamic = memory.mark();
  return {
    measure: (signal, firstStart, hopLength, count, power) => {
      memory.release(dynamic);
      const tile = Math.min(TILE_FRAMES, count);
      const samples = memory.allocate(4 * ((tile - 1) * hopLength + nFft));
      const spectra = memory.allocate(4 * tile * stride);
      for (let t = 0; t < count; t += tile) {
        const size = Math.min(tile, count - t);
        copyStretch(signal, firstStart + t * hopLength, memory.floats(samples, (size - 1) * hopLength + nFft));
        kernel.measurePowers(samples, hopLength, size, spectra, stride, scratch);
        for (let i = 0; i < size; i++) power.set(memory.floats(spectra + 4 * i * stride, nBins), (t + i) * nBins);
      }
    },
  };
}

/** Fills `to` from a place of the signal on, which may lie before its beginning or reach beyond its end: with zeros there. */
export function copyStretch(signal: Float32Array, from: number, to: Float32Array): void {
  const start = Math.min(Math.max(from, 0), from + to.length);
  const stop = Math.max(start, Math.min(from + to.length, signal.length));
  to.fill(0, 0, start - from);
  to.set(signal.subarray(start, stop), start - from);
  to.fill(0, stop - from);
}
