// Straight from the tables: worker threads measure with this kernel, and need not load TensorFlow.js.
import type { DspSettings } from '../../../tensor-dsp/plan.js';
import { chromaFilterbank } from '../../../tensor-dsp/tables/chroma-filterbank.js';
import { contrastBands } from '../../../tensor-dsp/tables/contrast-bands.js';
import { dctMatrix } from '../../../tensor-dsp/tables/dct.js';
import { frameCount } from '../../../tensor-dsp/tables/frame-count.js';
import { melFilterbank } from '../../../tensor-dsp/tables/mel-filterbank.js';
import { createTuningEstimator } from '../../../tensor-dsp/tuning-estimator.js';
import { WASM_PAGE_BYTES, webAssembly, type WasmMemory, type WasmModule } from '../../../web-assembly.js';
import type { TrackFeatures } from '../../extract.js';
import { packContrastBands, packDct, packMelFilterbank } from './pack-tables.js';

/** What the module exports; addresses are bytes. See assembly/ for each. */
interface TrackExports {
  heapStart(): number;
  fftDoubles(points: number): number;
  setupFft(points: number, memory: number): void;
  setupFrames(nFft: number, hop: number, rate: number, nMels: number, mel: number, nBands: number, bands: number, scratch: number): void;
  setupTrack(nMels: number, nMfcc: number, mfccStride: number, nBands: number, nChroma: number, dct: number, scratch: number): void;
  countCrossings(samples: number, length: number, first: number, end: number, prefix: number): void;
  measureFrames(samples: number, count: number, prefix: number, power: number, stride: number, rows: number, rowStride: number, firstBin: number, lastBin: number, pitches: number): number;
  measurePowers(samples: number, count: number, power: number, stride: number): void;
  measureChroma(power: number, stride: number, count: number, filterbank: number, nChroma: number, out: number, outStride: number): void;
  measureTrack(rows: number, rowStride: number, count: number, frames: number, frameStride: number, sums: number, seed: number, kin: number): void;
}

/** Frames that go through together: their samples and spectra stay in the second-level cache. */
const TILE_FRAMES = 128;
/** Spectra are kept up to here until a track's tuning is known, and computed again beyond. */
const KEPT_FRAMES = 4096;

/** Whether the kernel measures with these settings: others are left to composed operations. */
export function kernelSupports({ nFft }: DspSettings): boolean {
  return nFft >= 64 && (nFft & (nFft - 1)) === 0;
}

/** Measures whole tracks, from samples to rows, in WebAssembly of its own. */
export interface TrackKernel {
  /** @param samples mono, at the settings' rate. */
  measure(samples: Float32Array): TrackFeatures;
}

/**
 * The same features as `frameFeatures` and `trackStatistics`, frame by frame while a frame is in the cache, with float64 transforms.
 *
 * @param module   compiled from assembly/index.ts.
 * @param settings nFft a power of two of at least 64: see `kernelSupports`.
 * @throws DSP_RANGE when the sample rate is too low for the features.
 */
