/**
 * Power spectrum of real frames of any even length, by Bluestein's algorithm (1970) on transforms of P points, a power of two.
 *
 * Neighbouring samples make one complex value, M = nFft / 2 of them. With the chirp c[n] = exp(-pi i n^2 / M),
 *
 *   Z[k] = c[k] sum_n (c[n] z[n]) conj c[k - n]
 *
 * which is a convolution, made as a product of transforms. Two frames go through side by side, one a lane: neither touches the other's values.
 */
import { fillTwiddles, passOf2, passOf4, passOf8 } from './fft-passes';

let points: i32 = 0; // M
let size: i32 = 0; // P
let chirped: usize = 0; // f64[M][4]: half the window at 2n and 2n + 1, real and imaginary part of c[n]
let filter: usize = 0; // f64[P][2]: the transform of conj c, over P
let turns: usize = 0; // f64[M / 2 + 1][2]: cos and -sin of 2 pi k / nFft
let twiddles: usize = 0;
let bufferA: usize = 0; // f64[P][4]: real parts of both frames, imaginary parts of both
let bufferB: usize = 0;

/** The power of two that holds the convolution of M values with a chirp of 2 M - 1. */
function sizeFor(m: i32): i32 {
  let p = 8;
  while (p < 2 * m - 1) p <<= 1;
  return p;
}

/** Bytes that `setupBluestein` needs. */
export function bluesteinBytes(m: i32): i32 {
  const p = sizeFor(m);
  return 32 * m + 16 * p + 16 * (m / 2 + 1) + 16 * p + 2 * 32 * p;
}

/**
 * @param window f64[2 m]
 * @param address of tables and buffers, aligned to 64
 */
export function setupBluestein(m: i32, window: usize, address: usize): void {
  points = m;
  size = sizeFor(m);
  chirped = address;
  filter = chirped + 32 * <usize>m;
  turns = filter + 16 * <usize>size;
  twiddles = turns + 16 * <usize>(m / 2 + 1);
  bufferA = twiddles + 16 * <usize>size;
  bufferB = bufferA + 32 * <usize>size;
  let at = twiddles;
  for (let n = size; n > 1; ) {
    const radix = radixOf(n);
    at = fillTwiddles(n, radix, at);
    n /= radix;
  }
  memory.fill(bufferA, 0, 32 * <usize>size);
  for (let n = 0; n < m; n++) {
    // The square is reduced before it meets pi, so that no accuracy is lost to large angles.
    const angle = (-Math.PI * <f64>((n * n) % (2 * m))) / <f64>m;
    const real = Math.cos(angle);
    const imag = Math.sin(angle);
    const entry = chirped + 32 * <usize>n;
    // The halves that taking the two real transforms apart would bring.
    store<f64>(entry, 0.5 * load<f64>(window + 16 * <usize>n));
    store<f64>(entry, 0.5 * load<f64>(window + 16 * <usize>n, 8), 8);
    store<f64>(entry, real, 16);
    store<f64>(entry, imag, 24);
    putBoth(bufferA + 32 * <usize>n, real, -imag);
    if (n > 0) putBoth(bufferA + 32 * <usize>(size - n), real, -imag);
  }
  const spectrum = transform(bufferA, bufferB);
  for (let k = 0; k < size; k++) {
    store<f64>(filter + 16 * <usize>k, load<f64>(spectrum + 32 * <usize>k) / <f64>size);
    store<f64>(filter + 16 * <usize>k, load<f64>(spectrum + 32 * <usize>k, 16) / <f64>size, 8);
  }
  for (let k = 0; k <= m / 2; k++) {
    store<f64>(turns + 16 * <usize>k, Math.cos((Math.PI * <f64>k) / <f64>m));
    store<f64>(turns + 16 * <usize>k, -Math.sin((Math.PI * <f64>k) / <f64>m), 8);
  }
}

@inline
function putBoth(at: usize, real: f64, imag: f64): void {
  v128.store(at, f64x2.splat(real));
  v128.store(at, f64x2.splat(imag), 16);
}

/** The radix of the pass of length n: eights last. */
function radixOf(n: i32): i32 {
  const left = ctz(n);
  return left % 3 === 0 ? 8 : left === 1 ? 2 : 4;
}

/** Two transforms side by side. @returns which of the buffers they end in */
function transform(from: usize, other: usize): usize {
  let x = from;
  let y = other;
  let w = twiddles;
  let s = 2;
  for (let n = size; n > 1; ) {
    const radix = radixOf(n);
    if (radix === 8) passOf8(n, s, w, x, y);
    else if (radix === 4) passOf4(n, s, w, x, y);
    else passOf2(n, s, w, x, y);
    n /= radix;
    w += (<usize>(n * (radix - 1))) << 4;
    s *= radix;
    const t = x;
    x = y;
    y = t;
  }
  return x;
}

