/**
 * Passes of a float32 Stockham transform (decimation in frequency, self-sorting).
 *
 * Complex values lie in fours: re re re re im im im im, 32 bytes, so that a stream of values needs one address. A pass of length n and stride s takes
 * x[q + s (p + m r)] to y[q + s (R p + j)] = w_n^(j p) sum_r x_r w_R^(j r), with m = n / R, p < m, q < s; strides are multiples of 4. Twiddles of a pass lie p by p:
 * re im of w^p, w^2p … w^(R-1)p. The last pass has p = 0 alone, and reads none. All addresses are in bytes.
 */

/** Stores (re, im), turned by the factor at `w` unless it is the last pass. */
@inline
function put(y: usize, re: v128, im: v128, w: usize, last: bool): void {
  if (last) {
    v128.store(y, re);
    v128.store(y, im, 16);
  } else {
    const wr = v128.load32_splat(w);
    const wi = v128.load32_splat(w, 4);
    v128.store(y, f32x4.sub(f32x4.mul(re, wr), f32x4.mul(im, wi)));
    v128.store(y, f32x4.add(f32x4.mul(re, wi), f32x4.mul(im, wr)), 16);
  }
}

/** Stores m - i n and, as its mirror, m + i n. */
@inline
function putPair(y: usize, mirror: usize, mR: v128, mI: v128, nR: v128, nI: v128, w: usize, mirrorW: usize, last: bool): void {
  put(y, f32x4.add(mR, nI), f32x4.sub(mI, nR), w, last);
  put(mirror, f32x4.sub(mR, nI), f32x4.add(mI, nR), mirrorW, last);
}

@inline
function times(a: v128, factor: f32): v128 {
  return f32x4.mul(a, f32x4.splat(factor));
}

@inline
function plus(a: v128, b: v128, factor: f32): v128 {
  return f32x4.add(a, times(b, factor));
}

@inline
function of2(n: i32, s: i32, w: usize, x: usize, y: usize, last: bool): void {
  const width = (<usize>s) << 3;
  const step = width * <usize>(n >> 1);
  for (let p = n >> 1; p > 0; p--) {
    for (const end = x + width; x < end; x += 32, y += 32) {
      const ar = v128.load(x);
      const ai = v128.load(x, 16);
      const br = v128.load(x + step);
      const bi = v128.load(x + step, 16);
      put(y, f32x4.add(ar, br), f32x4.add(ai, bi), 0, true);
      put(y + width, f32x4.sub(ar, br), f32x4.sub(ai, bi), w, last);
    }
    y += width;
    w += 8;
  }
}

@inline
function of3(n: i32, s: i32, w: usize, x: usize, y: usize, last: bool): void {
  const m = n / 3;
  const width = (<usize>s) << 3;
  const step = width * <usize>m;
  for (let p = m; p > 0; p--) {
    for (const end = x + width; x < end; x += 32, y += 32) {
      const b = x + step;
      const c = b + step;
      const ar = v128.load(x);
      const ai = v128.load(x, 16);
      const br = v128.load(b);
      const bi = v128.load(b, 16);
      const cr = v128.load(c);
      const ci = v128.load(c, 16);
      const tR = f32x4.add(br, cr);
      const tI = f32x4.add(bi, ci);
      put(y, f32x4.add(ar, tR), f32x4.add(ai, tI), 0, true);
      const sine: f32 = 0.8660254037844386;
      putPair(y + width, y + 2 * width, plus(ar, tR, -0.5), plus(ai, tI, -0.5), times(f32x4.sub(br, cr), sine), times(f32x4.sub(bi, ci), sine), w, w + 8, last);
    }
    y += 2 * width;
    w += 16;
  }
}