export function createTrackKernel(module: WasmModule, settings: DspSettings): TrackKernel {
  const { sampleRate, nFft, hopLength, nMels, nMfcc, nChroma } = settings;
  const bands = contrastBands({ sampleRate, nFft });
  const memory: WasmMemory = new webAssembly.Memory({ initial: 16, maximum: 65_536 });
  const kernel = new webAssembly.Instance(module, { env: { memory, abort } }).exports as TrackExports;

  let top = kernel.heapStart();
  const allocate = (bytes: number): number => {
    const address = Math.ceil(top / 64) * 64;
    top = address + bytes;
    if (top > memory.buffer.byteLength) memory.grow(Math.ceil((top - memory.buffer.byteLength) / WASM_PAGE_BYTES));
    return address;
  };
  const place = (bytes: Uint8Array): number => {
    const address = allocate(bytes.length);
    new Uint8Array(memory.buffer).set(bytes, address);
    return address;
  };
  const floats = (address: number, length: number): Float32Array => new Float32Array(memory.buffer, address, length);

  const nBins = nFft / 2 + 1;
  const stride = Math.ceil((nBins + 3) / 4) * 4;
  const nBands = bands.length;
  const mfccStride = Math.ceil(nMfcc / 4) * 4;
  const seedWidth = 4 + nChroma + nMels + nMfcc + nBands;
  const frameWidth = 4 + nChroma + 2 * nMfcc + nBands;
  const rowStride = Math.ceil((4 + nMels + 2 * nBands + nChroma + 3) / 4) * 4;
  const chromaColumn = 4 + nMels + 2 * nBands;
  const frameStride = Math.ceil(frameWidth / 4) * 4;
  // The peaks that `pitchPeaks` looks for: 150 to 4000 Hz.
  const firstBin = Math.max(1, Math.ceil((150 * nFft) / sampleRate));
  const lastBin = Math.min(nBins - 2, Math.ceil((Math.min(4000, sampleRate / 2) * nFft) / sampleRate) - 1);
  const mostPeaks = Math.max(0, lastBin - firstBin + 1) / 2 + 2;

  kernel.setupFft(nFft / 2, allocate(8 * kernel.fftDoubles(nFft / 2)));
  const largestCount = Math.max(...bands.map(({ count }) => count));
  kernel.setupFrames(nFft, hopLength, sampleRate, nMels, place(packMelFilterbank(melFilterbank(settings), nBins, nMels)), nBands, place(packContrastBands(bands)), allocate(4 * (nBins + 7 + 2 * largestCount)));
  kernel.setupTrack(nMels, nMfcc, mfccStride, nBands, nChroma, place(packDct(dctMatrix(nMels, nMfcc), nMels, nMfcc)), allocate(4 * (nMels + 2 * nBands + mfccStride + 40)));
  const tileSamples = (TILE_FRAMES - 1) * hopLength + nFft;
  const segment = allocate(4 * tileSamples);
  const prefix = allocate(4 * tileSamples);
  const pitches = allocate(Math.ceil(8 * TILE_FRAMES * mostPeaks));
  const filterbank = allocate(4 * nChroma * stride);
  const sums = allocate(8 * 2 * Math.max(seedWidth, frameWidth));
  const seed = allocate(4 * seedWidth);
  const kin = allocate(4 * 4 * frameWidth);
  const dynamic = top;

  /** The samples under a tile's frames, with zeros where the track has none. */
  const load = (samples: Float32Array, firstFrame: number, count: number): { first: number; length: number } => {
    const from = firstFrame * hopLength - nFft / 2;
    const length = (count - 1) * hopLength + nFft;
    const view = floats(segment, length);
    view.fill(0);
    const start = Math.max(from, 0);
    const stop = Math.min(from + length, samples.length);
    if (stop > start) view.set(samples.subarray(start, stop), start - from);
    return { first: -from, length };
  };

  const filterbanks = new Map<number, Float32Array>();
  const filterbankFor = (tuning: number): Float32Array => {
    let packed = filterbanks.get(tuning);
    if (packed === undefined) {
      const table = chromaFilterbank({ sampleRate, nFft, nChroma, tuning });
      packed = new Float32Array(nChroma * stride);
      for (let k = 0; k < nBins; k++) for (let c = 0; c < nChroma; c++) packed[c * stride + k] = table[k * nChroma + c]!;
      filterbanks.set(tuning, packed);
    }
    return packed;
  };

  return {
    measure: (samples) => {
      const count = frameCount(samples.length, nFft, hopLength);
      const keeps = count <= KEPT_FRAMES;
      top = dynamic;
      const power = allocate(4 * stride * (keeps ? count : TILE_FRAMES) + 64);
      const rows = allocate(4 * rowStride * count + 64);
      const frames = allocate(4 * frameStride * count + 64);
      const tiles = Array.from({ length: Math.ceil(count / TILE_FRAMES) }, (_, i) => ({ start: i * TILE_FRAMES, size: Math.min(TILE_FRAMES, count - i * TILE_FRAMES) }));
      const powerOf = (start: number): number => power + (keeps ? 4 * stride * start : 0);

      const estimator = createTuningEstimator(settings, nChroma);
      for (const { start, size } of tiles) {
        const { first, length } = load(samples, start, size);
        kernel.countCrossings(segment, length, first, first + samples.length, prefix);
        const found = kernel.measureFrames(segment, size, prefix, powerOf(start), stride, rows + 4 * rowStride * start, rowStride, firstBin, lastBin, pitches);
        estimator.addPitches(floats(pitches, 2 * found));
      }
      floats(filterbank, nChroma * stride).set(filterbankFor(estimator.estimate()));
      for (const { start, size } of tiles) {
        if (!keeps) {
          load(samples, start, size);
          kernel.measurePowers(segment, size, power, stride);
        }
        kernel.measureChroma(powerOf(start), stride, size, filterbank, nChroma, rows + 4 * (rowStride * start + chromaColumn), rowStride);
      }
      kernel.measureTrack(rows, rowStride, count, frames, frameStride, sums, seed, kin);
      return { seed: floats(seed, seedWidth).slice(), kin: floats(kin, 4 * frameWidth).slice() };
    },
  };
}

/** AssemblyScript calls this on a fault of its own. */
function abort(_message: number, _file: number, line: number, column: number): never {
  throw new Error(`the feature kernel stopped at ${line}:${column}`);
}
