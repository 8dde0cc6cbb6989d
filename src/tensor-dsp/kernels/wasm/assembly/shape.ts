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

/**
 * Bins are taken in pairs of groups of four. The first moment is that of both groups together, as if the upper one's bins were the lower one's, and put right
 * by the upper one's sum: so there are no more sums to keep than find a register. The second one allows no such thing: it would lose the spread of a single
 * tone in rounding.
 *
 * @param power      f32[bins]
 * @param magnitudes f32[bins], scratch
 */
export function measureShape(power: usize, bins: i32, magnitudes: usize): void {
  const amin = f32x4.splat(AMIN);
  const mantissa = i32x4.splat(0x007fffff);
  const one = i32x4.splat(0x3f800000);
  const eight = f32x4.splat(8);
  let sum = f32x4.splat(0);
  let upper = sum;
  let moment = sum;
  let arithmetic = sum;
  let most = sum;
  let logs = sum;
  let exponents = i32x4.splat(0);
  let k = f32x4(0, 1, 2, 3);
  const pairs = bins >> 3;
  const end = power + ((<usize>pairs) << 5);
  let to = magnitudes;
  let at = power;
  while (at < end) {
    let product = f32x4.splat(1);
    for (const until = min(at + (LOG_PAIRS << 5), end); at < until; at += 32, to += 32) {
      const p = v128.load(at);
      const q = v128.load(at, 16);
      const m = f32x4.sqrt(p);
      const n = f32x4.sqrt(q);
      v128.store(to, m);
      v128.store(to, n, 16);
      const both = f32x4.add(m, n);
      sum = f32x4.add(sum, both);
      upper = f32x4.add(upper, n);
      moment = f32x4.add(moment, f32x4.mul(both, k));
      k = f32x4.add(k, eight);
      most = f32x4.pmax(most, f32x4.pmax(p, q));
      const x = f32x4.pmax(p, amin);
      const y = f32x4.pmax(q, amin);
      arithmetic = f32x4.add(arithmetic, f32x4.add(x, y));
      exponents = i32x4.add(exponents, i32x4.add(i32x4.shr_u(x, 23), i32x4.shr_u(y, 23)));
      product = f32x4.mul(product, f32x4.mul(v128.or(v128.and(x, mantissa), one), v128.or(v128.and(y, mantissa), one)));
    }
    logs = f32x4.add(logs, log2x4(product));
  }
  let total = sumLanes(sum);
  let first = sumLanes(f32x4.add(moment, f32x4.mul(f32x4.splat(4), upper)));
  let mean = <f64>sumLanes(arithmetic);
  let meanLog = <f64>(i32x4.extract_lane(exponents, 0) + i32x4.extract_lane(exponents, 1) + i32x4.extract_lane(exponents, 2) + i32x4.extract_lane(exponents, 3) - 127 * 8 * pairs) + <f64>sumLanes(logs);
  largest = maxLanes(most);
  for (let bin = 8 * pairs; bin < bins; bin++, at += 4, to += 4) {
    const p = load<f32>(at);
    const m = Mathf.sqrt(p);
    store<f32>(to, m);
    total += m;
    first += m * <f32>bin;
    largest = Mathf.max(largest, p);
    mean += <f64>Mathf.max(p, AMIN);
    meanLog += <f64>f32x4.extract_lane(log2x4(f32x4.splat(Mathf.max(p, AMIN))), 0);
  }
  mean /= <f64>bins;
  meanLog /= <f64>bins;
  flatness = <f32>Math.exp((meanLog - <f64>f32x4.extract_lane(log2x4(f32x4.splat(<f32>mean)), 0)) * LN2);
  spread = total < TINY ? 0 : spreadAround(first / total, total, bins, magnitudes);
}

@inline
function spreadAround(centroid: f32, total: f32, bins: i32, magnitudes: usize): f32 {
  const four = f32x4.splat(4);
  const eight = f32x4.splat(8);
  let deviation = f32x4.splat(0);
  let other = deviation;
  let d = f32x4.sub(f32x4(0, 1, 2, 3), f32x4.splat(centroid));
  let at = magnitudes;
  for (const end = magnitudes + ((<usize>(bins & ~7)) << 2); at < end; at += 32) {
    deviation = f32x4.add(deviation, f32x4.mul(v128.load(at), f32x4.mul(d, d)));
    const e = f32x4.add(d, four);
    other = f32x4.add(other, f32x4.mul(v128.load(at, 16), f32x4.mul(e, e)));
    d = f32x4.add(d, eight);
  }
  let sum = sumLanes(f32x4.add(deviation, other));
  for (let bin = bins & ~7; bin < bins; bin++, at += 4) {
    const distance = <f32>bin - centroid;
    sum += load<f32>(at) * distance * distance;
  }
  return Mathf.sqrt(sum / total);
}
