import { maxLanes, sumLanes } from './log2';

/** Smallest positive normal float32: a frame whose strongest pitch class is below it is silent. */
const TINY: f32 = 1.1754943508222875e-38;

/**
 * Chroma of frames whose powers are at hand: each frame's pitch classes, relative to its strongest.
 *
 * @param filterbank f32[nChroma][stride], padded with zeros
 * @param out        f32[count][outStride]
 */
export function measureChroma(power: usize, stride: i32, count: i32, filterbank: usize, nChroma: i32, out: usize, outStride: i32): void {
  const whole = (<usize>stride) << 2;
  for (let t = 0; t < count; t++) {
    const p = power + ((<usize>(t * stride)) << 2);
    const row = out + ((<usize>(t * outStride)) << 2);
    let strongest: f32 = 0;
    let c = 0;
    // Four pitch classes at a time share each reading of the spectrum.
    for (; c + 4 <= nChroma; c += 4) {
      let f = filterbank + (<usize>c) * whole;
      let s0 = f32x4.splat(0);
      let s1 = f32x4.splat(0);
      let s2 = f32x4.splat(0);
      let s3 = f32x4.splat(0);
      for (let at: usize = 0; at < whole; at += 16) {
        const x = v128.load(p + at);
        s0 = f32x4.add(s0, f32x4.mul(x, v128.load(f + at)));
        s1 = f32x4.add(s1, f32x4.mul(x, v128.load(f + whole + at)));
        s2 = f32x4.add(s2, f32x4.mul(x, v128.load(f + 2 * whole + at)));
        s3 = f32x4.add(s3, f32x4.mul(x, v128.load(f + 3 * whole + at)));
      }
      const sums = f32x4(sumLanes(s0), sumLanes(s1), sumLanes(s2), sumLanes(s3));
      v128.store(row + ((<usize>c) << 2), sums);
      strongest = Mathf.max(strongest, maxLanes(sums));
    }
    for (; c < nChroma; c++) {
      let sum = f32x4.splat(0);
      for (let at: usize = 0; at < whole; at += 16) sum = f32x4.add(sum, f32x4.mul(v128.load(p + at), v128.load(filterbank + (<usize>c) * whole + at)));
      const value = sumLanes(sum);
      store<f32>(row + ((<usize>c) << 2), value);
      strongest = Mathf.max(strongest, value);
    }
    if (strongest < TINY) continue;
    for (let i = 0; i < nChroma; i++) store<f32>(row + ((<usize>i) << 2), load<f32>(row + ((<usize>i) << 2)) / strongest);
  }
}