@inline
function pair(a: usize, b: usize, index: i32): v128 {
  const at = (<usize>index) << 2;
  return f64x2.promote_low_f32x4(v128.load32_lane(b + at, v128.load32_zero(a + at), 1));
}

/**
 * |X|^2 of two frames, which may be the same.
 *
 * @param a, b   f32[2 M]
 * @param toA, toB f32[M + 1]
 */
export function framePowers(a: usize, b: usize, toA: usize, toB: usize): void {
  const m = points;
  for (let n = 0; n < m; n++) {
    const entry = chirped + 32 * <usize>n;
    const re = f64x2.mul(pair(a, b, 2 * n), v128.load64_splat(entry));
    const im = f64x2.mul(pair(a, b, 2 * n + 1), v128.load64_splat(entry, 8));
    const cr = v128.load64_splat(entry, 16);
    const ci = v128.load64_splat(entry, 24);
    v128.store(bufferA + 32 * <usize>n, f64x2.sub(f64x2.mul(re, cr), f64x2.mul(im, ci)));
    v128.store(bufferA + 32 * <usize>n, f64x2.add(f64x2.mul(re, ci), f64x2.mul(im, cr)), 16);
  }
  memory.fill(bufferA + 32 * <usize>m, 0, 32 * <usize>(size - m));
  let x = transform(bufferA, bufferB);
  for (let k = 0, at = x, f = filter; k < size; k++, at += 32, f += 16) {
    const re = v128.load(at);
    const im = v128.load(at, 16);
    const fr = v128.load64_splat(f);
    const fi = v128.load64_splat(f, 8);
    // Parts change places, and again below: a transform between two such changes is the inverse one.
    v128.store(at, f64x2.add(f64x2.mul(re, fi), f64x2.mul(im, fr)));
    v128.store(at, f64x2.sub(f64x2.mul(re, fr), f64x2.mul(im, fi)), 16);
  }
  x = transform(x, x === bufferA ? bufferB : bufferA);
  for (let n = 0, at = x; n < m; n++, at += 32) {
    const re = v128.load(at, 16);
    const im = v128.load(at);
    const cr = v128.load64_splat(chirped + 32 * <usize>n, 16);
    const ci = v128.load64_splat(chirped + 32 * <usize>n, 24);
    v128.store(at, f64x2.sub(f64x2.mul(re, cr), f64x2.mul(im, ci)));
    v128.store(at, f64x2.add(f64x2.mul(re, ci), f64x2.mul(im, cr)), 16);
  }
  putPowers(x, toA, toB);
}

/** From the transforms of packed pairs to powers: see fft-last-pass.ts. */
function putPowers(z: usize, toA: usize, toB: usize): void {
  const m = points;
  const two = f64x2.splat(2);
  const re0 = v128.load(z);
  const im0 = v128.load(z, 16);
  putSquares(f64x2.mul(two, f64x2.add(re0, im0)), f64x2.splat(0), toA, toB, 0);
  putSquares(f64x2.mul(two, f64x2.sub(re0, im0)), f64x2.splat(0), toA, toB, m);
  for (let k = 1; k <= m / 2; k++) {
    const up = z + 32 * <usize>k;
    const down = z + 32 * <usize>(m - k);
    const ar = v128.load(up);
    const ai = v128.load(up, 16);
    const br = v128.load(down);
    const bi = v128.load(down, 16);
    const eR = f64x2.add(ar, br);
    const eI = f64x2.sub(ai, bi);
    const oR = f64x2.add(ai, bi);
    const oI = f64x2.sub(br, ar);
    const c = v128.load64_splat(turns + 16 * <usize>k);
    const s = v128.load64_splat(turns + 16 * <usize>k, 8);
    const tR = f64x2.sub(f64x2.mul(oR, c), f64x2.mul(oI, s));
    const tI = f64x2.add(f64x2.mul(oR, s), f64x2.mul(oI, c));
    putSquares(f64x2.add(eR, tR), f64x2.add(eI, tI), toA, toB, k);
    putSquares(f64x2.sub(eR, tR), f64x2.sub(eI, tI), toA, toB, m - k);
  }
}

@inline
function putSquares(re: v128, im: v128, toA: usize, toB: usize, bin: i32): void {
  const squares = f32x4.demote_f64x2_zero(f64x2.add(f64x2.mul(re, re), f64x2.mul(im, im)));
  v128.store32_lane(toA + ((<usize>bin) << 2), squares, 0);
  v128.store32_lane(toB + ((<usize>bin) << 2), squares, 1);
}
