/** Points made ready: less their mean, on a grid that makes their sums exact. Blocks of rows are taken by whichever thread comes first. */

/** Sums, least and largest values of every column, a block of rows each: partial is [blocks][f64 sum, f32 min, f32 max per column]. */
export function columnSums(_thread: i32, counter: usize, points: usize, n: i32, bytes: usize, blockRows: i32, partial: usize): void {
  const nBlocks = (n + blockRows - 1) / blockRows;
  for (let b = atomic.add<i32>(counter, 1); b < nBlocks; b = atomic.add<i32>(counter, 1)) {
    const sums = partial + <usize>b * bytes * 4;
    const least = sums + bytes * 2;
    const most = least + bytes;
    for (let f: usize = 0; f < bytes; f += 16) {
      v128.store(sums + f * 2, f64x2.splat(0));
      v128.store(sums + f * 2, f64x2.splat(0), 16);
      v128.store(least + f, f32x4.splat(Infinity));
      v128.store(most + f, f32x4.splat(-Infinity));
    }
    const end = min(n, (b + 1) * blockRows);
    for (let i = b * blockRows; i < end; i++) {
      const row = points + <usize>i * bytes;
      for (let f: usize = 0; f < bytes; f += 16) {
        const x = v128.load(row + f);
        const low = sums + f * 2;
        v128.store(low, f64x2.add(v128.load(low), f64x2.promote_low_f32x4(x)));
        v128.store(low, f64x2.add(v128.load(low, 16), f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3))), 16);
        v128.store(least + f, f32x4.pmin(v128.load(least + f), x));
        v128.store(most + f, f32x4.pmax(v128.load(most + f), x));
      }
    }
  }
}

/**
 * Takes the mean off every point and rounds it to its column's grid; then its squared length, and the sum of those a block.
 *
 * @param mean  [features], f32
 * @param magic [features], f64: adding and taking it off rounds to the grid.
 */
export function centre(_thread: i32, counter: usize, points: usize, n: i32, bytes: usize, blockRows: i32, mean: usize, magic: usize, norms: usize, blockSums: usize): void {
  const nBlocks = (n + blockRows - 1) / blockRows;
  for (let b = atomic.add<i32>(counter, 1); b < nBlocks; b = atomic.add<i32>(counter, 1)) {
    const end = min(n, (b + 1) * blockRows);
    let total: f64 = 0;
    for (let i = b * blockRows; i < end; i++) {
      const row = points + <usize>i * bytes;
      let s = f64x2.splat(0);
      let t = f64x2.splat(0);
      for (let f: usize = 0; f < bytes; f += 16) {
        const x = f32x4.sub(v128.load(row + f), v128.load(mean + f));
        const m = v128.load(magic + f * 2);
        const k = v128.load(magic + f * 2, 16);
        const low = f64x2.sub(f64x2.add(f64x2.promote_low_f32x4(x), m), m);
        const high = f64x2.sub(f64x2.add(f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3)), k), k);
        v128.store(row + f, v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5));
        s = f64x2.add(s, f64x2.mul(low, low));
        t = f64x2.add(t, f64x2.mul(high, high));
      }
      const square = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1) + (f64x2.extract_lane(t, 0) + f64x2.extract_lane(t, 1));
      store<f32>(norms + ((<usize>i) << 2), <f32>square);
      total += square;
    }
    store<f64>(blockSums + ((<usize>b) << 3), total);
  }
}
