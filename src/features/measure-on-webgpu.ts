import * as tf from '@tensorflow/tfjs-core';
import type { AnalysisSettings } from '../config/analysis.js';
import { createDspPlan, createTuningEstimator, frameCount, type DspPlan } from '../tensor-dsp/index.js';
import { chromaFilterbanks, gpuChroma } from '../tensor-dsp/kernels/webgpu/chroma.js';
import { frameRow, frameWorkgroupBytes, gpuFrameFeatures, type FrameBatch } from '../tensor-dsp/kernels/webgpu/frame-features.js';
import { createFrameTables, type FrameTables } from '../tensor-dsp/kernels/webgpu/frame-tables.js';
import { gpuBackend, type GpuBackend } from '../web-gpu.js';
import { gpuTunings } from '../tensor-dsp/kernels/webgpu/tuning.js';
import { TUNING_STEPS } from '../tensor-dsp/tuning-estimator.js';
import type { Measurer, Sound, TrackFeatures } from './extract.js';
import { gpuCepstra } from './kernels/webgpu/cepstra.js';
import { combineMoments } from './kernels/webgpu/combine-moments.js';
import { gpuMaxima, MAXIMA } from './kernels/webgpu/maxima.js';
import { CHUNK_INTEGERS, gpuMoments, momentsLayout } from './kernels/webgpu/moments.js';
import { packPieces, roomFor, samplesOf, type PackedBatch, type Piece } from './kernels/webgpu/packed-batch.js';
import { createSampleBuffer } from './kernels/webgpu/sample-buffer.js';

/** Workgroups of one dispatch, a frame each, that every device takes. */
const MOST_FRAMES = 32_768;
/** Frames around a tile's own that its slopes reach for: back to the last whole window of a track that ends in the tile, and half a window ahead. */
const BEFORE = 8;
const AFTER = 4;
/** Tiles of a long track whose frames stay on the device until its tuning is known; others are measured again. */
const KEPT_TILES = 4;

/** Whether the current backend is webgpu and its kernels measure with these settings: others are left to composed operations. */
export function webgpuSupports({ nFft, hopLength, nChroma, nMels }: AnalysisSettings): boolean {
  const limits = gpuBackend()?.device.limits;
  if (limits === undefined || nFft < 64 || nFft > 4096 || (nFft & (nFft - 1)) !== 0 || nChroma > 64) return false;
  const largest = Math.max(4 * TUNING_STEPS * nChroma * (nFft / 2 + 1), 64 * 4 * (nMels + nFft + hopLength + 32));
  return frameWorkgroupBytes(nFft) <= limits.maxComputeWorkgroupStorageSize && largest <= limits.maxStorageBufferBindingSize;
}

/** A plan for one sample rate, with its tables on the device. */
interface RatePlan {
  readonly tables: FrameTables;
  readonly filters: tf.Tensor1D;
  /** Frames of one batch that the device's largest buffers hold. */
  readonly mostFrames: number;
}

