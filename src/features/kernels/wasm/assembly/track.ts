/** From a track's frames to its row: decibels, cepstra, deltas, and the statistics over time of both feature layouts. */
import { log2x4, maxLanes } from '../../../../tensor-dsp/kernels/wasm/assembly/log2';
import { foldBands, setupCepstrum, cepstraOf4 } from './cepstrum';
import { addColumns, addRows, columnStatistics, columnSumsBytes, deltas, put, startColumns } from './statistics';

const AMIN: f32 = 1e-10;
/** 10 log10 x = DB log2 x */
const DB: f32 = 3.0102999566398120;
const LOG10_2: f32 = 0.30102999566398120;
const TOP_DB: f32 = 80;
/** A frame's own values: bandwidth, rms, flatness, zero-crossing rate. */
const SINGLES = 4;
/** Frames on either side that librosa's delta looks at. */
const REACH = 4;

// What `measureTrack` does with the frames it is given: all of it, or, for a track that comes in parts, these.
const WHOLE = 0;
const LOOK = 1;
const GATHER = 2;
const FIRST = 4;
const LAST = 8;

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
let columnSums: usize = 0; // see statistics.ts
// What a look at all frames tells.
let looked: i32 = 0; // frames
let energy: f64 = 0;
let melMost: f32 = 0;
let peakMost: f32 = 0;
let valleyMost: f32 = 0;
// Frames that the next part needs again: some are in the sums, and those behind them wait for the frames that their deltas reach to.
let carried: i32 = 0;
let summed: i32 = 0;
let started: bool = false;

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
  columnSums = statistics + 4 * bytes(frameStride);
  setupCepstrum(mels, coefficients, dct, columnSums + columnSumsBytes(frameStride));
}

