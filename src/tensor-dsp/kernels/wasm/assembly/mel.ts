/** Mel bands: sparse dot products, four bands side by side. */

/**
 * @param table four bands: i32 bytes to each one's first bin, i32 groups of four bins (the most that one of them needs), 12 bytes of nothing; then
 *              group by group f32[4] of each band
 * @param out   f32[nMels to a multiple of 4]
 */
export function mel(power: usize, table: usize, nMels: i32, out: usize): void {
  let at = table;
  for (const end = out + ((<usize>nMels) << 2); out < end; out += 16) {
    let a = power + <usize>load<i32>(at);
    let b = power + <usize>load<i32>(at, 4);
    let c = power + <usize>load<i32>(at, 8);
    let d = power + <usize>load<i32>(at, 12);
    let groups = load<i32>(at, 16);
    at += 32;
    let x = f32x4.splat(0);
    let y = x;
    let z = x;
    let w = x;
    for (; groups > 0; groups--) {
      x = f32x4.add(x, f32x4.mul(v128.load(a), v128.load(at)));
      y = f32x4.add(y, f32x4.mul(v128.load(b), v128.load(at, 16)));
      z = f32x4.add(z, f32x4.mul(v128.load(c), v128.load(at, 32)));
      w = f32x4.add(w, f32x4.mul(v128.load(d), v128.load(at, 48)));
      a += 16;
      b += 16;
      c += 16;
      d += 16;
      at += 64;
    }
    v128.store(out, sumsOf4(x, y, z, w));
  }
}

/** The sums of the lanes of four registers. */
@inline
export function sumsOf4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}