/** Measures with kernels of our own on the current backend, which is webgpu: see `webgpuSupports`. Sounds of any lengths share a batch. */
export function webgpuMeasurer(settings: AnalysisSettings): Measurer {
  const backend = gpuBackend()!;
  const buffer = createSampleBuffer(backend);
  const plans = new Map<number, RatePlan>();
  const planFor = (sampleRate: number): RatePlan => {
    let plan = plans.get(sampleRate);
    if (plan === undefined) plans.set(sampleRate, (plan = createRatePlan({ ...settings, sampleRate }, backend)));
    return plan;
  };
  const framesOf = (sound: Sound): number => frameCount(samplesOf(sound).length, settings.nFft, settings.hopLength);
  const upload = (batch: PackedBatch): UploadedBatch => ({
    packed: batch,
    samples: buffer.upload(batch.placements, batch.nSamples),
    tracks: tf.tensor1d(batch.tracks, 'int32'),
    slots: tf.tensor1d(batch.slots, 'int32'),
    chunks: tf.tensor1d(batch.chunks, 'int32'),
    nFrames: batch.nFrames,
  });
  return {
    oneByOne: false,
    mixesLengths: true,
    // All samples go through one buffer: what reads it is submitted before another batch's are written.
    inFlight: 2,
    frameCount: framesOf,
    measure: async (sounds, frames) => {
      const plan = planFor(sounds[0]!.sampleRate);
      // A sound is tiled for its own length alone, never for its neighbours': else its last digits would depend on them.
      const most = sounds.length === 1 ? Math.min(Math.max(frames, 64), plan.mostFrames) : plan.mostFrames;
      const features = new Array<TrackFeatures>(sounds.length);
      for (const group of groups(sounds.map(framesOf), Math.min(Math.max(sounds.length * frames, 64), plan.mostFrames))) {
        const pieces = group.map((i) => wholeTrack(sounds[i]!, framesOf(sounds[i]!)));
        const rows = group.length === 1 && pieces[0]!.totalFrames > most ? [await measureLong(pieces[0]!, most, plan, upload)] : await measureTogether(pieces, plan, upload);
        group.forEach((i, place) => (features[i] = rows[place]!));
      }
      return features;
    },
    dispose: () => {
      buffer.dispose();
      for (const { tables, filters } of plans.values()) {
        tables.dispose();
        filters.dispose();
      }
      plans.clear();
    },
  };
}

function createRatePlan(settings: DspPlan['settings'], backend: GpuBackend): RatePlan {
  const tables = createFrameTables(settings);
  const plan = createDspPlan(settings);
  const filters = chromaFilterbanks(plan);
  plan.dispose();
  // The tables' lengths are powers of two, and samples overlap at a batch's ends.
  const bytesAFrame = 4 * Math.max(frameRow(tables).stride, settings.hopLength);
  const fitting = (Math.min(backend.device.limits.maxStorageBufferBindingSize, backend.device.limits.maxBufferSize) - 4 * settings.nFft) / bytesAFrame;
  return { tables, filters, mostFrames: Math.min(MOST_FRAMES, 2 ** Math.floor(Math.log2(fitting))) };
}

/** A batch on the device. Whoever uploads it disposes its tensors. */
interface UploadedBatch extends FrameBatch {
  readonly packed: PackedBatch;
  readonly chunks: tf.Tensor1D;
}

type Upload = (batch: PackedBatch) => UploadedBatch;

const wholeTrack = (sound: Sound, totalFrames: number): Piece => ({ sound, totalFrames, first: 0, end: totalFrames, countFirst: 0, countEnd: totalFrames });

/** Indices in their order, cut where a group would hold more than `most` frames. */
function groups(counts: readonly number[], most: number): number[][] {
  const all: number[][] = [];
  let room = 0;
  counts.forEach((count, i) => {
    if (count > room) {
      all.push([]);
      room = most;
    }
    all.at(-1)!.push(i);
    room -= count;
  });
  return all;
}

/** Six dispatches and one reading back, however many tracks. */
async function measureTogether(pieces: readonly Piece[], { tables, filters }: RatePlan, upload: Upload): Promise<TrackFeatures[]> {
  const { settings } = tables;
  const packed = packPieces(pieces, settings.nFft, settings.hopLength);
  const moments = tf.tidy(() => {
    const batch = upload(packed);
    const rows = gpuFrameFeatures(batch, tables);
    const tunings = gpuTunings(rows, batch.tracks, packed.nTracks, tables);
    return describe(batch, rows, tunings, gpuMaxima(rows, batch.tracks, packed.nTracks, tables), tables, filters);
  });
  const chunks = await readChunks(moments, packed, tables);
  return packed.chunkRanges.map(([from, to]) => combineMoments(chunks.slice(from, to), momentsLayout(tables), settings));
}

function describe(batch: UploadedBatch, rows: tf.Tensor2D, tunings: tf.Tensor2D, maxima: tf.Tensor2D, tables: FrameTables, filters: tf.Tensor1D): tf.Tensor2D {
  const chroma = gpuChroma(batch, tables, filters, tunings);
  const cepstra = gpuCepstra(rows, maxima, batch, tables);
  return gpuMoments({ rows, chroma, cepstra, maxima, tracks: batch.tracks, chunks: batch.chunks }, batch.packed.nChunks, tables);
}