/** Bytes that `setupTrack` needs. */
export function trackBytes(mels: i32, coefficients: i32, contrastBands: i32, pitchClasses: i32): i32 {
  const widest = SINGLES + registers(pitchClasses) + 2 * (coefficients + 8) + registers(contrastBands);
  return 4 * (registers(mels) + 16 + 2 * (SINGLES + registers(mels)) + (4 + 9) * widest + 8 * (mels / 2 + 8)) + 64;
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

/** The largest of `before`, and of a part of the rows. */
function mostOf(rows: usize, count: i32, column: i32, width: i32, before: f32): f32 {
  const step = bytes(rowStride);
  let most = f32x4.splat(before);
  for (let row = rows + bytes(column), end = row + <usize>count * step; row < end; row += step) {
    for (let at = row, last = row + bytes(width); at < last; at += 16) most = f32x4.pmax(most, v128.load(at));
  }
  return maxLanes(most);
}

/** The lowest decibels that values may have: TOP_DB below the largest. */
@inline
function floorOf(most: f32): v128 {
  return f32x4.splat(DB * f32x4.extract_lane(log2x4(f32x4.splat(most)), 0) - TOP_DB);
}

/**
 * From frames to a track's row. A track may come in parts, in order, twice: first to LOOK at, so that its loudest values are known, then to GATHER, which ends with
 * the row. What comes of it is the same to the bit, however the track is cut.
 *
 * @param rows     f32[count][rowFloats]: singles, mel, peaks, valleys, chroma; the chroma may be missing when it is only looked at
 * @param frames   f32[count + 3, or with parts 11][frameFloats], scratch: the columns of the 'kin' layout; kept from part to part
 * @param weights  f64[count, or with parts 8 more], scratch: each frame's share of the energy; kept too
 * @param seed     f32[4 + nChroma + nMels + nMfcc + nBands], written at the end
 * @param kin      f32[4 (4 + nChroma + 2 nMfcc + nBands)], written at the end
 * @param part     WHOLE; or LOOK or GATHER, and whether it is the FIRST or the LAST part
 */
export function measureTrack(rows: usize, count: i32, frames: usize, weights: usize, seed: usize, kin: usize, part: i32): void {
  if (part === WHOLE) part = LOOK | GATHER | FIRST | LAST;
  if (part & LOOK) look(rows, count, (part & FIRST) !== 0);
  if (!(part & GATHER)) return;
  gather(rows, count, frames, weights, (part & FIRST) !== 0, (part & LAST) !== 0);
  if (!(part & LAST)) return;
  columnStatistics(columnSums, frameStride, looked, statistics);
  writeKin(kin);
  writeSeed(seed, looked);
}

function look(rows: usize, count: i32, first: bool): void {
  if (first) {
    looked = 0;
    energy = 0;
    melMost = peakMost = valleyMost = AMIN;
  }
  looked += count;
  melMost = mostOf(rows, count, SINGLES, nMels, melMost);
  peakMost = mostOf(rows, count, peakColumn, nBands, peakMost);
  valleyMost = mostOf(rows, count, valleyColumn, nBands, valleyMost);
  for (let t = 0; t < count; t++) energy += square(rows + <usize>t * bytes(rowStride));
}

/** A frame's energy. */
@inline
function square(row: usize): f64 {
  const level = <f64>load<f32>(row, 4);
  return level * level;
}

function gather(rows: usize, count: i32, frames: usize, weights: usize, first: bool, last: bool): void {
  const rowBytes = bytes(rowStride);
  const frameBytes = bytes(frameStride);
  if (first) {
    carried = summed = 0;
    started = false;
    memory.fill(melSums, 0, 2 * bytes(SINGLES + registers(nMels)));
  }
  const added = frames + <usize>carried * frameBytes;
  const melFloors = floorOf(melMost);
  const peakFloors = floorOf(peakMost);
  const valleyFloors = floorOf(valleyMost);
  for (let t = 0; t < count; t++) {
    const row = rows + <usize>t * rowBytes;
    const out = added + <usize>t * frameBytes;
    // A silent track has no loud frames to prefer.
    store<f64>(weights + ((<usize>(carried + t)) << 3), energy > 0 ? square(row) / energy : 1 / <f64>looked);
    // bandwidth, log10(rms + 1e-5), log10(flatness + 1e-10), zero-crossing rate
    const singles = v128.load(row);
    const logs = f32x4.mul(log2x4(f32x4.pmax(f32x4.add(singles, f32x4(0, 1e-5, 1e-10, 0)), f32x4.splat(AMIN))), f32x4.splat(LOG10_2));
    v128.store(out, v128.shuffle<f32>(singles, logs, 0, 5, 6, 3));
    for (let i: usize = 0; i < bytes(nChroma); i += 16) v128.store(out + bytes(SINGLES) + i, v128.load(row + bytes(chromaColumn) + i));
    toDb(row + bytes(SINGLES), nMels, melFloors, decibels);
    foldBands(decibels, t & 3);
    if ((t & 3) === 3 || t === count - 1) cepstraOf4(added + <usize>(t & ~3) * frameBytes + bytes(mfccColumn), frameBytes);
    const contrast = out + bytes(contrastColumn);
    toDb(row + bytes(valleyColumn), nBands, valleyFloors, decibels);
    toDb(row + bytes(peakColumn), nBands, peakFloors, contrast);
    for (let i: usize = 0; i < bytes(nBands); i += 16) v128.store(contrast + i, f32x4.sub(v128.load(contrast + i), v128.load(decibels + i)));
  }
  addRows(rows, rowStride, count, SINGLES + registers(nMels), melSums);

  const held = carried + count;
  const half = min(REACH, (looked - 1) >> 1);
  const ready = last ? held : held > 2 * half ? held - half : 0;
  if (ready === 0) {
    carried = held;
    return;
  }
  deltas(frames, frameStride, summed, ready, held, half, mfccColumn, deltaColumn, nMfcc);
  if (!started) startColumns(frames, frameStride, columnSums);
  started = true;
  addColumns(frames + <usize>summed * frameBytes, frameStride, ready - summed, weights + ((<usize>summed) << 3), columnSums);
  if (last) return;
  summed = min(half, ready);
  const from = ready - summed;
  carried = held - from;
  memory.copy(frames, frames + <usize>from * frameBytes, <usize>carried * frameBytes);
  memory.copy(weights, weights + ((<usize>from) << 3), (<usize>carried) << 3);
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
