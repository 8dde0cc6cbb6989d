// The inner loops of the resampler, in AssemblyScript: dot products of stretches of sound with rows of a filter table; and, in
// blocks.ts, what is faster where the rates have it.
//
// Result k lies at (phase + k * down) / up samples after the first window. The whole part says where in the input its window
// begins, the rest which row of the table weighs it. Every result is summed in one order, whichever loop it comes from, so
// that it does not depend on how a sound is cut into calls. `taps` is a multiple of 8; all addresses are in bytes.

export { resampleBlocks } from './blocks';

/** Where the caller may lay out its data: nothing of the module's own lies behind. */
export const dataStart: usize = __heap_base;

/** The sum over the lanes of two accumulators. */
function total(a: v128, b: v128): f32 {
  const s = f32x4.add(a, b);
  return f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1) + (f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3));
}

function accumulate(sum: v128, x: v128, weights: v128): v128 {
  return f32x4.add(sum, f32x4.mul(x, weights));
}

/** One window with one row. */
function one(window: usize, row: usize, bytes: usize): f32 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 32) {
    a = accumulate(a, v128.load(window + i), v128.load(row + i));
    b = accumulate(b, v128.load(window + i, 16), v128.load(row + i, 16));
  }
  return total(a, b);
}

/** Four windows, `apart` from one another, with the same row, which is read once; results `outputApart` from one another. */
function four(window: usize, apart: usize, row: usize, bytes: usize, output: usize, outputApart: usize): void {
  const window1 = window + apart;
  const window2 = window1 + apart;
  const window3 = window2 + apart;
  let a0 = f32x4.splat(0), b0 = f32x4.splat(0);
  let a1 = f32x4.splat(0), b1 = f32x4.splat(0);
  let a2 = f32x4.splat(0), b2 = f32x4.splat(0);
  let a3 = f32x4.splat(0), b3 = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 32) {
    const weightsA = v128.load(row + i);
    const weightsB = v128.load(row + i, 16);
    a0 = accumulate(a0, v128.load(window + i), weightsA);
    b0 = accumulate(b0, v128.load(window + i, 16), weightsB);
    a1 = accumulate(a1, v128.load(window1 + i), weightsA);
    b1 = accumulate(b1, v128.load(window1 + i, 16), weightsB);
    a2 = accumulate(a2, v128.load(window2 + i), weightsA);
    b2 = accumulate(b2, v128.load(window2 + i, 16), weightsB);
    a3 = accumulate(a3, v128.load(window3 + i), weightsA);
    b3 = accumulate(b3, v128.load(window3 + i, 16), weightsB);
  }
  f32.store(output, total(a0, b0));
  f32.store(output + outputApart, total(a1, b1));
  f32.store(output + 2 * outputApart, total(a2, b2));
  f32.store(output + 3 * outputApart, total(a3, b3));
}

/** `count` results with a table of `up` rows, one for every phase there is. */
export function filterExact(
  input: usize, output: usize, table: usize, taps: u32, up: u32, down: u32, phase: u32, count: u32,
): void {
  const rowBytes = <usize>taps << 2;
  const whole = down / up;
  const rest = down % up;
  const apart = <usize>down << 2;
  const outputApart = <usize>up << 2;
  let window = input;
  for (let first: u32 = 0; first < up && first < count; first++) {
    // Results `up` apart have the same phase.
    const row = table + <usize>phase * rowBytes;
    let w = window;
    let out = output + (<usize>first << 2);
    let left = (count - first - 1) / up + 1;
    for (; left >= 4; left -= 4) {
      four(w, apart, row, rowBytes, out, outputApart);
      w += 4 * apart;
      out += 4 * outputApart;
    }
    for (; left > 0; left--) {
      f32.store(out, one(w, row, rowBytes));
      w += apart;
      out += outputApart;
    }
    window += <usize>whole << 2;
    phase += rest;
    if (phase >= up) {
      phase -= up;
      window += 4;
    }
  }
}

/** `count` results with a table of `rows` + 1 rows over the phases from 0 to 1: a straight line between the two nearest. */
export function filterBetween(
  input: usize, output: usize, table: usize, taps: u32, rows: u32, up: u32, down: u32, phase: u32, count: u32,
): void {
  const rowBytes = <usize>taps << 2;
  const whole = down / up;
  const rest = down % up;
  let window = input;
  for (let k: u32 = 0; k < count; k++) {
    const place = (<f64>phase / <f64>up) * <f64>rows;
    const below = <u32>place;
    const row = table + <usize>below * rowBytes;
    const low = one(window, row, rowBytes);
    const high = one(window, row + rowBytes, rowBytes);
    f32.store(output + (<usize>k << 2), low + <f32>(place - <f64>below) * (high - low));
    window += <usize>whole << 2;
    phase += rest;
    if (phase >= up) {
      phase -= up;
      window += 4;
    }
  }
}