@inline
function of4(n: i32, s: i32, w: usize, x: usize, y: usize, last: bool): void {
  const width = (<usize>s) << 3;
  const step = width * <usize>(n >> 2);
  for (let p = n >> 2; p > 0; p--) {
    for (const end = x + width; x < end; x += 32, y += 32) {
      const b = x + step;
      const c = b + step;
      const d = c + step;
      const ar = v128.load(x);
      const ai = v128.load(x, 16);
      const br = v128.load(b);
      const bi = v128.load(b, 16);
      const cr = v128.load(c);
      const ci = v128.load(c, 16);
      const dr = v128.load(d);
      const di = v128.load(d, 16);
      const apcR = f32x4.add(ar, cr);
      const apcI = f32x4.add(ai, ci);
      const amcR = f32x4.sub(ar, cr);
      const amcI = f32x4.sub(ai, ci);
      const bpdR = f32x4.add(br, dr);
      const bpdI = f32x4.add(bi, di);
      const bmdR = f32x4.sub(br, dr);
      const bmdI = f32x4.sub(bi, di);
      put(y, f32x4.add(apcR, bpdR), f32x4.add(apcI, bpdI), 0, true);
      const y1 = y + width;
      const y2 = y1 + width;
      put(y2, f32x4.sub(apcR, bpdR), f32x4.sub(apcI, bpdI), w + 8, last);
      putPair(y1, y2 + width, amcR, amcI, bmdR, bmdI, w, w + 16, last);
    }
    y += 3 * width;
    w += 24;
  }
}

@inline
function of5(n: i32, s: i32, w: usize, x: usize, y: usize, last: bool): void {
  const c1: f32 = 0.30901699437494742;
  const c2: f32 = -0.80901699437494742;
  const s1: f32 = 0.95105651629515357;
  const s2: f32 = 0.58778525229247313;
  const m = n / 5;
  const width = (<usize>s) << 3;
  const step = width * <usize>m;
  for (let p = m; p > 0; p--) {
    for (const end = x + width; x < end; x += 32, y += 32) {
      const b = x + step;
      const c = b + step;
      const d = c + step;
      const e = d + step;
      const ar = v128.load(x);
      const ai = v128.load(x, 16);
      const t1R = f32x4.add(v128.load(b), v128.load(e));
      const t1I = f32x4.add(v128.load(b, 16), v128.load(e, 16));
      const t2R = f32x4.add(v128.load(c), v128.load(d));
      const t2I = f32x4.add(v128.load(c, 16), v128.load(d, 16));
      const u1R = f32x4.sub(v128.load(b), v128.load(e));
      const u1I = f32x4.sub(v128.load(b, 16), v128.load(e, 16));
      const u2R = f32x4.sub(v128.load(c), v128.load(d));
      const u2I = f32x4.sub(v128.load(c, 16), v128.load(d, 16));
      put(y, f32x4.add(ar, f32x4.add(t1R, t2R)), f32x4.add(ai, f32x4.add(t1I, t2I)), 0, true);
      const y1 = y + width;
      const y2 = y1 + width;
      const y3 = y2 + width;
      putPair(y1, y3 + width, plus(plus(ar, t1R, c1), t2R, c2), plus(plus(ai, t1I, c1), t2I, c2), plus(times(u1R, s1), u2R, s2), plus(times(u1I, s1), u2I, s2), w, w + 24, last);
      putPair(y2, y3, plus(plus(ar, t1R, c2), t2R, c1), plus(plus(ai, t1I, c2), t2I, c1), plus(times(u1R, s2), u2R, -s1), plus(times(u1I, s2), u2I, -s1), w + 8, w + 16, last);
    }
    y += 4 * width;
    w += 32;
  }
}

