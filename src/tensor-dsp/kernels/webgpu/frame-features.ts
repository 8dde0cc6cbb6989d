import type * as tf from '@tensorflow/tfjs-core';
import type { FrameTables } from './frame-tables.js';
import { registerGpuKernel, runGpuKernel, type GpuProgram } from '../../../web-gpu.js';
import { spectrumLayout, spectrumWorkgroupBytes, spectrumWorkgroupSize, TRACK, TRACK_INTEGERS } from './spectrum-code.js';

const KERNEL = 'SoundkinFrameFeatures';

/** Places in a frame's row. */
export interface FrameRow {
  /** Hz; root mean square; flatness; share of sign changes. */
  readonly bandwidth: 0;
  readonly rms: 1;
  readonly flatness: 2;
  readonly zeroCrossingRate: 3;
  /** Bands of a mel spectrum, linear. */
  readonly mel: 4;
  /** Contrast's peaks and valleys, linear, one for each band. */
  readonly peaks: number;
  readonly valleys: number;
  /** How many pitches the frame has, then for each its height and the bin of the histogram of tunings that it falls into. */
  readonly pitches: number;
  /** Floats from one row to the next. */
  readonly stride: number;
}

export function frameRow({ settings: { nMels }, nBands, mostPeaks }: FrameTables): FrameRow {
  const peaks = 4 + nMels;
  const pitches = peaks + 2 * nBands;
  return { bandwidth: 0, rms: 1, flatness: 2, zeroCrossingRate: 3, mel: 4, peaks, valleys: peaks + nBands, pitches, stride: pitches + 1 + 2 * mostPeaks };
}

/** Samples and what lies where among them. Nothing here is disposed. */
export interface FrameBatch {
  /** float32, or int32 where two 16-bit samples share a word. Longer than 1, as all of these. */
  readonly samples: tf.Tensor1D;
  /** int32, `TRACK_INTEGERS` a track. */
  readonly tracks: tf.Tensor1D;
  /** int32: the track that each frame belongs to. */
  readonly slots: tf.Tensor1D;
  /** Frames that are measured: the first of `slots`. */
  readonly nFrames: number;
}

/** Bytes of workgroup memory that the frame programs take: a device may offer less, 16 384 at the least. */
export function frameWorkgroupBytes(nFft: number): number {
  const size = spectrumWorkgroupSize(nFft);
  return spectrumWorkgroupBytes(nFft) + 8 * size + 16;
}

/**
 * Everything that frames tell by themselves, from samples to one row a frame, in one dispatch: one workgroup a frame, whose spectrum never leaves it.
 *
 * @returns [slots, stride], see `frameRow`; rows from `nFrames` on hold nothing. The caller disposes it.
 * @see `frameFeatures` and `pitchPeaks`, which define all of it.
 */
export function gpuFrameFeatures({ samples, tracks, slots, nFrames }: FrameBatch, tables: FrameTables): tf.Tensor2D {
  registerGpuKernel(KERNEL);
  const pcm16 = samples.dtype === 'int32';
  const inputs = { samples, tracks, slots, floats: tables.floats, bands: tables.bands };
  return runGpuKernel(KERNEL, inputs, { program: programFor(tables, pcm16), workgroups: [nFrames], shape: [slots.size, frameRow(tables).stride] }) as tf.Tensor2D;
}

/** WGSL that finds a frame's place: the tables of tracks and slots, and the spectrum. */
export const findFrame = (hopLength: number): string => `
  let t = i32(localIndex);
  let slot = i32(workgroupId.x);
  let track = slots[slot] * ${TRACK_INTEGERS};
  let frame = tracks[track + ${TRACK.origin}] + (slot - tracks[track + ${TRACK.firstSlot}]) * ${hopLength};
  var own : array<f32, PER>;
  let energies = spectrum(t, frame, tracks[track + ${TRACK.sampleStart}], tracks[track + ${TRACK.sampleCount}], &own);
`;

const programs = new WeakMap<FrameTables, Partial<Record<'float' | 'pcm16', GpuProgram>>>();

function programFor(tables: FrameTables, pcm16: boolean): GpuProgram {
  let made = programs.get(tables);
  if (made === undefined) programs.set(tables, (made = {}));
  return (made[pcm16 ? 'pcm16' : 'float'] ??= frameFeaturesProgram(tables, pcm16));
}

