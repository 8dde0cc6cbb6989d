/** Statistics over time, four columns at a time, in float64. */

@inline
export function put(address: usize, index: i32, value: f32): void {
  store<f32>(address + ((<usize>index) << 2), value);
}

@inline
function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
}

/**
 * librosa's delta (width 9, mode interp, or the largest odd width that fits) of the rows `start` to `end` of `count`; its ends repeat the last whole window's.
 *
 * @param half rows on either side: a part of a track has as many as the whole
 */
export function deltas(frames: usize, stride: i32, start: i32, end: i32, count: i32, half: i32, from: i32, to: i32, width: i32): void {
  const scale = f32x4.splat(half > 0 ? <f32>3 / <f32>(half * (half + 1) * (2 * half + 1)) : 0);
  const step = (<usize>stride) << 2;
  for (let t = start; t < end; t++) {
    const centre = frames + <usize>min(max(t, half), count - 1 - half) * step;
    const out = frames + <usize>t * step + ((<usize>to) << 2);
    for (let i: usize = 0; i < (<usize>width) << 2; i += 16) {
      const at = centre + ((<usize>from) << 2) + i;
      let slope = f32x4.splat(0);
      let reach: usize = 0;
      for (let j = 1; j <= half; j++) {
        reach += step;
        slope = f32x4.add(slope, f32x4.mul(f32x4.splat(<f32>j), f32x4.sub(v128.load(at + reach), v128.load(at - reach))));
      }
      v128.store(out + i, f32x4.mul(slope, scale));
    }
  }
}

/** Bytes of the sums that `addColumns` keeps. */
export function columnSumsBytes(stride: i32): usize {
  return 36 * <usize>stride;
}

/**
 * Begins sums of the columns of rows: of the differences from the first row, so that little cancels.
 *
 * @param sums f64[stride][8], then f32[stride], the first row
 */
export function startColumns(rows: usize, stride: i32, sums: usize): void {
  memory.fill(sums, 0, 32 * <usize>stride);
  memory.copy(sums + 32 * <usize>stride, rows, (<usize>stride) << 2);
}

/** Adds rows to the sums, plain and weighted, in one reading. However rows are cut into parts, the sums are the same. @param weights f64[count] */
export function addColumns(rows: usize, stride: i32, count: i32, weights: usize, sums: usize): void {
  const step = (<usize>stride) << 2;
  const firsts = sums + 32 * <usize>stride;
  for (let column: usize = 0; column < step; column += 16) {
    const kept = sums + 8 * column;
    const first = v128.load(firsts + column);
    const reference = f64x2.promote_low_f32x4(first);
    const otherReference = high(first);
    let sum = v128.load(kept);
    let squares = v128.load(kept, 16);
    let heavy = v128.load(kept, 32);
    let heavySquares = v128.load(kept, 48);
    let otherSum = v128.load(kept, 64);
    let otherSquares = v128.load(kept, 80);
    let otherHeavy = v128.load(kept, 96);
    let otherHeavySquares = v128.load(kept, 112);
    let at = rows + column;
    for (let w = weights, end = weights + ((<usize>count) << 3); w < end; w += 8, at += step) {
      const x = v128.load(at);
      const weight = v128.load64_splat(w);
      let d = f64x2.sub(f64x2.promote_low_f32x4(x), reference);
      sum = f64x2.add(sum, d);
      squares = f64x2.add(squares, f64x2.mul(d, d));
      let share = f64x2.mul(d, weight);
      heavy = f64x2.add(heavy, share);
      heavySquares = f64x2.add(heavySquares, f64x2.mul(share, d));
      d = f64x2.sub(high(x), otherReference);
      otherSum = f64x2.add(otherSum, d);
      otherSquares = f64x2.add(otherSquares, f64x2.mul(d, d));
      share = f64x2.mul(d, weight);
      otherHeavy = f64x2.add(otherHeavy, share);
      otherHeavySquares = f64x2.add(otherHeavySquares, f64x2.mul(share, d));
    }
    v128.store(kept, sum);
    v128.store(kept, squares, 16);
    v128.store(kept, heavy, 32);
    v128.store(kept, heavySquares, 48);
    v128.store(kept, otherSum, 64);
    v128.store(kept, otherSquares, 80);
    v128.store(kept, otherHeavy, 96);
    v128.store(kept, otherHeavySquares, 112);
  }
}

/**
 * Mean and standard deviation of each column, plain and weighted.
 *
 * @param count rows, whose weights add up to 1
 * @param out   f32[4][stride]: means, deviations, weighted means, weighted deviations
 */
export function columnStatistics(sums: usize, stride: i32, count: i32, out: usize): void {
  const step = (<usize>stride) << 2;
  const share = f64x2.splat(1 / <f64>count);
  for (let column: usize = 0; column < step; column += 16) {
    const kept = sums + 8 * column;
    const first = v128.load(sums + 32 * <usize>stride + column);
    const reference = f64x2.promote_low_f32x4(first);
    const otherReference = high(first);
    putMoments(out + column, step, reference, f64x2.mul(v128.load(kept), share), f64x2.mul(v128.load(kept, 16), share));
    putMoments(out + column + 8, step, otherReference, f64x2.mul(v128.load(kept, 64), share), f64x2.mul(v128.load(kept, 80), share));
    putMoments(out + column + 2 * step, step, reference, v128.load(kept, 32), v128.load(kept, 48));
    putMoments(out + column + 2 * step + 8, step, otherReference, v128.load(kept, 96), v128.load(kept, 112));
  }
}

@inline
function putMoments(out: usize, step: usize, reference: v128, mean: v128, meanSquare: v128): void {
  v128.store64_lane(out, f32x4.demote_f64x2_zero(f64x2.add(reference, mean)), 0);
  const variance = f64x2.pmax(f64x2.sub(meanSquare, f64x2.mul(mean, mean)), f64x2.splat(0));
  v128.store64_lane(out + step, f32x4.demote_f64x2_zero(f64x2.sqrt(variance)), 0);
}

/** Adds the first columns of rows to sums over time. @param sums f64[width] */
export function addRows(rows: usize, stride: i32, count: i32, width: i32, sums: usize): void {
  const step = (<usize>stride) << 2;
  for (let column: usize = 0; column < (<usize>width) << 2; column += 16) {
    let low = v128.load(sums + 2 * column);
    let top = v128.load(sums + 2 * column, 16);
    let at = rows + column;
    for (let t = 0; t < count; t++, at += step) {
      const x = v128.load(at);
      low = f64x2.add(low, f64x2.promote_low_f32x4(x));
      top = f64x2.add(top, high(x));
    }
    v128.store(sums + 2 * column, low);
    v128.store(sums + 2 * column, top, 16);
  }
}
