// Straight from the tables: worker threads measure with this kernel, and need not load TensorFlow.js.
import type { DspSettings } from '../../../tensor-dsp/plan.js';
import { openKernelMemory, type KernelMemory } from '../../../tensor-dsp/kernels/wasm/kernel-memory.js';
import type { SpectrumExports } from '../../../tensor-dsp/kernels/wasm/power-frames.js';
import { contrastBands } from '../../../tensor-dsp/tables/contrast-bands.js';
import { dctMatrix } from '../../../tensor-dsp/tables/dct.js';
import { melFilterbank } from '../../../tensor-dsp/tables/mel-filterbank.js';
import { hannWindow } from '../../../tensor-dsp/tables/window.js';
import type { WasmModule } from '../../../web-assembly.js';
import { mostChromaBytes, packContrastBands, packDct, packMelFilterbank } from './pack-tables.js';

/** What the module exports; addresses are bytes. See assembly/ for each. */
export interface TrackExports extends SpectrumExports {
  contrastBytes(bins: number, count: number): number;
  setupContrast(nBands: number, bands: number, bins: number, most: number, memory: number): void;
  frameBytes(nFft: number, hop: number, frames: number): number;
  setupFrames(nFft: number, hop: number, frames: number, rate: number, nMels: number, mel: number, firstBin: number, lastBin: number, memory: number): void;
  /** Stages of `measureFrames`, by themselves for benches and tests. */
  measureShape(power: number, bins: number, magnitudes: number): void;
  mel(power: number, table: number, nMels: number, out: number): void;
  contrast(power: number, out: number): void;
  pitchPeaks(power: number, firstBin: number, lastBin: number, largest: number, rate: number, nFft: number, out: number): number;
  measureFrames(samples: number, count: number, first: number, end: number, power: number, stride: number, rows: number, rowStride: number, pitches: number): number;
  measureChroma(power: number, stride: number, count: number, table: number, nChroma: number, out: number, outStride: number): void;
  tuningBytes(): number;
  estimateTuning(pitches: number, count: number, binsPerOctave: number, scratch: number): number;
  trackBytes(nMels: number, nMfcc: number, nBands: number, nChroma: number): number;
  setupTrack(nMels: number, nMfcc: number, nBands: number, nChroma: number, dct: number, memory: number): void;
  rowFloats(): number;
  chromaPlace(): number;
  frameFloats(): number;
  measureTrack(rows: number, count: number, frames: number, weights: number, seed: number, kin: number, part?: number): void;
}

/** Frames that go through together: their samples and spectra stay in the second-level cache. */
export const TILE_FRAMES = 128;

/** The module with its tables in a memory of its own. */
export interface TrackInstance {
  readonly kernel: TrackExports;
  readonly nBins: number;
  /** Floats from one spectrum to the next. */
  readonly stride: number;
  readonly seedWidth: number;
  /** Columns of the 'kin' layout, each of which has four statistics. */
  readonly frameWidth: number;
  /** Bins that are looked through for peaks, both included. */
  readonly firstBin: number;
  readonly lastBin: number;
  /** Bytes of the most peaks that a tile may have. */
  readonly tilePeakBytes: number;
  /** Addresses of what a tile and a track need: samples, the mel bands' weights, scratch of spectra and of the tuning, the chroma table, and the results. */
  readonly melTable: number;
  readonly segment: number;
  readonly spectra: number;
  readonly tuningScratch: number;
  readonly chromaTable: number;
  readonly seed: number;
  readonly kin: number;
  readonly memory: KernelMemory;
}

/**
 * @param module   compiled from assembly/index.ts.
 * @param settings see `kernelSupports`.
 * @throws DSP_RANGE when the sample rate is too low for the features.
 */
export function createTrackInstance(module: WasmModule, settings: DspSettings): TrackInstance {
  const { sampleRate, nFft, hopLength, nMels, nMfcc, nChroma } = settings;
  const bands = contrastBands({ sampleRate, nFft });
  const memory = openKernelMemory(module);
  const { allocate, place } = memory;
  const kernel = memory.exports as TrackExports;

  const nBins = nFft / 2 + 1;
  const nBands = bands.length;
  const seedWidth = 4 + nChroma + nMels + nMfcc + nBands;
  const frameWidth = 4 + nChroma + 2 * nMfcc + nBands;
  // The peaks that `pitchPeaks` looks for: 150 to 4000 Hz.
  const firstBin = Math.max(1, Math.ceil((150 * nFft) / sampleRate));
  const lastBin = Math.min(nBins - 2, Math.ceil((Math.min(4000, sampleRate / 2) * nFft) / sampleRate) - 1);
  const mostPeaks = Math.max(0, lastBin - firstBin + 1) / 2 + 2;

  const window = place(new Uint8Array(hannWindow(nFft).buffer));
  kernel.setupSpectrum(nFft, window, allocate(kernel.spectrumBytes(nFft)));
  const mostBins = Math.max(...bands.map(({ start, end }) => end - start));
  const mostExtremes = Math.max(...bands.map(({ count }) => count));
  kernel.setupContrast(nBands, place(packContrastBands(bands)), mostBins, mostExtremes, allocate(kernel.contrastBytes(mostBins, mostExtremes)));
  const melTable = place(packMelFilterbank(melFilterbank(settings), nBins, nMels));
  kernel.setupFrames(nFft, hopLength, TILE_FRAMES, sampleRate, nMels, melTable, firstBin, lastBin, allocate(kernel.frameBytes(nFft, hopLength, TILE_FRAMES)));
  const dct = place(packDct(dctMatrix(nMels, nMfcc), nMels, nMfcc));
  kernel.setupTrack(nMels, nMfcc, nBands, nChroma, dct, allocate(kernel.trackBytes(nMels, nMfcc, nBands, nChroma)));
  const addresses = {
    melTable,
    segment: allocate(4 * ((TILE_FRAMES - 1) * hopLength + nFft + 64)),
    spectra: allocate(kernel.spectraBytes(nFft)),
    tuningScratch: allocate(kernel.tuningBytes()),
    chromaTable: allocate(mostChromaBytes(nBins, nChroma)),
    seed: allocate(4 * seedWidth),
    kin: allocate(4 * 4 * frameWidth),
  };

  return {
    kernel,
    nBins,
    stride: kernel.spectrumStride(nFft),
    seedWidth,
    frameWidth,
    firstBin,
    lastBin,
    tilePeakBytes: Math.ceil(8 * (TILE_FRAMES * mostPeaks + 4)),
    ...addresses,
    memory,
  };
}
