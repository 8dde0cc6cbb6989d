/** Products of centred points with one another. @param centred f64[n][d] @param out f64[n][n] */
export function products(centred: usize, n: i32, d: i32, out: usize): void {
  for (let i = 0; i < n; i++) {
    const own = centred + (<usize>(i * d) << 3);
    for (let j = 0; j <= i; j++) {
      const other = centred + (<usize>(j * d) << 3);
      let sum: f64 = 0;
      for (let f: usize = 0, end = <usize>d << 3; f < end; f += 8) sum += load<f64>(own + f) * load<f64>(other + f);
      store<f64>(out + (<usize>(i * n + j) << 3), sum);
      store<f64>(out + (<usize>(j * n + i) << 3), sum);
    }
  }
}

/** Sums of products of the centred features. @param row f64[width] @param out f64[d][width], zeros at first; width is even. */
export function scatter(points: usize, n: i32, d: i32, width: i32, mean: usize, row: usize, out: usize): void {
  const bytes = <usize>width << 3;
  for (let i = 0; i < n; i++) {
    for (let f = 0; f < d; f++) store<f64>(row + (<usize>f << 3), <f64>load<f32>(points + (<usize>(i * d + f) << 2)) - load<f64>(mean + (<usize>f << 3)));
    for (let f = 0; f < d; f++) {
      const value = f64x2.splat(load<f64>(row + (<usize>f << 3)));
      const at = out + <usize>f * bytes;
      // From an even place on: what is one to the left is written below the diagonal, and read by nobody.
      for (let g = (<usize>f << 3) & ~15; g < bytes; g += 16) v128.store(at + g, f64x2.add(v128.load(at + g), f64x2.mul(value, v128.load(row + g))));
    }
  }
}

/**
 * Points in the coordinates of components, eight components at a time.
 *
 * @param components f64[d][nPadded], a column a component, zeros behind the last @param row f64[d] @param out f32[n][nPadded]
 */
export function project(points: usize, n: i32, d: i32, mean: usize, components: usize, nPadded: i32, row: usize, out: usize): void {
  const bytes = <usize>nPadded << 3;
  for (let i = 0; i < n; i++) {
    for (let f = 0; f < d; f++) store<f64>(row + (<usize>f << 3), <f64>load<f32>(points + (<usize>(i * d + f) << 2)) - load<f64>(mean + (<usize>f << 3)));
    for (let c: usize = 0; c < bytes; c += 64) {
      let s0 = f64x2.splat(0), s1 = f64x2.splat(0), s2 = f64x2.splat(0), s3 = f64x2.splat(0);
      let at = components + c;
      for (let f = 0; f < d; f++, at += bytes) {
        const value = f64x2.splat(load<f64>(row + (<usize>f << 3)));
        s0 = f64x2.add(s0, f64x2.mul(value, v128.load(at)));
        s1 = f64x2.add(s1, f64x2.mul(value, v128.load(at, 16)));
        s2 = f64x2.add(s2, f64x2.mul(value, v128.load(at, 32)));
        s3 = f64x2.add(s3, f64x2.mul(value, v128.load(at, 48)));
      }
      const to = out + ((<usize>(i * nPadded) << 2) + (c >> 1));
      v128.store(to, v128.shuffle<i32>(f32x4.demote_f64x2_zero(s0), f32x4.demote_f64x2_zero(s1), 0, 1, 4, 5));
      v128.store(to, v128.shuffle<i32>(f32x4.demote_f64x2_zero(s2), f32x4.demote_f64x2_zero(s3), 0, 1, 4, 5), 16);
    }
  }
}
