/** From a track's frames to its row: decibels, cepstra, deltas, and the statistics over time of both feature layouts. */
import { log2x4 } from '../../../../tensor-dsp/kernels/wasm/assembly/log2';

const AMIN: f32 = 1e-10;
/** 10 log10 x = DB log2 x */
const DB: f32 = 3.0102999566398120;
const LOG10_2: f32 = 0.30102999566398120;
const TOP_DB: f32 = 80;
/** A frame's own values: bandwidth, rms, flatness, zero-crossing rate. */
const SINGLES = 4;

let nMels: i32 = 0;
let nMfcc: i32 = 0;
let mfccStride: i32 = 0; // nMfcc to whole registers
let nBands: i32 = 0;
let nChroma: i32 = 0;
let dct: usize = 0; // f32[nMels][mfccStride]
let melDb: usize = 0; // f32[nMels + 4]
let decibels: usize = 0; // f32[2 nBands + 4]
let cepstrum: usize = 0; // f32[mfccStride]

/** Sets the sizes and tables; `scratch` holds nMels + 2 nBands + mfccStride + 12 floats. */
export function setupTrack(mels: i32, coefficients: i32, stride: i32, bands: i32, pitchClasses: i32, dctAddress: usize, scratch: usize): void {
  nMels = mels;
  nMfcc = coefficients;
  mfccStride = stride;
  nBands = bands;
  nChroma = pitchClasses;
  dct = dctAddress;
  melDb = scratch;
  decibels = melDb + ((<usize>((nMels + 7) & ~3)) << 2);
  cepstrum = decibels + ((<usize>((2 * nBands + 7) & ~3)) << 2);
}

@inline
function at(address: usize, index: i32): f32 {
  return load<f32>(address + ((<usize>index) << 2));
}

@inline
function put(address: usize, index: i32, value: f32): void {
  store<f32>(address + ((<usize>index) << 2), value);
}

/** max(10 log10(max(amin, x)), floor) of n values; reads and writes up to three beyond. */
@inline
function toDb(from: usize, n: i32, floor: f32, to: usize): void {
  const amin = f32x4.splat(AMIN);
  const floors = f32x4.splat(floor);
  for (let i: usize = 0; i < (<usize>n) << 2; i += 16) {
    v128.store(to + i, f32x4.max(f32x4.mul(log2x4(f32x4.max(v128.load(from + i), amin)), f32x4.splat(DB)), floors));
  }
}

@inline
function log10(x: f32): f32 {
  return f32x4.extract_lane(log2x4(f32x4.splat(x)), 0) * LOG10_2;
}

function largest(rows: usize, rowStride: i32, count: i32, column: i32, width: i32): f32 {
  let most: f32 = 0;
  for (let t = 0; t < count; t++) {
    const row = rows + ((<usize>(t * rowStride + column)) << 2);
    for (let i = 0; i < width; i++) most = Mathf.max(most, at(row, i));
  }
  return most;
}

@inline
function addTo(sums: usize, index: i32, value: f32): void {
  const address = sums + ((<usize>index) << 3);
  store<f64>(address, load<f64>(address) + <f64>value);
}

/**
 * @param rows     f32[count][rowStride]: singles, mel, peaks, valleys, chroma
 * @param frames   f32[count][frameStride], scratch: the columns of the 'kin' layout
 * @param sums     f64, scratch: as many as both rows have columns
 * @param seed     f32[4 + nChroma + nMels + nMfcc + nBands]
 * @param kin      f32[4 (4 + nChroma + 2 nMfcc + nBands)]
 */
