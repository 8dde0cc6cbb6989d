/**
 * Cepstra of four frames at a time.
 *
 * Cosines of even coefficients are the same seen from both ends of the bands, and those of odd ones opposite, so the bands are folded in two first: sums
 * for the even coefficients, differences for the odd.
 */

let nMels: i32 = 0;
let halves: i32 = 0; // bands once folded: nMels / 2 upwards
let coefficients: i32 = 0; // registers of even ones, and of odd ones
let table: usize = 0; // f32[coefficients][halves][8]: four even ones, four odd ones
let sums: usize = 0; // f32[4][halves to a register + 4]
let differences: usize = 0;
let foldedBytes: usize = 0; // of one frame

export function setupCepstrum(mels: i32, count: i32, dct: usize, memory: usize): void {
  nMels = mels;
  halves = (mels + 1) >> 1;
  coefficients = (count + 7) >> 3;
  table = dct;
  foldedBytes = (<usize>((halves + 7) & ~3)) << 2;
  sums = memory;
  differences = sums + 4 * foldedBytes;
}

/** @param decibels f32[nMels], with room for three floats before and behind */
export function foldBands(decibels: usize, frame: i32): void {
  const sum = sums + <usize>frame * foldedBytes;
  const difference = differences + <usize>frame * foldedBytes;
  let high = decibels + ((<usize>nMels) << 2) - 16;
  for (let i: usize = 0; i < (<usize>halves) << 2; i += 16, high -= 16) {
    const low = v128.load(decibels + i);
    const back = v128.load(high);
    const mirrored = v128.shuffle<f32>(back, back, 3, 2, 1, 0);
    v128.store(sum + i, f32x4.add(low, mirrored));
    v128.store(difference + i, f32x4.sub(low, mirrored));
  }
  // The middle of an odd number is its own mirror.
  const middle = (<usize>(halves - 1)) << 2;
  if (nMels & 1) store<f32>(sum + middle, load<f32>(decibels + middle));
}

/** @param out the first frame's coefficients, padded to whole eights; the others are `stride` bytes apart */
export function cepstraOf4(out: usize, stride: usize): void {
  let at = table;
  for (let j = 0; j < coefficients; j++, out += 32) {
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    let e = a;
    let f = a;
    let g = a;
    let h = a;
    let s = sums;
    for (const end = sums + ((<usize>halves) << 2); s < end; s += 4, at += 32) {
      const t = s + 4 * foldedBytes;
      const even = v128.load(at);
      a = f32x4.add(a, f32x4.mul(v128.load32_splat(s), even));
      b = f32x4.add(b, f32x4.mul(v128.load32_splat(s + foldedBytes), even));
      c = f32x4.add(c, f32x4.mul(v128.load32_splat(s + 2 * foldedBytes), even));
      d = f32x4.add(d, f32x4.mul(v128.load32_splat(s + 3 * foldedBytes), even));
      const odd = v128.load(at, 16);
      e = f32x4.add(e, f32x4.mul(v128.load32_splat(t), odd));
      f = f32x4.add(f, f32x4.mul(v128.load32_splat(t + foldedBytes), odd));
      g = f32x4.add(g, f32x4.mul(v128.load32_splat(t + 2 * foldedBytes), odd));
      h = f32x4.add(h, f32x4.mul(v128.load32_splat(t + 3 * foldedBytes), odd));
    }
    put8(out, a, e);
    put8(out + stride, b, f);
    put8(out + 2 * stride, c, g);
    put8(out + 3 * stride, d, h);
  }
}

/** Even and odd coefficients, in turn. */
@inline
function put8(out: usize, even: v128, odd: v128): void {
  v128.store(out, v128.shuffle<f32>(even, odd, 0, 4, 1, 5));
  v128.store(out, v128.shuffle<f32>(even, odd, 2, 6, 3, 7), 16);
}
