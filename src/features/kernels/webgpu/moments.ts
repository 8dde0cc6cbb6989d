import type * as tf from '@tensorflow/tfjs-core';
import { frameRow } from '../../../tensor-dsp/kernels/webgpu/frame-features.js';
import type { FrameTables } from '../../../tensor-dsp/kernels/webgpu/frame-tables.js';
import { registerGpuKernel, runGpuKernel } from '../../../web-gpu.js';
import { TRACK, TRACK_INTEGERS } from '../../../tensor-dsp/kernels/webgpu/spectrum-code.js';
import { DECIBELS } from './cepstra.js';
import { MAXIMA } from './maxima.js';

const KERNEL = 'SoundkinMoments';

/** Integers of a chunk in its table: first frame's slot, frames, track, and one unused. */
export const CHUNK_INTEGERS = 4;

/** Frames a chunk has at most: few enough that a song is many workgroups, enough that their results are few. */
export const CHUNK_FRAMES = 128;

/** How the numbers of a chunk lie: frames, sum of rms², then the four moments of each column of the `kin` layout, then the means of what only `seed` has. */
export interface MomentsLayout {
  /** Columns of a frame in the `kin` layout: bandwidth, log rms, log flatness, zero-crossing rate, chroma, MFCC, contrast, deltas. */
  readonly nKin: number;
  /** Columns that only the `seed` layout has: rms, flatness, mel. */
  readonly nSeed: number;
  readonly stride: number;
}

export function momentsLayout({ settings: { nMels, nMfcc, nChroma }, nBands }: FrameTables): MomentsLayout {
  const nKin = 4 + nChroma + 2 * nMfcc + nBands;
  const nSeed = 2 + nMels;
  return { nKin, nSeed, stride: 2 + 4 * nKin + nSeed };
}

/** What the frames of a batch are described by on the device. Nothing of it is disposed. */
export interface DescribedFrames {
  readonly rows: tf.Tensor2D;
  readonly chroma: tf.Tensor2D;
  readonly cepstra: tf.Tensor2D;
  readonly maxima: tf.Tensor2D;
  readonly tracks: tf.Tensor1D;
  /** int32, CHUNK_INTEGERS a chunk. */
  readonly chunks: tf.Tensor1D;
}

/**
 * Statistics of every chunk of frames, to be put together into tracks by `combineMoments`: one workgroup a chunk, one invocation a column. For each column
 * of the `kin` layout mean, sum of squared deviations, and both again weighted by rms².
 *
 * @returns [chunks, stride], see `momentsLayout`. The caller disposes it.
 * @see `trackStatistics` and `delta`, which define them.
 */
export function gpuMoments(described: DescribedFrames, nChunks: number, tables: FrameTables): tf.Tensor2D {
  registerGpuKernel(KERNEL);
  const { nMfcc, nChroma } = tables.settings;
  const { nBands } = tables;
  const row = frameRow(tables);
  const layout = momentsLayout(tables);
  const { nKin, nSeed } = layout;
  const mfccColumn = 4 + nChroma;
  const contrastColumn = mfccColumn + nMfcc;
  const deltaColumn = contrastColumn + nBands;
  const code = `${DECIBELS}
// The slope of a coefficient through the frames around, nearer the track's ends that of the last whole window.
fn slope(slot : i32, track : i32, c : i32) -> f32 {
  let first = tracks[track + ${TRACK.firstSlot}];
  let firstFrame = tracks[track + ${TRACK.firstFrame}];
  let total = tracks[track + ${TRACK.totalFrames}];
  let half = min(4, (total - 1) / 2);
  let frame = clamp(firstFrame + slot - first, half, total - 1 - half);
  let centre = frame - firstFrame + first;
  var sum = 0.0;
  for (var j = 1; j <= half; j++) {
    sum += f32(j) * (cepstra[(centre + j) * ${nMfcc} + c] - cepstra[(centre - j) * ${nMfcc} + c]);
  }
  return select(0.0, 3.0 * sum / f32(max(half * (half + 1) * (2 * half + 1), 1)), half > 0);
}

fn valueOf(slot : i32, track : i32, column : i32) -> f32 {
  let row = slot * ${row.stride};
  if (column >= ${nKin + 2}) { return rows[row + ${row.mel} + column - ${nKin + 2}]; }
  if (column == ${nKin + 1}) { return rows[row + ${row.flatness}]; }
  if (column == ${nKin}) { return rows[row + ${row.rms}]; }
  if (column >= ${deltaColumn}) { return slope(slot, track * ${TRACK_INTEGERS}, column - ${deltaColumn}); }
  if (column >= ${contrastColumn}) {
    let band = column - ${contrastColumn};
    let most = track * ${MAXIMA};
    return clipped(rows[row + ${row.peaks} + band], maxima[most + 1]) - clipped(rows[row + ${row.valleys} + band], maxima[most + 2]);
  }
  if (column >= ${mfccColumn}) { return cepstra[slot * ${nMfcc} + column - ${mfccColumn}]; }
  if (column >= 4) { return chroma[slot * ${nChroma} + column - 4]; }
  let value = rows[row + column];
  if (column == 1) { return ${1 / Math.LN10} * log(value + 1e-5); }
  if (column == 2) { return ${1 / Math.LN10} * log(value + 1e-10); }
  return value;
}

fn kernel() {
  let t = i32(localIndex);
  let chunk = i32(workgroupId.x) * ${CHUNK_INTEGERS};
  let first = chunks[chunk];
  let count = chunks[chunk + 1];
  let track = chunks[chunk + 2];
  let place = i32(workgroupId.x) * ${layout.stride};
  for (var column = t; column < ${nKin + nSeed}; column += 256) {
    var sum = 0.0;
    var weightedSum = 0.0;
    var weight = 0.0;
    for (var slot = first; slot < first + count; slot++) {
      let value = valueOf(slot, track, column);
      let rms = rows[slot * ${row.stride} + ${row.rms}];
      sum += value;
      weightedSum += rms * rms * value;
      weight += rms * rms;
    }
    let mean = sum / f32(count);
    if (column == 0) {
      result[place] = f32(count);
      result[place + 1] = weight;
    }
    if (column >= ${nKin}) {
      result[place + ${2 + 4 * nKin} + column - ${nKin}] = mean;
      continue;
    }
    let weightedMean = select(mean, weightedSum / weight, weight > 0.0);
    var squares = 0.0;
    var weightedSquares = 0.0;
    for (var slot = first; slot < first + count; slot++) {
      let value = valueOf(slot, track, column);
      let rms = rows[slot * ${row.stride} + ${row.rms}];
      squares += (value - mean) * (value - mean);
      weightedSquares += rms * rms * (value - weightedMean) * (value - weightedMean);
    }
    let at = place + 2 + 4 * column;
    result[at] = mean;
    result[at + 1] = squares;
    result[at + 2] = weightedMean;
    result[at + 3] = weightedSquares;
  }
}
`;
  const inputs = { rows: described.rows, chroma: described.chroma, cepstra: described.cepstra, maxima: described.maxima, tracks: described.tracks, chunks: described.chunks };
  const program = { key: `${KERNEL}/${JSON.stringify(tables.settings)}`, inputs: Object.keys(inputs), workgroupSize: 256, code };
  return runGpuKernel(KERNEL, inputs, { program, workgroups: [nChunks], shape: [described.chunks.size / CHUNK_INTEGERS, layout.stride] }) as tf.Tensor2D;
}
