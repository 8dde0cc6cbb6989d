/**
 * Power spectrum of real frames by a float64 Stockham transform of radix 4 on split real and imaginary parts.
 *
 * float64 costs twice the lanes and saves the second transform that float32 needs (see ../../../stft.ts).
 * nFft is a power of two, 32 or more: the complex transform has M = nFft / 2 points.
 */

/** Addresses of the tables and of the two buffers that the passes go between, set by `setupFft`. */
let points: i32 = 0; // M
let windowEven: usize = 0; // f64[M], window[2n]
let windowOdd: usize = 0; // f64[M], window[2n + 1]
let twiddles: usize = 0; // f64, pass by pass: w1r w1i w2r w2i w3r w3i, each of n / 4
let splitReal: usize = 0; // f64[M / 2 + 2], cos(2 pi k / nFft)
let splitImag: usize = 0; // f64[M / 2 + 2], -sin(2 pi k / nFft)
let aReal: usize = 0;
let aImag: usize = 0;
let bReal: usize = 0;
let bImag: usize = 0;

/** Doubles that `setupFft` needs: tables and buffers. */
export function fftDoubles(m: i32): i32 {
  return 2 * m + 2 * m + 2 * (m / 2 + 2) + 4 * m;
}

@inline
function put(address: usize, index: i32, value: f64): void {
  store<f64>(address + ((<usize>index) << 3), value);
}

/** Fills the tables for nFft = 2 m at `memory`, which is aligned to 16. */
export function setupFft(m: i32, memory: usize): void {
  points = m;
  const bytes = (<usize>m) << 3;
  windowEven = memory;
  windowOdd = windowEven + bytes;
  twiddles = windowOdd + bytes;
  splitReal = twiddles + 2 * bytes;
  splitImag = splitReal + (((<usize>(m / 2 + 2)) << 3));
  aReal = splitImag + (((<usize>(m / 2 + 2)) << 3));
  aImag = aReal + bytes;
  bReal = aImag + bytes;
  bImag = bReal + bytes;

  const nFft = 2 * m;
  for (let n = 0; n < m; n++) {
    put(windowEven, n, 0.5 - 0.5 * Math.cos((2 * Math.PI * <f64>(2 * n)) / <f64>nFft));
    put(windowOdd, n, 0.5 - 0.5 * Math.cos((2 * Math.PI * <f64>(2 * n + 1)) / <f64>nFft));
  }
  let at = twiddles;
  for (let n = m; n >= 4; n >>= 2) {
    const quarter = n >> 2;
    for (let p = 0; p < quarter; p++) {
      const angle = (-2 * Math.PI * <f64>p) / <f64>n;
      put(at, p, Math.cos(angle));
      put(at, quarter + p, Math.sin(angle));
      put(at, 2 * quarter + p, Math.cos(2 * angle));
      put(at, 3 * quarter + p, Math.sin(2 * angle));
      put(at, 4 * quarter + p, Math.cos(3 * angle));
      put(at, 5 * quarter + p, Math.sin(3 * angle));
    }
    at += (<usize>(6 * quarter)) << 3;
  }
  for (let k = 0; k < m / 2 + 2; k++) {
    put(splitReal, k, Math.cos((2 * Math.PI * <f64>k) / <f64>nFft));
    put(splitImag, k, -Math.sin((2 * Math.PI * <f64>k) / <f64>nFft));
  }
}

@inline
function at2(address: usize, index: i32): v128 {
  return v128.load(address + ((<usize>index) << 3));
}

/** Two complex samples of the windowed frame: z[n] = window[2n] x[2n] + i window[2n+1] x[2n+1]. Returned through two globals-free shuffles. */
@inline
function evens(frame: usize, n: i32): v128 {
  const x = v128.load(frame + ((<usize>n) << 3)); // x[2n] x[2n+1] x[2n+2] x[2n+3]
  return f64x2.mul(f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 0, 2, 0, 2)), at2(windowEven, n));
}

@inline
function odds(frame: usize, n: i32): v128 {
  const x = v128.load(frame + ((<usize>n) << 3));
  return f64x2.mul(f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 1, 3, 1, 3)), at2(windowOdd, n));
}

@inline
function put2(address: usize, index: i32, value: v128): void {
  v128.store(address + ((<usize>index) << 3), value);
}