export function measureTrack(rows: usize, rowStride: i32, count: i32, frames: usize, frameStride: i32, sums: usize, seed: usize, kin: usize): void {
  const peakColumn = SINGLES + nMels;
  const valleyColumn = peakColumn + nBands;
  const chromaColumn = valleyColumn + nBands;
  const melFloor = DB * f32x4.extract_lane(log2x4(f32x4.splat(Mathf.max(AMIN, largest(rows, rowStride, count, SINGLES, nMels)))), 0) - TOP_DB;
  const peakFloor = DB * f32x4.extract_lane(log2x4(f32x4.splat(Mathf.max(AMIN, largest(rows, rowStride, count, peakColumn, nBands)))), 0) - TOP_DB;
  const valleyFloor = DB * f32x4.extract_lane(log2x4(f32x4.splat(Mathf.max(AMIN, largest(rows, rowStride, count, valleyColumn, nBands)))), 0) - TOP_DB;

  const seedWidth = SINGLES + nChroma + nMels + nMfcc + nBands;
  const width = SINGLES + nChroma + 2 * nMfcc + nBands;
  const mfccOut = SINGLES + nChroma;
  const contrastOut = mfccOut + nMfcc;
  const deltaOut = contrastOut + nBands;
  for (let i = 0; i < seedWidth; i++) store<f64>(sums + ((<usize>i) << 3), 0);
  let energy: f64 = 0;

  for (let t = 0; t < count; t++) {
    const row = rows + ((<usize>(t * rowStride)) << 2);
    const out = frames + ((<usize>(t * frameStride)) << 2);
    const level = at(row, 1);
    energy += <f64>level * <f64>level;
    put(out, 0, at(row, 0));
    put(out, 1, log10(level + <f32>1e-5));
    put(out, 2, log10(at(row, 2) + <f32>1e-10));
    put(out, 3, at(row, 3));
    for (let i = 0; i < SINGLES; i++) addTo(sums, i, at(row, i));
    for (let c = 0; c < nChroma; c++) {
      const value = at(row, chromaColumn + c);
      put(out, SINGLES + c, value);
      addTo(sums, SINGLES + c, value);
    }
    const mels = row + ((<usize>SINGLES) << 2);
    for (let m = 0; m < nMels; m++) addTo(sums, SINGLES + nChroma + m, at(mels, m));

    toDb(mels, nMels, melFloor, melDb);
    for (let j = 0; j < mfccStride; j += 4) {
      let sum = f32x4.splat(0);
      let other = f32x4.splat(0);
      let d = dct + ((<usize>j) << 2);
      const step = (<usize>mfccStride) << 2;
      let m = 0;
      for (; m + 1 < nMels; m += 2) {
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(melDb + ((<usize>m) << 2)), v128.load(d)));
        other = f32x4.add(other, f32x4.mul(v128.load32_splat(melDb + ((<usize>(m + 1)) << 2)), v128.load(d + step)));
        d += 2 * step;
      }
      if (m < nMels) sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(melDb + ((<usize>m) << 2)), v128.load(d)));
      v128.store(cepstrum + ((<usize>j) << 2), f32x4.add(sum, other));
    }
    for (let i = 0; i < nMfcc; i++) {
      const value = at(cepstrum, i);
      put(out, mfccOut + i, value);
      addTo(sums, SINGLES + nChroma + nMels + i, value);
    }
    toDb(row + ((<usize>peakColumn) << 2), nBands, peakFloor, decibels);
    const valleys = decibels + ((<usize>((nBands + 3) & ~3)) << 2);
    toDb(row + ((<usize>valleyColumn) << 2), nBands, valleyFloor, valleys);
    for (let b = 0; b < nBands; b++) {
      const value = at(decibels, b) - at(valleys, b);
      put(out, contrastOut + b, value);
      addTo(sums, SINGLES + nChroma + nMels + nMfcc + b, value);
    }
  }
  for (let i = 0; i < seedWidth; i++) put(seed, i, <f32>(load<f64>(sums + ((<usize>i) << 3)) / <f64>count));

  deltas(frames, frameStride, count, mfccOut, deltaOut);
  statistics(rows, rowStride, frames, frameStride, count, width, energy, sums, kin);
}

/** librosa's delta (width 9, mode interp, or the largest odd width that fits); its ends repeat the last whole window's. */
function deltas(frames: usize, stride: i32, count: i32, from: i32, to: i32): void {
  const half = min(4, (count - 1) >> 1);
  const scale: f32 = half > 0 ? <f32>3 / <f32>(half * (half + 1) * (2 * half + 1)) : 0;
  for (let t = 0; t < count; t++) {
    const centre = min(max(t, half), count - 1 - half);
    const out = frames + ((<usize>(t * stride + to)) << 2);
    for (let i = 0; i < nMfcc; i++) {
      let slope: f32 = 0;
      for (let j = 1; j <= half; j++) {
        slope += <f32>j * (at(frames, (centre + j) * stride + from + i) - at(frames, (centre - j) * stride + from + i));
      }
      put(out, i, slope * scale);
    }
  }
}

/** Means and standard deviations over time: plain, then weighted by each frame's share of the energy. */
function statistics(rows: usize, rowStride: i32, frames: usize, stride: i32, count: i32, width: i32, energy: f64, sums: usize, kin: usize): void {
  const weighted = sums + ((<usize>width) << 3);
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 2 * width; i++) store<f64>(sums + ((<usize>i) << 3), 0);
    for (let t = 0; t < count; t++) {
      const level = <f64>at(rows, t * rowStride + 1);
      // A silent track has no loud frames to prefer.
      const w = energy > 0 ? (level * level) / energy : 1 / <f64>count;
      const frame = frames + ((<usize>(t * stride)) << 2);
      for (let i = 0; i < width; i++) {
        const value = <f64>at(frame, i);
        let plain = value;
        let heavy = value;
        if (round === 1) {
          plain = value - <f64>at(kin, i);
          heavy = value - <f64>at(kin, 2 * width + i);
          plain *= plain;
          heavy *= heavy;
        }
        const a = sums + ((<usize>i) << 3);
        const b = weighted + ((<usize>i) << 3);
        store<f64>(a, load<f64>(a) + plain);
        store<f64>(b, load<f64>(b) + w * heavy);
      }
    }
    for (let i = 0; i < width; i++) {
      const plain = load<f64>(sums + ((<usize>i) << 3)) / <f64>count;
      const heavy = load<f64>(weighted + ((<usize>i) << 3));
      put(kin, (round === 0 ? 0 : width) + i, <f32>(round === 0 ? plain : Math.sqrt(plain)));
      put(kin, (round === 0 ? 2 * width : 3 * width) + i, <f32>(round === 0 ? heavy : Math.sqrt(heavy)));
    }
  }
}
