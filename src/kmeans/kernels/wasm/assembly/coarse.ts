/**
 * The same product in 16 bits: twice as fast, of half the memory, and known to be no farther off than what rounding to 16 bits left out. What it cannot
 * decide is measured again in float32.
 */
import { sumEach } from './lanes';

@inline
function toScores(out: usize, sum: v128, bias: v128, factor: v128): void {
  v128.store(out, f32x4.sub(bias, f32x4.mul(factor, f32x4.convert_i32x4_s(sum))));
}

/**
 * Scores of four points against two panels, approximately: bias[j] - factor · (x_i · c_j), in whole numbers. out is [panel][point][4].
 *
 * Two features an iteration: more would not fit into the registers, the loads being moved to the front.
 */
export function coarseScores8(x0: usize, x1: usize, x2: usize, x3: usize, panel: usize, bias: usize, factor: f32, bytes: usize, out: usize): void {
  const end = x0 + bytes;
  let other = panel + bytes * 4;
  let a0 = i32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  while (x0 < end) {
    const c = v128.load(panel);
    const e = v128.load(other);
    let x = v128.load32_splat(x0);
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(c, x));
    b0 = i32x4.add(b0, i32x4.dot_i16x8_s(e, x));
    x = v128.load32_splat(x1);
    a1 = i32x4.add(a1, i32x4.dot_i16x8_s(c, x));
    b1 = i32x4.add(b1, i32x4.dot_i16x8_s(e, x));
    x = v128.load32_splat(x2);
    a2 = i32x4.add(a2, i32x4.dot_i16x8_s(c, x));
    b2 = i32x4.add(b2, i32x4.dot_i16x8_s(e, x));
    x = v128.load32_splat(x3);
    a3 = i32x4.add(a3, i32x4.dot_i16x8_s(c, x));
    b3 = i32x4.add(b3, i32x4.dot_i16x8_s(e, x));
    x0 += 4;
    x1 += 4;
    x2 += 4;
    x3 += 4;
    panel += 16;
    other += 16;
  }
  const f = f32x4.splat(factor);
  const first = v128.load(bias);
  toScores(out, a0, first, f);
  toScores(out + 16, a1, first, f);
  toScores(out + 32, a2, first, f);
  toScores(out + 48, a3, first, f);
  const second = v128.load(bias, 16);
  toScores(out + 64, b0, second, f);
  toScores(out + 80, b1, second, f);
  toScores(out + 96, b2, second, f);
  toScores(out + 112, b3, second, f);
}

/** The same against one panel. */
export function coarseScores4(x0: usize, x1: usize, x2: usize, x3: usize, panel: usize, bias: usize, factor: f32, bytes: usize, out: usize): void {
  const end = x0 + bytes;
  let a0 = i32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  while (x0 < end) {
    const c = v128.load(panel);
    const e = v128.load(panel, 16);
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(c, v128.load32_splat(x0)));
    a1 = i32x4.add(a1, i32x4.dot_i16x8_s(c, v128.load32_splat(x1)));
    a2 = i32x4.add(a2, i32x4.dot_i16x8_s(c, v128.load32_splat(x2)));
    a3 = i32x4.add(a3, i32x4.dot_i16x8_s(c, v128.load32_splat(x3)));
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(e, v128.load32_splat(x0, 4)));
    a1 = i32x4.add(a1, i32x4.dot_i16x8_s(e, v128.load32_splat(x1, 4)));
    a2 = i32x4.add(a2, i32x4.dot_i16x8_s(e, v128.load32_splat(x2, 4)));
    a3 = i32x4.add(a3, i32x4.dot_i16x8_s(e, v128.load32_splat(x3, 4)));
    x0 += 8;
    x1 += 8;
    x2 += 8;
    x3 += 8;
    panel += 32;
  }
  const f = f32x4.splat(factor);
  const b = v128.load(bias);
  toScores(out, a0, b, f);
  toScores(out + 16, a1, b, f);
  toScores(out + 32, a2, b, f);
  toScores(out + 48, a3, b, f);
}

/** The products of four rows with one other row each, in whole numbers. Rows are no longer than 32 767, so that no feature leaves 16 bits, nor a sum 32. */
@inline
export function coarseDots(x0: usize, x1: usize, x2: usize, x3: usize, c0: usize, c1: usize, c2: usize, c3: usize, bytes: usize): v128 {
  let a0 = i32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  for (let f: usize = 0; f < bytes; f += 16) {
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v128.load(x0 + f), v128.load(c0 + f)));
    a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v128.load(x1 + f), v128.load(c1 + f)));
    a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v128.load(x2 + f), v128.load(c2 + f)));
    a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v128.load(x3 + f), v128.load(c3 + f)));
  }
  return sumEach(a0, a1, a2, a3);
}