/** First pass: windows the frame on the way in; neighbouring p share a register, so the four results of each are interleaved on the way out. */
function firstPass(frame: usize): void {
  const quarter = points >> 2;
  const w = twiddles;
  for (let p = 0; p < quarter; p += 2) {
    const ar = evens(frame, p);
    const ai = odds(frame, p);
    const br = evens(frame, p + quarter);
    const bi = odds(frame, p + quarter);
    const cr = evens(frame, p + 2 * quarter);
    const ci = odds(frame, p + 2 * quarter);
    const dr = evens(frame, p + 3 * quarter);
    const di = odds(frame, p + 3 * quarter);
    const apcR = f64x2.add(ar, cr);
    const apcI = f64x2.add(ai, ci);
    const amcR = f64x2.sub(ar, cr);
    const amcI = f64x2.sub(ai, ci);
    const bpdR = f64x2.add(br, dr);
    const bpdI = f64x2.add(bi, di);
    const bmdR = f64x2.sub(br, dr);
    const bmdI = f64x2.sub(bi, di);
    const y0R = f64x2.add(apcR, bpdR);
    const y0I = f64x2.add(apcI, bpdI);
    const t1R = f64x2.add(amcR, bmdI);
    const t1I = f64x2.sub(amcI, bmdR);
    const t2R = f64x2.sub(apcR, bpdR);
    const t2I = f64x2.sub(apcI, bpdI);
    const t3R = f64x2.sub(amcR, bmdI);
    const t3I = f64x2.add(amcI, bmdR);
    const w1r = at2(w, p);
    const w1i = at2(w, quarter + p);
    const w2r = at2(w, 2 * quarter + p);
    const w2i = at2(w, 3 * quarter + p);
    const w3r = at2(w, 4 * quarter + p);
    const w3i = at2(w, 5 * quarter + p);
    const y1R = f64x2.sub(f64x2.mul(t1R, w1r), f64x2.mul(t1I, w1i));
    const y1I = f64x2.add(f64x2.mul(t1R, w1i), f64x2.mul(t1I, w1r));
    const y2R = f64x2.sub(f64x2.mul(t2R, w2r), f64x2.mul(t2I, w2i));
    const y2I = f64x2.add(f64x2.mul(t2R, w2i), f64x2.mul(t2I, w2r));
    const y3R = f64x2.sub(f64x2.mul(t3R, w3r), f64x2.mul(t3I, w3i));
    const y3I = f64x2.add(f64x2.mul(t3R, w3i), f64x2.mul(t3I, w3r));
    const o = 4 * p;
    put2(aReal, o, v128.shuffle<f64>(y0R, y1R, 0, 2));
    put2(aReal, o + 2, v128.shuffle<f64>(y2R, y3R, 0, 2));
    put2(aReal, o + 4, v128.shuffle<f64>(y0R, y1R, 1, 3));
    put2(aReal, o + 6, v128.shuffle<f64>(y2R, y3R, 1, 3));
    put2(aImag, o, v128.shuffle<f64>(y0I, y1I, 0, 2));
    put2(aImag, o + 2, v128.shuffle<f64>(y2I, y3I, 0, 2));
    put2(aImag, o + 4, v128.shuffle<f64>(y0I, y1I, 1, 3));
    put2(aImag, o + 6, v128.shuffle<f64>(y2I, y3I, 1, 3));
  }
}

/** A later pass of length n and stride s, from (xr, xi) to (yr, yi). */
function pass(n: i32, s: i32, w: usize, xr: usize, xi: usize, yr: usize, yi: usize): void {
  const quarter = n >> 2;
  for (let p = 0; p < quarter; p++) {
    const w1r = f64x2.splat(load<f64>(w + ((<usize>p) << 3)));
    const w1i = f64x2.splat(load<f64>(w + ((<usize>(quarter + p)) << 3)));
    const w2r = f64x2.splat(load<f64>(w + ((<usize>(2 * quarter + p)) << 3)));
    const w2i = f64x2.splat(load<f64>(w + ((<usize>(3 * quarter + p)) << 3)));
    const w3r = f64x2.splat(load<f64>(w + ((<usize>(4 * quarter + p)) << 3)));
    const w3i = f64x2.splat(load<f64>(w + ((<usize>(5 * quarter + p)) << 3)));
    const a = s * p;
    const b = a + s * quarter;
    const c = b + s * quarter;
    const d = c + s * quarter;
    const o = 4 * s * p;
    for (let q = 0; q < s; q += 2) {
      const ar = at2(xr, a + q);
      const ai = at2(xi, a + q);
      const br = at2(xr, b + q);
      const bi = at2(xi, b + q);
      const cr = at2(xr, c + q);
      const ci = at2(xi, c + q);
      const dr = at2(xr, d + q);
      const di = at2(xi, d + q);
      const apcR = f64x2.add(ar, cr);
      const apcI = f64x2.add(ai, ci);
      const amcR = f64x2.sub(ar, cr);
      const amcI = f64x2.sub(ai, ci);
      const bpdR = f64x2.add(br, dr);
      const bpdI = f64x2.add(bi, di);
      const bmdR = f64x2.sub(br, dr);
      const bmdI = f64x2.sub(bi, di);
      put2(yr, o + q, f64x2.add(apcR, bpdR));
      put2(yi, o + q, f64x2.add(apcI, bpdI));
      const t1R = f64x2.add(amcR, bmdI);
      const t1I = f64x2.sub(amcI, bmdR);
      put2(yr, o + s + q, f64x2.sub(f64x2.mul(t1R, w1r), f64x2.mul(t1I, w1i)));
      put2(yi, o + s + q, f64x2.add(f64x2.mul(t1R, w1i), f64x2.mul(t1I, w1r)));
      const t2R = f64x2.sub(apcR, bpdR);
      const t2I = f64x2.sub(apcI, bpdI);
      put2(yr, o + 2 * s + q, f64x2.sub(f64x2.mul(t2R, w2r), f64x2.mul(t2I, w2i)));
      put2(yi, o + 2 * s + q, f64x2.add(f64x2.mul(t2R, w2i), f64x2.mul(t2I, w2r)));
      const t3R = f64x2.sub(amcR, bmdI);
      const t3I = f64x2.add(amcI, bmdR);
      put2(yr, o + 3 * s + q, f64x2.sub(f64x2.mul(t3R, w3r), f64x2.mul(t3I, w3i)));
      put2(yi, o + 3 * s + q, f64x2.add(f64x2.mul(t3R, w3i), f64x2.mul(t3I, w3r)));
    }
  }
}

