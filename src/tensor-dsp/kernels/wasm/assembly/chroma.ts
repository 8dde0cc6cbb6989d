/** Chroma of frames whose powers are at hand: each frame's pitch classes, relative to its strongest. */
import { sumsOf4 } from './mel';

/** Smallest positive normal float32: a frame whose strongest pitch class is below it is silent. */
const TINY: f32 = 1.1754943508222875e-38;

/**
 * Four frames at a time share each reading of the filterbank.
 *
 * @param power  f32[count + 3][stride]
 * @param table  a pitch class: i32 runs, 12 bytes of nothing; a run: i32 bytes to its first bin, i32 pairs of groups of four bins, 8 bytes of nothing, and
 *               the weights. See pack-tables.ts.
 * @param out    f32[count][outStride]
 */
export function measureChroma(power: usize, stride: i32, count: i32, table: usize, nChroma: i32, out: usize, outStride: i32): void {
  const rowBytes = (<usize>stride) << 2;
  const outBytes = (<usize>outStride) << 2;
  for (let t = 0; t < count; t += 4) {
    // The last frames stand in for those that a group of four lacks.
    const p0 = power + <usize>t * rowBytes;
    const p1 = power + <usize>min(t + 1, count - 1) * rowBytes;
    const p2 = power + <usize>min(t + 2, count - 1) * rowBytes;
    const p3 = power + <usize>min(t + 3, count - 1) * rowBytes;
    const row = out + <usize>t * outBytes;
    let strongest = f32x4.splat(0);
    let at = table;
    for (let c = 0; c < nChroma; c++) {
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      let runs = load<i32>(at);
      for (at += 16; runs > 0; runs--) {
        const bytes = <usize>load<i32>(at);
        let pairs = load<i32>(at, 4);
        let a = p0 + bytes;
        let b = p1 + bytes;
        let d = p2 + bytes;
        let e = p3 + bytes;
        for (at += 16; pairs > 0; pairs--) {
          let f = v128.load(at);
          s0 = f32x4.add(s0, f32x4.mul(v128.load(a), f));
          s1 = f32x4.add(s1, f32x4.mul(v128.load(b), f));
          s2 = f32x4.add(s2, f32x4.mul(v128.load(d), f));
          s3 = f32x4.add(s3, f32x4.mul(v128.load(e), f));
          f = v128.load(at, 16);
          s0 = f32x4.add(s0, f32x4.mul(v128.load(a, 16), f));
          s1 = f32x4.add(s1, f32x4.mul(v128.load(b, 16), f));
          s2 = f32x4.add(s2, f32x4.mul(v128.load(d, 16), f));
          s3 = f32x4.add(s3, f32x4.mul(v128.load(e, 16), f));
          a += 32;
          b += 32;
          d += 32;
          e += 32;
          at += 32;
        }
      }
      const sums = sumsOf4(s0, s1, s2, s3);
      strongest = f32x4.pmax(strongest, sums);
      const to = row + ((<usize>c) << 2);
      store<f32>(to, f32x4.extract_lane(sums, 0));
      if (t + 1 < count) store<f32>(to + outBytes, f32x4.extract_lane(sums, 1));
      if (t + 2 < count) store<f32>(to + 2 * outBytes, f32x4.extract_lane(sums, 2));
      if (t + 3 < count) store<f32>(to + 3 * outBytes, f32x4.extract_lane(sums, 3));
    }
    divide(row, nChroma, f32x4.extract_lane(strongest, 0));
    if (t + 1 < count) divide(row + outBytes, nChroma, f32x4.extract_lane(strongest, 1));
    if (t + 2 < count) divide(row + 2 * outBytes, nChroma, f32x4.extract_lane(strongest, 2));
    if (t + 3 < count) divide(row + 3 * outBytes, nChroma, f32x4.extract_lane(strongest, 3));
  }
}

@inline
function divide(row: usize, nChroma: i32, strongest: f32): void {
  if (strongest < TINY) return;
  for (const end = row + ((<usize>nChroma) << 2); row < end; row += 4) store<f32>(row, load<f32>(row) / strongest);
}
