/**
 * Base-2 logarithm of four positive normal floats, to about 1e-7 absolute and relative.
 *
 * The mantissa is brought to [sqrt(1/2), sqrt(2)), and log2 m = 2 / ln 2 atanh((m - 1) / (m + 1)) by its odd series, whose argument is at most 0.172.
 */
@inline
export function log2x4(x: v128): v128 {
  // Adding the bits of sqrt(2)'s complement moves mantissas above sqrt(2) into the next exponent.
  const shifted = i32x4.add(x, i32x4.splat(0x004afb0d));
  const exponent = i32x4.sub(i32x4.shr_u(shifted, 23), i32x4.splat(127));
  const m = i32x4.sub(x, i32x4.shl(exponent, 23));
  const one = f32x4.splat(1);
  const t = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
  const u = f32x4.mul(t, t);
  let series = f32x4.add(f32x4.mul(u, f32x4.splat(0.11111111)), f32x4.splat(0.14285715));
  series = f32x4.add(f32x4.mul(series, u), f32x4.splat(0.2));
  series = f32x4.add(f32x4.mul(series, u), f32x4.splat(0.33333334));
  series = f32x4.mul(f32x4.mul(series, u), t);
  const natural = f32x4.mul(f32x4.splat(2), f32x4.add(t, series));
  return f32x4.add(f32x4.convert_i32x4_s(exponent), f32x4.mul(natural, f32x4.splat(1.4426950408889634)));
}

@inline
export function sumLanes(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

// pmax and pmin are one instruction each, where max and min take eight to treat what is no number; here it stays out of the result.

@inline
export function maxLanes(v: v128): f32 {
  const pairs = f32x4.pmax(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.pmax(pairs, v128.shuffle<f32>(pairs, pairs, 1, 0, 3, 2)), 0);
}

@inline
export function minLanes(v: v128): f32 {
  const pairs = f32x4.pmin(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.pmin(pairs, v128.shuffle<f32>(pairs, pairs, 1, 0, 3, 2)), 0);
}
