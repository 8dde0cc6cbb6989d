/** The shape of a power spectrum: its spread, its flatness and its largest value, in two readings. */
import { log2x4, maxLanes, sumLanes } from './log2';

const AMIN: f32 = 1e-10;
const TINY: f32 = 1.1754943508222875e-38;
const LN2 = 0.6931471805599453;

/** What `measureShape` found last. */
export let spread: f32 = 0; // around the centroid, in bins
export let flatness: f32 = 0; // geometric over arithmetic mean
export let largest: f32 = 0;

/** Pairs of groups whose mantissas, below 2 each, are multiplied before a logarithm is taken. */
const LOG_PAIRS = 32;
/** Of a block of as many pairs of groups, in bins. */
const MIDDLE: f32 = 128;

/** f32x4[blocks][3]: of each block, the magnitudes' sum, and their first and second moments around the block's middle. */
@inline
function blockAt(moments: usize, block: i32): usize {
  return moments + 48 * <usize>block;
}

/** Bytes of `measureShape`'s scratch. */
export function shapeBytes(bins: i32): i32 {
  return 48 * ((bins >> 3) / LOG_PAIRS + 2);
}

/**
 * The spread is put together from moments of blocks of bins around their own middles: around a far point, the spread of a single tone would be lost in rounding.
 *
 * @param power   f32[bins]
 * @param moments scratch, `shapeBytes` bytes
 */
export function measureShape(power: usize, bins: i32, moments: usize): void {
  const amin = f32x4.splat(AMIN);
  const mantissa = i32x4.splat(0x007fffff);
  const one = i32x4.splat(0x3f800000);
  const eight = f32x4.splat(8);
  let arithmetic = f32x4.splat(0);
  let most = arithmetic;
  let logs = arithmetic;
  let exponents = i32x4.splat(0);
  const pairs = bins >> 3;
  const end = power + ((<usize>pairs) << 5);
  let at = power;
  let block = moments;
  while (at < end) {
    let product = f32x4.splat(1);
    // Of both groups of a pair, as if the second's bins were the first's; and what that is wrong by.
    let sum = f32x4.splat(0);
    let first = sum;
    let second = sum;
    let upper = sum;
    let upperFirst = sum;
    let d = f32x4.sub(f32x4(0, 1, 2, 3), f32x4.splat(MIDDLE));
    for (const until = min(at + (LOG_PAIRS << 5), end); at < until; at += 32) {
      const p = v128.load(at);
      const q = v128.load(at, 16);
      const n = f32x4.sqrt(q);
      const both = f32x4.add(f32x4.sqrt(p), n);
      const x = f32x4.pmax(p, amin);
      const y = f32x4.pmax(q, amin);
      sum = f32x4.add(sum, both);
      const moment = f32x4.mul(both, d);
      upper = f32x4.add(upper, n);
      first = f32x4.add(first, moment);
      upperFirst = f32x4.add(upperFirst, f32x4.mul(n, d));
      second = f32x4.add(second, f32x4.mul(moment, d));
      d = f32x4.add(d, eight);
      most = f32x4.pmax(most, f32x4.pmax(p, q));
      arithmetic = f32x4.add(arithmetic, f32x4.add(x, y));
      exponents = i32x4.add(exponents, i32x4.add(i32x4.shr_u(x, 23), i32x4.shr_u(y, 23)));
      product = f32x4.mul(product, f32x4.mul(v128.or(v128.and(x, mantissa), one), v128.or(v128.and(y, mantissa), one)));
    }
    logs = f32x4.add(logs, log2x4(product));
    v128.store(block, sum);
    v128.store(block, f32x4.add(first, f32x4.mul(f32x4.splat(4), upper)), 16);
    v128.store(block, f32x4.add(second, f32x4.add(f32x4.mul(eight, upperFirst), f32x4.mul(f32x4.splat(16), upper))), 32);
    block += 48;
  }
  let mean = <f64>sumLanes(arithmetic);
  let meanLog = <f64>(i32x4.extract_lane(exponents, 0) + i32x4.extract_lane(exponents, 1) + i32x4.extract_lane(exponents, 2) + i32x4.extract_lane(exponents, 3) - 127 * 8 * pairs) + <f64>sumLanes(logs);
  largest = maxLanes(most);
  for (let bin = 8 * pairs; bin < bins; bin++, at += 4) {
    const p = load<f32>(at);
    largest = Mathf.max(largest, p);
    mean += <f64>Mathf.max(p, AMIN);
    meanLog += <f64>f32x4.extract_lane(log2x4(f32x4.splat(Mathf.max(p, AMIN))), 0);
  }
  mean /= <f64>bins;
  meanLog /= <f64>bins;
  flatness = <f32>Math.exp((meanLog - <f64>f32x4.extract_lane(log2x4(f32x4.splat(<f32>mean)), 0)) * LN2);
  spread = spreadOf(power, bins, moments, block);
}

/** From the blocks' moments, and the bins that fill no register. */
function spreadOf(power: usize, bins: i32, moments: usize, end: usize): f32 {
  let total: f64 = 0;
  let first: f64 = 0;
  let second: f64 = 0;
  let middle: f64 = <f64>MIDDLE;
  for (let block = moments; block < end; block += 48, middle += 2 * <f64>MIDDLE) {
    const sum = <f64>sumLanes(v128.load(block));
    total += sum;
    first += middle * sum + <f64>sumLanes(v128.load(block, 16));
  }
  for (let bin = bins & ~7; bin < bins; bin++) {
    const m = Math.sqrt(<f64>load<f32>(power + ((<usize>bin) << 2)));
    total += m;
    first += m * <f64>bin;
  }
  if (total < <f64>TINY) return 0;
  const centroid = first / total;
  middle = <f64>MIDDLE - centroid;
  for (let block = moments; block < end; block += 48, middle += 2 * <f64>MIDDLE) {
    second += <f64>sumLanes(v128.load(block, 32)) + 2 * middle * <f64>sumLanes(v128.load(block, 16)) + middle * middle * <f64>sumLanes(v128.load(block));
  }
  for (let bin = bins & ~7; bin < bins; bin++) {
    second += Math.sqrt(<f64>load<f32>(power + ((<usize>bin) << 2))) * (<f64>bin - centroid) * (<f64>bin - centroid);
  }
  return <f32>Math.sqrt(Math.max(0, second / total));
}