async function readChunks(moments: tf.Tensor2D, { nChunks }: PackedBatch, tables: FrameTables): Promise<Float32Array[]> {
  const values = (await moments.data()) as Float32Array;
  moments.dispose();
  const { stride } = momentsLayout(tables);
  return Array.from({ length: nChunks }, (_, chunk) => values.subarray(chunk * stride, (chunk + 1) * stride));
}

/** A track longer than a batch: once for its tuning and its maxima, and once more for the rest. */
async function measureLong({ sound, totalFrames }: Piece, most: number, { tables, filters }: RatePlan, upload: Upload): Promise<TrackFeatures> {
  const { settings } = tables;
  const step = most - BEFORE - AFTER;
  const batches: PackedBatch[] = [];
  for (let start = 0; start < totalFrames; start += step) {
    const countEnd = Math.min(start + step, totalFrames);
    const piece = { sound, totalFrames, first: Math.max(0, start - BEFORE), end: Math.min(totalFrames, countEnd + AFTER), countFirst: start, countEnd };
    batches.push(packPieces([piece], settings.nFft, settings.hopLength));
  }

  const estimator = createTuningEstimator(settings, settings.nChroma);
  const largest = new Float32Array(MAXIMA * roomFor(1));
  const kept: tf.Tensor2D[] = [];
  const chunks: Float32Array[] = [];
  try {
    for (const [i, batch] of batches.entries()) {
      const [rows, pitches, maxima] = tf.tidy(() => {
        const uploaded = upload(batch);
        const measured = gpuFrameFeatures(uploaded, tables);
        const { pitches: column, stride } = frameRow(tables);
        return [measured, tf.slice(measured, [0, column], [measured.shape[0], stride - column]), gpuMaxima(measured, uploaded.tracks, 1, tables)] as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      });
      if (i < KEPT_TILES) kept.push(rows);
      else rows.dispose();
      const [pitchValues, maximaValues] = (await Promise.all([pitches.data(), maxima.data()])) as [Float32Array, Float32Array];
      tf.dispose([pitches, maxima]);
      addPitches(estimator, pitchValues, pitches.shape[1], batch, settings.nChroma);
      for (let m = 0; m < MAXIMA; m++) largest[m] = Math.max(largest[m]!, maximaValues[m]!);
    }
    const tuning = Math.round((estimator.estimate() + 0.5) * TUNING_STEPS);
    for (const [i, batch] of batches.entries()) {
      const moments = tf.tidy(() => {
        const uploaded = upload(batch);
        const tunings = tf.tensor2d(new Float32Array(2 * roomFor(1)).fill(tuning), [roomFor(1), 2]);
        return describe(uploaded, kept[i] ?? gpuFrameFeatures(uploaded, tables), tunings, tf.tensor2d(largest, [roomFor(1), MAXIMA]), tables, filters);
      });
      chunks.push(...(await readChunks(moments, batch, tables)));
    }
  } finally {
    tf.dispose(kept);
  }
  return combineMoments(chunks, momentsLayout(tables), settings);
}

/** Hands a tile's own pitches to the estimator: of each the frame's row has its height and its cell, any frequency of which serves. */
function addPitches(estimator: ReturnType<typeof createTuningEstimator>, values: Float32Array, stride: number, { chunks, nChunks }: PackedBatch, nChroma: number): void {
  const first = chunks[0]!;
  const last = CHUNK_INTEGERS * (nChunks - 1);
  const end = chunks[last]! + chunks[last + 1]!;
  const pairs: number[] = [];
  for (let slot = first; slot < end; slot++) {
    const at = slot * stride;
    for (let i = 0; i < values[at]!; i++) {
      const cell = values[at + 2 + 2 * i]!;
      pairs.push(440 * 2 ** ((-0.5 + (cell + 0.5) / TUNING_STEPS) / nChroma), values[at + 1 + 2 * i]!);
    }
  }
  estimator.addPitches(Float32Array.from(pairs));
}
