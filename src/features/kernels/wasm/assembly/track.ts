/** From a track's frames to its row: decibels, cepstra, deltas, and the statistics over time of both feature layouts. */
import { log2x4, maxLanes } from '../../../../tensor-dsp/kernels/wasm/assembly/log2';
import { foldBands, setupCepstrum, cepstraOf4 } from './cepstrum';
import { addRows, columnStatistics, deltas, put } from './statistics';

const AMIN: f32 = 1e-10;
/** 10 log10 x = DB log2 x */
const DB: f32 = 3.0102999566398120;
const LOG10_2: f32 = 0.30102999566398120;
const TOP_DB: f32 = 80;
/** A frame's own values: bandwidth, rms, flatness, zero-crossing rate. */
const SINGLES = 4;

let nMels: i32 = 0;
let nMfcc: i32 = 0;
let nBands: i32 = 0;
let nChroma: i32 = 0;
// Columns of a row of the frames as they were measured. Each part begins on a whole register.
let peakColumn: i32 = 0;
let valleyColumn: i32 = 0;
let chromaColumn: i32 = 0;
let rowStride: i32 = 0;
// Columns of a row of the 'kin' layout.
let mfccColumn: i32 = 0;
let contrastColumn: i32 = 0;
let deltaColumn: i32 = 0;
let frameStride: i32 = 0;

let decibels: usize = 0; // f32[nMels to a register + 2]
let melSums: usize = 0; // f64[SINGLES + nMels to a register]
let statistics: usize = 0; // f32[4][frameStride]

@inline
function registers(count: i32): i32 {
  return (count + 3) & ~3;
}

@inline
function bytes(floats: i32): usize {
  return (<usize>floats) << 2;
}

/** Sets the sizes and the table of cepstra (see cepstrum.ts); `memory`, aligned to 16, holds `trackBytes` bytes. */
export function setupTrack(mels: i32, coefficients: i32, contrastBands: i32, pitchClasses: i32, dct: usize, memory: usize): void {
  nMels = mels;
  nMfcc = coefficients;
  nBands = contrastBands;
  nChroma = pitchClasses;
  peakColumn = SINGLES + registers(mels);
  valleyColumn = peakColumn + registers(contrastBands);
  chromaColumn = valleyColumn + registers(contrastBands);
  rowStride = chromaColumn + registers(pitchClasses);
  mfccColumn = SINGLES + registers(pitchClasses);
  contrastColumn = mfccColumn + ((coefficients + 7) & ~7);
  deltaColumn = contrastColumn + registers(contrastBands);
  frameStride = deltaColumn + registers(coefficients);
  decibels = memory + 16;
  melSums = decibels + bytes(registers(mels) + 8);
  statistics = melSums + 2 * bytes(SINGLES + registers(mels));
  setupCepstrum(mels, coefficients, dct, statistics + 4 * bytes(frameStride));
}

/** Bytes that `setupTrack` needs. */
export function trackBytes(mels: i32, coefficients: i32, contrastBands: i32, pitchClasses: i32): i32 {
  const widest = SINGLES + registers(pitchClasses) + 2 * (coefficients + 8) + registers(contrastBands);
  return 4 * (registers(mels) + 16 + 2 * (SINGLES + registers(mels)) + 4 * widest + 8 * (mels / 2 + 8)) + 64;
}

/** Floats of a row of frames, as `measureFrames` and `measureChroma` write it. */
export function rowFloats(): i32 {
  return rowStride;
}

/** Where a row's contrast begins: peaks, then valleys. */
export function contrastPlace(): i32 {
  return peakColumn;
}

/** Where its chroma begins. */
export function chromaPlace(): i32 {
  return chromaColumn;
}

/** Floats of a row of `measureTrack`'s scratch. */
export function frameFloats(): i32 {
  return frameStride;
}

/** max(10 log10(max(amin, x)), floor) of n values to a whole register. */
@inline
function toDb(from: usize, n: i32, floors: v128, to: usize): void {
  const amin = f32x4.splat(AMIN);
  for (let i: usize = 0; i < bytes(n); i += 16) {
    v128.store(to + i, f32x4.pmax(f32x4.mul(log2x4(f32x4.pmax(v128.load(from + i), amin)), f32x4.splat(DB)), floors));
  }
}

/** The lowest decibels that a part of the rows may have: TOP_DB below its largest value. */
function floorOf(rows: usize, count: i32, column: i32, width: i32): v128 {
  const step = bytes(rowStride);
  let most = f32x4.splat(AMIN);
  for (let row = rows + bytes(column), end = row + <usize>count * step; row < end; row += step) {
    for (let at = row, last = row + bytes(width); at < last; at += 16) most = f32x4.pmax(most, v128.load(at));
  }
  const largest = f32x4.extract_lane(log2x4(f32x4.splat(maxLanes(most))), 0);
  return f32x4.splat(DB * largest - TOP_DB);
}