@inline
function of7(n: i32, s: i32, w: usize, x: usize, y: usize, last: bool): void {
  const c1: f32 = 0.62348980185873353;
  const c2: f32 = -0.22252093395631440;
  const c3: f32 = -0.90096886790241913;
  const s1: f32 = 0.78183148246802981;
  const s2: f32 = 0.97492791218182361;
  const s3: f32 = 0.43388373911755812;
  const m = n / 7;
  const width = (<usize>s) << 3;
  const step = width * <usize>m;
  for (let p = m; p > 0; p--) {
    for (const end = x + width; x < end; x += 32, y += 32) {
      const b = x + step;
      const c = b + step;
      const d = c + step;
      const e = d + step;
      const f = e + step;
      const g = f + step;
      const ar = v128.load(x);
      const ai = v128.load(x, 16);
      const t1R = f32x4.add(v128.load(b), v128.load(g));
      const t1I = f32x4.add(v128.load(b, 16), v128.load(g, 16));
      const t2R = f32x4.add(v128.load(c), v128.load(f));
      const t2I = f32x4.add(v128.load(c, 16), v128.load(f, 16));
      const t3R = f32x4.add(v128.load(d), v128.load(e));
      const t3I = f32x4.add(v128.load(d, 16), v128.load(e, 16));
      const u1R = f32x4.sub(v128.load(b), v128.load(g));
      const u1I = f32x4.sub(v128.load(b, 16), v128.load(g, 16));
      const u2R = f32x4.sub(v128.load(c), v128.load(f));
      const u2I = f32x4.sub(v128.load(c, 16), v128.load(f, 16));
      const u3R = f32x4.sub(v128.load(d), v128.load(e));
      const u3I = f32x4.sub(v128.load(d, 16), v128.load(e, 16));
      put(y, f32x4.add(f32x4.add(ar, t1R), f32x4.add(t2R, t3R)), f32x4.add(f32x4.add(ai, t1I), f32x4.add(t2I, t3I)), 0, true);
      const y1 = y + width;
      const y2 = y1 + width;
      const y3 = y2 + width;
      const y4 = y3 + width;
      const y5 = y4 + width;
      putPair(
        y1, y5 + width,
        plus(plus(plus(ar, t1R, c1), t2R, c2), t3R, c3), plus(plus(plus(ai, t1I, c1), t2I, c2), t3I, c3),
        plus(plus(times(u1R, s1), u2R, s2), u3R, s3), plus(plus(times(u1I, s1), u2I, s2), u3I, s3),
        w, w + 40, last,
      );
      putPair(
        y2, y5,
        plus(plus(plus(ar, t1R, c2), t2R, c3), t3R, c1), plus(plus(plus(ai, t1I, c2), t2I, c3), t3I, c1),
        plus(plus(times(u1R, s2), u2R, -s3), u3R, -s1), plus(plus(times(u1I, s2), u2I, -s3), u3I, -s1),
        w + 8, w + 32, last,
      );
      putPair(
        y3, y4,
        plus(plus(plus(ar, t1R, c3), t2R, c1), t3R, c2), plus(plus(plus(ai, t1I, c3), t2I, c1), t3I, c2),
        plus(plus(times(u1R, s3), u2R, -s1), u3R, s2), plus(plus(times(u1I, s3), u2I, -s1), u3I, s2),
        w + 16, w + 24, last,
      );
    }
    y += 6 * width;
    w += 48;
  }
}

function pass2(n: i32, s: i32, w: usize, x: usize, y: usize): void {
  if (n == 2) of2(2, s, w, x, y, true);
  else of2(n, s, w, x, y, false);
}

function pass3(n: i32, s: i32, w: usize, x: usize, y: usize): void {
  if (n == 3) of3(3, s, w, x, y, true);
  else of3(n, s, w, x, y, false);
}

function pass4(n: i32, s: i32, w: usize, x: usize, y: usize): void {
  if (n == 4) of4(4, s, w, x, y, true);
  else of4(n, s, w, x, y, false);
}

function pass5(n: i32, s: i32, w: usize, x: usize, y: usize): void {
  if (n == 5) of5(5, s, w, x, y, true);
  else of5(n, s, w, x, y, false);
}

function pass7(n: i32, s: i32, w: usize, x: usize, y: usize): void {
  if (n == 7) of7(7, s, w, x, y, true);
  else of7(n, s, w, x, y, false);
}

/**
 * All passes but the first, back and forth between two places.
 *
 * @param passes 16 bytes each: radix, length, stride, address of the twiddles.
 * @param from where the first pass has put its results.
 * @returns where the last one's are.
 */
export function transform(passes: usize, count: i32, from: usize, to: usize): usize {
  for (const end = passes + ((<usize>count) << 4); passes < end; passes += 16) {
    const radix = load<i32>(passes);
    const n = load<i32>(passes, 4);
    const s = load<i32>(passes, 8);
    const w = <usize>load<u32>(passes, 12);
    if (radix == 4) pass4(n, s, w, from, to);
    else if (radix == 2) pass2(n, s, w, from, to);
    else if (radix == 3) pass3(n, s, w, from, to);
    else if (radix == 5) pass5(n, s, w, from, to);
    else pass7(n, s, w, from, to);
    const done = to;
    to = from;
    from = done;
  }
  return from;
}