function frameFeaturesProgram(tables: FrameTables, pcm16: boolean): GpuProgram {
  const { settings, nBands, at } = tables;
  const { sampleRate, nFft, nMels } = settings;
  const layout = spectrumLayout(nFft, at, pcm16);
  const row = frameRow(tables);
  const size = layout.workgroupSize;
  const lanes = 2 ** Math.floor(Math.log2(size / (2 * nBands))); // of each band's peak and of its valley
  const hzPerBin = sampleRate / nFft;
  const code = `${layout.code}
const HZ = ${Math.fround(hzPerBin)};
const FAR = 3e38;
var<workgroup> lowest : array<f32, ${2 * size}>;
var<workgroup> nPitches : atomic<u32>;

// The smallest key of a lane's bins that comes after the one it gave last; of equal ones the lowest bin first.
fn nextOf(start : i32, end : i32, lane : i32, direction : f32, last : vec2<f32>) -> vec2<f32> {
  var best = vec2<f32>(FAR, 0.0);
  for (var k = start + lane; k < end; k += ${lanes}) {
    let key = direction * work[k];
    if (key < best.x && (key > last.x || (key == last.x && f32(k) > last.y))) { best = vec2<f32>(key, f32(k)); }
  }
  return best;
}

// How many edges lie at or below a frequency.
fn cellsBelow(hz : f32) -> i32 {
  var low = 0;
  var high = ${tables.nCellEdges};
  while (low < high) {
    let middle = (low + high) / 2;
    if (floats[${at.cellEdges} + middle] <= hz) { low = middle + 1; } else { high = middle; }
  }
  return low;
}

fn kernel() {
${findFrame(settings.hopLength)}
  let row = slot * ${row.stride};
  let top = work[M];

  // Bandwidth and flatness.
  var sums = vec4<f32>(0.0);
  var largest = 0.0;
  for (var i = 0; i < PER; i++) {
    let k = t + i * W;
    if (k < M) {
      let m = sqrt(own[i]);
      sums += vec4<f32>(m, m * f32(k), max(own[i], 1e-10), 0.0);
      largest = max(largest, own[i]);
    }
  }
  if (t == 0) {
    sums += vec4<f32>(sqrt(top), sqrt(top) * f32(M), max(top, 1e-10), 0.0);
    largest = max(largest, top);
  }
  let totals = sumAll(t, sums);
  let loudest = maxAll(t, largest);
  let heard = totals.x >= 1.1754943508222875e-38;
  let centroid = select(0.0, totals.y / totals.x, heard);
  let mean = totals.z / f32(M + 1);
  var spread = vec4<f32>(0.0);
  for (var i = 0; i < PER; i++) {
    let k = t + i * W;
    if (k < M) {
      let away = f32(k) - centroid;
      spread += vec4<f32>(sqrt(own[i]) * away * away, log(max(own[i], 1e-10) / mean), 0.0, 0.0);
    }
  }
  if (t == 0) {
    let away = f32(M) - centroid;
    spread += vec4<f32>(sqrt(top) * away * away, log(max(top, 1e-10) / mean), 0.0, 0.0);
  }
  let spreads = sumAll(t, spread);
  if (t == 0) {
    result[row] = HZ * sqrt(select(0.0, spreads.x / totals.x, heard));
    result[row + ${row.rms}] = sqrt(energies.z / f32(N));
    result[row + ${row.flatness}] = exp(spreads.y / f32(M + 1));
    result[row + ${row.zeroCrossingRate}] = energies.w / f32(N);
  }

  // Mel bands: an invocation each.
  for (var m = t; m < ${nMels}; m += W) {
    let firstBin = bands[3 * m];
    let weights = bands[3 * m + 2];
    var sum = 0.0;
    for (var i = 0; i < bands[3 * m + 1]; i++) { sum += work[firstBin + i] * floats[weights + i]; }
    result[row + ${row.mel} + m] = sum;
  }

  // Contrast: ${lanes} lanes for each band's peak and as many for its valley; in every round each group takes its next smallest (or largest) bin.
  let lane = t & ${lanes - 1};
  let group = min(t / ${lanes}, ${2 * nBands - 1});
  let entry = ${3 * nMels} + 3 * (group >> 1u);
  let direction = select(1.0, -1.0, (group & 1) == 0);
  let start = bands[entry];
  let end = bands[entry + 1];
  let count = bands[entry + 2];
  var mine = nextOf(start, end, lane, direction, vec2<f32>(-FAR, -1.0));
  var extremes = 0.0;
  for (var round = 0; round < ${tables.mostExtremes}; round++) {
    let half = (round & 1) * W;
    lowest[half + t] = mine.x;
    workgroupBarrier();
    let base = half + (t & ~${lanes - 1});
    var winner = 0;
    var key = lowest[base];
    for (var i = 1; i < ${lanes}; i++) {
      if (lowest[base + i] < key) { key = lowest[base + i]; winner = i; }
    }
    if (round < count) { extremes += sqrt(abs(key)); }
    if (winner == lane) { mine = nextOf(start, end, lane, direction, mine); }
  }
  if (lane == 0 && t / ${lanes} < ${2 * nBands}) {
    result[row + select(${row.valleys}, ${row.peaks}, (group & 1) == 0) + (group >> 1u)] = extremes / f32(count);
  }

  // Pitches, in any order: what is made of them does not depend on it.
  let least = 0.1 * loudest;
  for (var k = ${tables.firstBin} + t; k <= ${tables.lastBin}; k += W) {
    let left = work[k - 1];
    let here = work[k];
    let right = work[k + 1];
    if (here > least && here > left && here >= right) {
      let curvature = left + right - 2.0 * here;
      let slope = 0.5 * (right - left);
      let shift = select(0.0, -slope / curvature, abs(curvature) > abs(slope));
      let place = row + ${row.pitches + 1} + 2 * i32(atomicAdd(&nPitches, 1u));
      result[place] = here + 0.5 * slope * shift;
      result[place + 1] = f32((${tables.firstCell} + cellsBelow((f32(k) + shift) * HZ)) % 100);
    }
  }
  workgroupBarrier();
  if (t == 0) { result[row + ${row.pitches}] = f32(atomicLoad(&nPitches)); }
}
`;
  return { key: `${KERNEL}/${pcm16 ? 'pcm16' : 'float'}/${JSON.stringify(settings)}`, inputs: ['samples', 'tracks', 'slots', 'floats', 'bands'], workgroupSize: size, code };
}
