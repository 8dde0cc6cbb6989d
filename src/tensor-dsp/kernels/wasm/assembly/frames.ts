/** Everything that a frame tells by itself, from its samples to one row, while it is in the cache. */
import { contrast } from './contrast';
import { framePower } from './fft';
import { maxLanes, sumLanes, log2x4 } from './log2';

const AMIN: f32 = 1e-10;
const TINY: f32 = 1.1754943508222875e-38;

let nFft: i32 = 0;
let hop: i32 = 0;
let bins: i32 = 0; // nFft / 2 + 1
let rate: f64 = 0;
let nMels: i32 = 0;
let melTable: usize = 0; // a band: i32 first bin, i32 groups of four, then f32[4 * groups]
let nBands: i32 = 0;
let bandTable: usize = 0; // a band: i32 start, end, count, 0
let magnitudes: usize = 0; // f32[bins + 7]
let extremes: usize = 0; // f32[largest count]

/** Sets the tables; all addresses are aligned to 16. */
export function setupFrames(n: i32, hopLength: i32, sampleRate: f64, mels: i32, melAddress: usize, bands: i32, bandAddress: usize, scratch: usize): void {
  nFft = n;
  hop = hopLength;
  bins = n / 2 + 1;
  rate = sampleRate;
  nMels = mels;
  melTable = melAddress;
  nBands = bands;
  bandTable = bandAddress;
  magnitudes = scratch;
  extremes = scratch + ((<usize>(bins + 7)) << 2);
}

/**
 * Counts sign changes: prefix[i] = changes between samples first … i. Magnitudes up to 1e-10 are zero, and positive.
 */
export function countCrossings(samples: usize, length: i32, first: i32, end: i32, prefix: usize): void {
  let count: i32 = 0;
  let before: bool = false;
  for (let i = 0; i < length; i++) {
    const negative = load<f32>(samples + ((<usize>i) << 2)) < -1e-10;
    if (i > first && i < end && negative !== before) count++;
    before = negative;
    store<i32>(prefix + ((<usize>i) << 2), count);
  }
}

/** Mean square of a frame's samples. */
@inline
function meanSquare(frame: usize): f32 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  const end = frame + ((<usize>nFft) << 2);
  for (let at = frame; at < end; at += 32) {
    const x = v128.load(at);
    const y = v128.load(at, 16);
    a = f32x4.add(a, f32x4.mul(x, x));
    b = f32x4.add(b, f32x4.mul(y, y));
  }
  return sumLanes(f32x4.add(a, b)) / <f32>nFft;
}

/** Magnitudes into scratch, and the spread of the spectrum around its centroid, in bins. */
function spread(power: usize): f32 {
  let sum = f32x4.splat(0);
  let moment = f32x4.splat(0);
  let k = f32x4(0, 1, 2, 3);
  const four = f32x4.splat(4);
  const whole = (<usize>(bins - 1)) << 2;
  for (let at: usize = 0; at < whole; at += 16) {
    const m = f32x4.sqrt(v128.load(power + at));
    v128.store(magnitudes + at, m);
    sum = f32x4.add(sum, m);
    moment = f32x4.add(moment, f32x4.mul(m, k));
    k = f32x4.add(k, four);
  }
  const last = Mathf.sqrt(load<f32>(power + whole));
  store<f32>(magnitudes + whole, last);
  const total = sumLanes(sum) + last;
  if (total < TINY) return 0;
  const centroid = (sumLanes(moment) + last * <f32>(bins - 1)) / total;
  let deviation = f32x4.splat(0);
  let d = f32x4.sub(f32x4(0, 1, 2, 3), f32x4.splat(centroid));
  for (let at: usize = 0; at < whole; at += 16) {
    deviation = f32x4.add(deviation, f32x4.mul(v128.load(magnitudes + at), f32x4.mul(d, d)));
    d = f32x4.add(d, four);
  }
  const lastD = <f32>(bins - 1) - centroid;
  return Mathf.sqrt((sumLanes(deviation) + last * lastD * lastD) / total);
}

/**
 * Geometric over arithmetic mean. The logarithms are those of products of mantissas, with the exponents counted beside: one in 64 is computed.
 */
function flatness(power: usize): f32 {
  const amin = f32x4.splat(AMIN);
  const mantissa = i32x4.splat(0x007fffff);
  const one = i32x4.splat(0x3f800000);
  let sum = f32x4.splat(0);
  let exponents = i32x4.splat(0);
  let logs = f32x4.splat(0);
  const groups = (bins - 1) >> 2;
  let g = 0;
  let at = power;
  while (g < groups) {
    const until = min(g + 64, groups);
    let product = f32x4.splat(1);
    for (; g < until; g++) {
      const p = f32x4.max(v128.load(at), amin);
      sum = f32x4.add(sum, p);
      exponents = i32x4.add(exponents, i32x4.shr_u(p, 23));
      product = f32x4.mul(product, v128.or(v128.and(p, mantissa), one));
      at += 16;
    }
    logs = f32x4.add(logs, log2x4(product));
  }
  const last = Mathf.max(load<f32>(at), AMIN);
  const lastLog = f32x4.extract_lane(log2x4(f32x4.splat(last)), 0);
  const exponentSum = i32x4.extract_lane(exponents, 0) + i32x4.extract_lane(exponents, 1) + i32x4.extract_lane(exponents, 2) + i32x4.extract_lane(exponents, 3);
  const meanLog = (<f64>(exponentSum - 127 * 4 * groups) + <f64>(sumLanes(logs) + lastLog)) / <f64>bins;
  const mean = <f64>(sumLanes(sum) + last) / <f64>bins;
  const meanLog2 = <f64>f32x4.extract_lane(log2x4(f32x4.splat(<f32>mean)), 0);
  return <f32>Math.exp((meanLog - meanLog2) * 0.6931471805599453);
}

