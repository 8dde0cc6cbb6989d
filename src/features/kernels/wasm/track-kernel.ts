import type { DspSettings } from '../../../tensor-dsp/plan.js';
import { copyStretch } from '../../../tensor-dsp/kernels/wasm/power-frames.js';
import { chromaFilterbank } from '../../../tensor-dsp/tables/chroma-filterbank.js';
import { frameCount } from '../../../tensor-dsp/tables/frame-count.js';
import { TUNING_STEPS } from '../../../tensor-dsp/tuning-estimator.js';
import type { WasmModule } from '../../../web-assembly.js';
import type { TrackFeatures } from '../../extract.js';
import { packChromaFilterbank } from './pack-tables.js';
import { createTrackInstance, TILE_FRAMES } from './track-instance.js';

/** Spectra are kept up to here until a track's tuning is known, and computed again beyond. */
const KEPT_FRAMES = 4096;

/** Whether the kernel measures with these settings: others are left to composed operations. */
export function kernelSupports({ nFft }: DspSettings): boolean {
  return nFft >= 64 && nFft % 2 === 0;
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
 * @param settings nFft even and at least 64; powers of two are some six times as fast to transform.
 * @throws DSP_RANGE when the sample rate is too low for the features.
 */
export function createTrackKernel(module: WasmModule, settings: DspSettings): TrackKernel {
  const { nFft, hopLength, nChroma } = settings;
  const instance = createTrackInstance(module, settings);
  const { kernel, nBins, stride, seedWidth, frameWidth, segment, spectra, tuningScratch, chromaTable, seed, kin, memory } = instance;
  const { allocate, floats } = memory;
  const dynamic = memory.mark();
  const rowStride = kernel.rowFloats();
  const chromaPlace = kernel.chromaPlace();

  /** Brings a tile's samples. @returns the place of the track's first one. */
  const load = (samples: Float32Array, firstFrame: number, count: number): number => {
    const from = firstFrame * hopLength - nFft / 2;
    copyStretch(samples, from, floats(segment, (count - 1) * hopLength + nFft));
    return -from;
  };

  const tables = new Map<number, Uint8Array>();
  const placeChromaTable = (tuning: number): void => {
    let table = tables.get(tuning);
    if (table === undefined) tables.set(tuning, (table = packChromaFilterbank(chromaFilterbank({ ...settings, tuning }), nBins, nChroma)));
    memory.bytes(chromaTable, table.length).set(table);
  };

  return {
    measure: (samples) => {
      const count = frameCount(samples.length, nFft, hopLength);
      const keeps = count <= KEPT_FRAMES;
      memory.release(dynamic);
      const power = allocate(4 * stride * (keeps ? count : TILE_FRAMES));
      const rows = allocate(4 * rowStride * count);
      const frames = allocate(4 * kernel.frameFloats() * (count + 3));
      const weights = allocate(8 * count);
      const tiles = Array.from({ length: Math.ceil(count / TILE_FRAMES) }, (_, i) => ({ start: i * TILE_FRAMES, size: Math.min(TILE_FRAMES, count - i * TILE_FRAMES) }));
      const powerOf = (start: number): number => power + (keeps ? 4 * stride * start : 0);

      // Last, since nobody knows how many there will be.
      const pitches = allocate(0);
      let found = 0;
      for (const { start, size } of tiles) {
        const place = pitches + 8 * found;
        memory.extend(place, instance.tilePeakBytes);
        const first = load(samples, start, size);
        found += kernel.measureFrames(segment, size, first, first + samples.length, powerOf(start), stride, rows + 4 * rowStride * start, rowStride, place);
      }
      const step = kernel.estimateTuning(pitches, found, nChroma, tuningScratch);
      placeChromaTable(step < 0 ? 0 : -0.5 + step * (1 / TUNING_STEPS));
      // Backwards: the last tiles' spectra are still in the cache.
      for (const { start, size } of tiles.reverse()) {
        if (!keeps) {
          load(samples, start, size);
          kernel.measurePowers(segment, hopLength, size, power, stride, spectra);
        }
        kernel.measureChroma(powerOf(start), stride, size, chromaTable, nChroma, rows + 4 * (rowStride * start + chromaPlace), rowStride);
      }
      kernel.measureTrack(rows, count, frames, weights, seed, kin);
      return { seed: floats(seed, seedWidth).slice(), kin: floats(kin, 4 * frameWidth).slice() };
    },
  };
}