/** The last radix-2 pass where M is no power of four. */
function lastPassOf2(xr: usize, xi: usize, yr: usize, yi: usize): void {
  const half = points >> 1;
  for (let q = 0; q < half; q += 2) {
    const ar = at2(xr, q);
    const ai = at2(xi, q);
    const br = at2(xr, half + q);
    const bi = at2(xi, half + q);
    put2(yr, q, f64x2.add(ar, br));
    put2(yi, q, f64x2.add(ai, bi));
    put2(yr, half + q, f64x2.sub(ar, br));
    put2(yi, half + q, f64x2.sub(ai, bi));
  }
}

/**
 * |X|^2 of one frame.
 *
 * @param frame f32[2 M]
 * @param power f32[M + 1]
 */
export function framePower(frame: usize, power: usize): void {
  const m = points;
  firstPass(frame);
  let w = twiddles + ((<usize>(6 * (m >> 2))) << 3);
  let xr = aReal;
  let xi = aImag;
  let yr = bReal;
  let yi = bImag;
  let n = m >> 2;
  let s = 4;
  while (n >= 4) {
    pass(n, s, w, xr, xi, yr, yi);
    w += (<usize>(6 * (n >> 2))) << 3;
    let t = xr; xr = yr; yr = t;
    t = xi; xi = yi; yi = t;
    n >>= 2;
    s <<= 2;
  }
  if (n === 2) {
    lastPassOf2(xr, xi, yr, yi);
    xr = yr;
    xi = yi;
  }
  split(xr, xi, power);
}

/**
 * From the transform Z of packed pairs to the power of the real frame: with E = (Z[k] + conj Z[M-k]) / 2 and O = (Z[k] - conj Z[M-k]) / 2i,
 * X[k] = E + W^k O and X[M-k] = conj(E - W^k O).
 */
function split(zr: usize, zi: usize, power: usize): void {
  const m = points;
  const r0 = load<f64>(zr);
  const i0 = load<f64>(zi);
  store<f32>(power, <f32>((r0 + i0) * (r0 + i0)));
  store<f32>(power + ((<usize>m) << 2), <f32>((r0 - i0) * (r0 - i0)));
  const half = f64x2.splat(0.5);
  // k and k + 1 together with M - k and M - k - 1; the middle is met twice, which does no harm.
  for (let k = 1; k <= m >> 1; k += 2) {
    const ar = at2(zr, k);
    const ai = at2(zi, k);
    const backR = at2(zr, m - k - 1);
    const backI = at2(zi, m - k - 1);
    const br = v128.shuffle<f64>(backR, backR, 1, 0);
    const bi = v128.shuffle<f64>(backI, backI, 1, 0);
    const eR = f64x2.mul(f64x2.add(ar, br), half);
    const eI = f64x2.mul(f64x2.sub(ai, bi), half);
    const oR = f64x2.mul(f64x2.add(ai, bi), half);
    const oI = f64x2.mul(f64x2.sub(br, ar), half);
    const wr = at2(splitReal, k);
    const wi = at2(splitImag, k);
    const tR = f64x2.sub(f64x2.mul(oR, wr), f64x2.mul(oI, wi));
    const tI = f64x2.add(f64x2.mul(oR, wi), f64x2.mul(oI, wr));
    const upR = f64x2.add(eR, tR);
    const upI = f64x2.add(eI, tI);
    const downR = f64x2.sub(eR, tR);
    const downI = f64x2.sub(eI, tI);
    const up = f32x4.demote_f64x2_zero(f64x2.add(f64x2.mul(upR, upR), f64x2.mul(upI, upI)));
    const down = f32x4.demote_f64x2_zero(f64x2.add(f64x2.mul(downR, downR), f64x2.mul(downI, downI)));
    v128.store64_lane(power + ((<usize>k) << 2), up, 0);
    v128.store64_lane(power + ((<usize>(m - k - 1)) << 2), v128.shuffle<f32>(down, down, 1, 0, 1, 0), 0);
  }
}