/**
 * @param rows     f32[count][rowFloats]: singles, mel, peaks, valleys, chroma
 * @param frames   f32[count + 3][frameFloats], scratch: the columns of the 'kin' layout
 * @param weights  f64[count], scratch: each frame's share of the energy
 * @param seed     f32[4 + nChroma + nMels + nMfcc + nBands]
 * @param kin      f32[4 (4 + nChroma + 2 nMfcc + nBands)]
 */
export function measureTrack(rows: usize, count: i32, frames: usize, weights: usize, seed: usize, kin: usize): void {
  const rowBytes = bytes(rowStride);
  const frameBytes = bytes(frameStride);
  const melFloors = floorOf(rows, count, SINGLES, nMels);
  const peakFloors = floorOf(rows, count, peakColumn, nBands);
  const valleyFloors = floorOf(rows, count, valleyColumn, nBands);
  let energy: f64 = 0;
  for (let t = 0; t < count; t++) {
    const row = rows + <usize>t * rowBytes;
    const out = frames + <usize>t * frameBytes;
    const level = load<f32>(row, 4);
    const square = <f64>level * <f64>level;
    store<f64>(weights + ((<usize>t) << 3), square);
    energy += square;
    // bandwidth, log10(rms + 1e-5), log10(flatness + 1e-10), zero-crossing rate
    const singles = v128.load(row);
    const logs = f32x4.mul(log2x4(f32x4.pmax(f32x4.add(singles, f32x4(0, 1e-5, 1e-10, 0)), f32x4.splat(AMIN))), f32x4.splat(LOG10_2));
    v128.store(out, v128.shuffle<f32>(singles, logs, 0, 5, 6, 3));
    for (let i: usize = 0; i < bytes(nChroma); i += 16) v128.store(out + bytes(SINGLES) + i, v128.load(row + bytes(chromaColumn) + i));
    toDb(row + bytes(SINGLES), nMels, melFloors, decibels);
    foldBands(decibels, t & 3);
    if ((t & 3) === 3 || t === count - 1) cepstraOf4(frames + <usize>(t & ~3) * frameBytes + bytes(mfccColumn), frameBytes);
    const contrast = out + bytes(contrastColumn);
    toDb(row + bytes(valleyColumn), nBands, valleyFloors, decibels);
    toDb(row + bytes(peakColumn), nBands, peakFloors, contrast);
    for (let i: usize = 0; i < bytes(nBands); i += 16) v128.store(contrast + i, f32x4.sub(v128.load(contrast + i), v128.load(decibels + i)));
  }
  // A silent track has no loud frames to prefer.
  for (let t = 0; t < count; t++) {
    const at = weights + ((<usize>t) << 3);
    store<f64>(at, energy > 0 ? load<f64>(at) / energy : 1 / <f64>count);
  }
  deltas(frames, frameStride, count, mfccColumn, deltaColumn, nMfcc);
  columnStatistics(frames, frameStride, count, weights, statistics);
  addRows(rows, rowStride, count, SINGLES + registers(nMels), melSums);
  writeKin(kin);
  writeSeed(seed, count);
}

/** Mean, deviation, weighted mean and weighted deviation of the columns, without what fills up registers. */
function writeKin(kin: usize): void {
  let to = kin;
  for (let i = 0; i < 4; i++) {
    const from = statistics + bytes(i * frameStride);
    to = copy(from, SINGLES, to);
    to = copy(from + bytes(SINGLES), nChroma, to);
    to = copy(from + bytes(mfccColumn), nMfcc, to);
    to = copy(from + bytes(contrastColumn), nBands, to);
    to = copy(from + bytes(deltaColumn), nMfcc, to);
  }
}

/** Means over time. Those of chroma, cepstra and contrast are among the statistics already. */
function writeSeed(seed: usize, count: i32): void {
  for (let i = 0; i < SINGLES; i++) put(seed, i, <f32>(load<f64>(melSums + ((<usize>i) << 3)) / <f64>count));
  let to = copy(statistics + bytes(SINGLES), nChroma, seed + bytes(SINGLES));
  for (let m = 0; m < nMels; m++) put(to, m, <f32>(load<f64>(melSums + ((<usize>(SINGLES + m)) << 3)) / <f64>count));
  to = copy(statistics + bytes(mfccColumn), nMfcc, to + bytes(nMels));
  copy(statistics + bytes(contrastColumn), nBands, to);
}

function copy(from: usize, count: i32, to: usize): usize {
  memory.copy(to, from, bytes(count));
  return to + bytes(count);
}