/** Rounds a row to units of `scale`, in 16 bits. @returns the length of what that leaves out, at least. */
export function quantiseRow(row: usize, bytes: usize, into: usize, coarseBytes: usize, scale: f32, norm: f32): f32 {
  const end = into + coarseBytes;
  const length = sqrt<f32>(norm);
  // A row too long for the scale is left out altogether.
  if (!(length <= scale * 32760) || scale === 0) {
    for (; into < end; into += 16) v128.store(into, i32x4.splat(0));
    return length * 1.001;
  }
  const inverse = f32x4.splat(1 / scale);
  const unit = f32x4.splat(scale);
  let left = f32x4.splat(0);
  const last = row + bytes;
  for (; into < end; into += 16) {
    const x = v128.load(row);
    const y = row + 16 < last ? v128.load(row, 16) : f32x4.splat(0);
    const p = f32x4.nearest(f32x4.mul(x, inverse));
    const q = f32x4.nearest(f32x4.mul(y, inverse));
    const r = f32x4.sub(x, f32x4.mul(p, unit));
    const s = f32x4.sub(y, f32x4.mul(q, unit));
    left = f32x4.add(left, f32x4.add(f32x4.mul(r, r), f32x4.mul(s, s)));
    v128.store(into, i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(p), i32x4.trunc_sat_f32x4_s(q)));
    row += 32;
  }
  const sum = f32x4.extract_lane(left, 0) + f32x4.extract_lane(left, 1) + (f32x4.extract_lane(left, 2) + f32x4.extract_lane(left, 3));
  return sqrt<f32>(sum) * <f32>1.001 + length * <f32>3e-7;
}

/** Rounds all points. Blocks of rows are taken by whichever thread comes first. */
export function quantise(_thread: i32, counter: usize, points: usize, norms: usize, n: i32, bytes: usize, blockRows: i32, coarse: usize, coarseBytes: usize, residuals: usize, scale: f32): void {
  const nBlocks = (n + blockRows - 1) / blockRows;
  for (let b = atomic.add<i32>(counter, 1); b < nBlocks; b = atomic.add<i32>(counter, 1)) {
    const end = min(n, (b + 1) * blockRows);
    for (let i = b * blockRows; i < end; i++) {
      const word = (<usize>i) << 2;
      store<f32>(residuals + word, quantiseRow(points + <usize>i * bytes, bytes, coarse + <usize>i * coarseBytes, coarseBytes, scale, load<f32>(norms + word)));
    }
  }
}

/** One rounded row into its lane of its panel: [panel][features / 2][4 rows][2 features]. */
export function packCoarseRow(row: usize, coarseBytes: usize, panels: usize, j: i32): void {
  const panel = panels + (<usize>(j >> 2) * coarseBytes * 4) + ((<usize>(j & 3)) << 2);
  for (let f: usize = 0; f < coarseBytes; f += 4) store<i32>(panel + f * 4, load<i32>(row + f));
}

/**
 * Rounds rows and packs them, four by four; lanes without a row are zeros.
 *
 * @param bias of the rows, ½||row||².
 * @param into i16[count][features]: the rounded rows.
 * @returns    the length of what rounding left out of a row, at most.
 */
export function packCoarsePanels(rows: usize, count: i32, bytes: usize, bias: usize, into: usize, coarseBytes: usize, panels: usize, scale: f32): f32 {
  let most: f32 = 0;
  for (let j = 0; j < count; j++) {
    const row = into + <usize>j * coarseBytes;
    most = max<f32>(most, quantiseRow(rows + <usize>j * bytes, bytes, row, coarseBytes, scale, 2 * load<f32>(bias + ((<usize>j) << 2))));
    packCoarseRow(row, coarseBytes, panels, j);
  }
  for (let j = count; j < ((count + 3) & ~3); j++) packCoarseNothing(coarseBytes, panels, j);
  return most;
}

export function packCoarseNothing(coarseBytes: usize, panels: usize, j: i32): void {
  const panel = panels + (<usize>(j >> 2) * coarseBytes * 4) + ((<usize>(j & 3)) << 2);
  for (let f: usize = 0; f < coarseBytes; f += 4) store<i32>(panel + f * 4, 0);
}

@inline
function rowAt(list: usize, i: i32, count: i32, points: usize, bytes: usize): usize {
  return points + <usize>load<i32>(list + ((<usize>min(i, count - 1)) << 2)) * bytes;
}

/** Approximate scores of the four listed rows from the first-th on, against one or two panels; where the list ends, its last row stands in. */
@inline
export function listedCoarseScores(list: usize, first: i32, count: i32, points: usize, panel: usize, two: bool, bias: usize, factor: f32, bytes: usize, out: usize): void {
  const x0 = rowAt(list, first, count, points, bytes);
  const x1 = rowAt(list, first + 1, count, points, bytes);
  const x2 = rowAt(list, first + 2, count, points, bytes);
  const x3 = rowAt(list, first + 3, count, points, bytes);
  if (two) coarseScores8(x0, x1, x2, x3, panel, bias, factor, bytes, out);
  else coarseScores4(x0, x1, x2, x3, panel, bias, factor, bytes, out);
}