/** Mel bands: sparse dot products, each padded to whole registers. */
function mel(power: usize, out: usize): void {
  let at = melTable;
  for (let m = 0; m < nMels; m++) {
    let p = power + ((<usize>load<i32>(at)) << 2);
    let groups = load<i32>(at, 4);
    at += 16;
    let sum = f32x4.splat(0);
    for (; groups > 0; groups--) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(p), v128.load(at)));
      p += 16;
      at += 16;
    }
    store<f32>(out + ((<usize>m) << 2), sumLanes(sum));
  }
}

/** Peaks of a power spectrum between two bins: pairs of f32 (Hz, height) from `out` on. @returns how many. */
function pitchPeaks(power: usize, firstBin: i32, lastBin: i32, out: usize): i32 {
  let largest = f32x4.splat(0);
  const whole = power + ((<usize>(bins - 1)) << 2);
  for (let at = power; at < whole; at += 16) largest = f32x4.max(largest, v128.load(at));
  const floor = Mathf.max(maxLanes(largest), load<f32>(whole)) * <f32>0.1;
  const floors = f32x4.splat(floor);
  let count = 0;
  for (let k = firstBin; k <= lastBin; k += 4) {
    const at = power + ((<usize>k) << 2);
    const here = v128.load(at);
    const peak = v128.and(v128.and(f32x4.gt(here, floors), f32x4.gt(here, v128.load(at - 4))), f32x4.ge(here, v128.load(at, 4)));
    let mask = i32x4.bitmask(peak);
    while (mask !== 0) {
      const lane = ctz(mask);
      mask &= mask - 1;
      const bin = k + lane;
      if (bin > lastBin) break;
      const p = power + ((<usize>bin) << 2);
      const left = load<f32>(p - 4);
      const middle = load<f32>(p);
      const right = load<f32>(p, 4);
      const curvature = left + right - 2 * middle;
      const slope = (right - left) * <f32>0.5;
      const shift: f32 = Mathf.abs(slope) < Mathf.abs(curvature) ? -slope / curvature : 0;
      store<f32>(out + ((<usize>count) << 3), <f32>(((<f64>bin + <f64>shift) * rate) / <f64>nFft));
      store<f32>(out + ((<usize>count) << 3), middle + <f32>0.5 * slope * shift, 4);
      count++;
    }
  }
  return count;
}

/** What was left there by an earlier track could be no number, which even a weight of zero does not silence. */
@inline
function zeroPadding(power: usize): void {
  const end = power + ((<usize>bins) << 2);
  store<f32>(end, 0);
  store<f32>(end, 0, 4);
  store<f32>(end, 0, 8);
}

/**
 * Measures `count` frames of a segment.
 *
 * @param samples    f32, the first frame's first sample
 * @param prefix     i32, from `countCrossings`, at the same sample
 * @param power      f32[count][stride], kept for the chroma; stride >= bins + 3
 * @param rows       f32[count][rowStride]: bandwidth Hz, rms, flatness, zero-crossing rate, mel, peaks, valleys
 * @param pitches    f32 pairs
 * @returns          how many pairs
 */
export function measureFrames(samples: usize, count: i32, prefix: usize, power: usize, stride: i32, rows: usize, rowStride: i32, firstBin: i32, lastBin: i32, pitches: usize): i32 {
  let found = 0;
  for (let t = 0; t < count; t++) {
    const frame = samples + ((<usize>(t * hop)) << 2);
    const p = power + ((<usize>(t * stride)) << 2);
    const row = rows + ((<usize>(t * rowStride)) << 2);
    framePower(frame, p);
    zeroPadding(p);
    store<f32>(row, <f32>((<f64>spread(p) * rate) / <f64>nFft));
    store<f32>(row, Mathf.sqrt(meanSquare(frame)), 4);
    store<f32>(row, flatness(p), 8);
    const at = prefix + ((<usize>(t * hop)) << 2);
    const crossings = load<i32>(at + ((<usize>(nFft - 1)) << 2)) - load<i32>(at);
    store<f32>(row, <f32>crossings / <f32>nFft, 12);
    mel(p, row + 16);
    contrast(magnitudes, bandTable, nBands, extremes, row + 16 + ((<usize>nMels) << 2));
    found += pitchPeaks(p, firstBin, lastBin, pitches + ((<usize>found) << 3));
  }
  return found;
}

/** The powers of `count` frames again, where they were not kept. */
export function measurePowers(samples: usize, count: i32, power: usize, stride: i32): void {
  for (let t = 0; t < count; t++) {
    const p = power + ((<usize>(t * stride)) << 2);
    framePower(samples + ((<usize>(t * hop)) << 2), p);
    zeroPadding(p);
  }
}
