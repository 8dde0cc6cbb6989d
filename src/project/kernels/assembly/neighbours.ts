/** Puts a point among the nearest, behind those as near. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function insert(nearest: usize, squares: usize, count: i32, j: i32, sum: f64): void {
  let place = count - 1;
  while (load<f64>(squares + (<usize>(place - 1) << 3)) > sum) {
    store<f64>(squares + (<usize>place << 3), load<f64>(squares + (<usize>(place - 1) << 3)));
    store<i32>(nearest + (<usize>place << 2), load<i32>(nearest + (<usize>(place - 1) << 2)));
    place--;
  }
  store<f64>(squares + (<usize>place << 3), sum);
  store<i32>(nearest + (<usize>place << 2), j);
}

/**
 * The exact nearest neighbours of every point, eight others at a time.
 *
 * @param points f32[n][d] @param blocks f64[ceil(n / 8)][d][8], room that is filled here @param sums f64[8] @param indices i32[n][count] @param distances f64[n][count]
 */
export function neighbours(points: usize, n: i32, d: i32, count: i32, blocks: usize, sums: usize, indices: usize, distances: usize): void {
  const nBlocks = (n + 7) >> 3;
  for (let j = 0; j < nBlocks << 3; j++) {
    let to = blocks + (<usize>((j >> 3) * d) << 6) + (<usize>(j & 7) << 3);
    for (let f = 0; f < d; f++, to += 64) store<f64>(to, j < n ? <f64>load<f32>(points + (<usize>(j * d + f) << 2)) : 0);
  }
  for (let i = 0; i < n; i++) {
    const nearest = indices + (<usize>(i * count) << 2);
    const squares = distances + (<usize>(i * count) << 3);
    for (let r = 1; r < count; r++) store<f64>(squares + (<usize>r << 3), Infinity);
    // The point itself comes first even where others lie on it.
    store<i32>(nearest, i);
    store<f64>(squares, -1);
    const last = squares + (<usize>(count - 1) << 3);
    const own = blocks + (<usize>((i >> 3) * d) << 6) + (<usize>(i & 7) << 3);
    for (let b = 0; b < nBlocks; b++) {
      let at = blocks + (<usize>(b * d) << 6);
      let from = own;
      let s0 = f64x2.splat(0), s1 = f64x2.splat(0), s2 = f64x2.splat(0), s3 = f64x2.splat(0);
      for (let f = 0; f < d; f++, at += 64, from += 64) {
        const value = v128.load64_splat(from);
        const d0 = f64x2.sub(value, v128.load(at)), d1 = f64x2.sub(value, v128.load(at, 16)), d2 = f64x2.sub(value, v128.load(at, 32)), d3 = f64x2.sub(value, v128.load(at, 48));
        s0 = f64x2.add(s0, f64x2.mul(d0, d0));
        s1 = f64x2.add(s1, f64x2.mul(d1, d1));
        s2 = f64x2.add(s2, f64x2.mul(d2, d2));
        s3 = f64x2.add(s3, f64x2.mul(d3, d3));
      }
      const worst = f64x2.splat(load<f64>(last));
      if (!v128.any_true(v128.or(v128.or(f64x2.lt(s0, worst), f64x2.lt(s1, worst)), v128.or(f64x2.lt(s2, worst), f64x2.lt(s3, worst))))) continue;
      v128.store(sums, s0);
      v128.store(sums, s1, 16);
      v128.store(sums, s2, 32);
      v128.store(sums, s3, 48);
      for (let j = b << 3, end = min(n, (b << 3) + 8); j < end; j++) {
        const sum = load<f64>(sums + (<usize>(j & 7) << 3));
        if (j != i && sum < load<f64>(last)) insert(nearest, squares, count, j, sum);
      }
    }
    store<f64>(squares, 0);
    for (let r = 1; r < count; r++) store<f64>(squares + (<usize>r << 3), sqrt<f64>(load<f64>(squares + (<usize>r << 3))));
  }
}
