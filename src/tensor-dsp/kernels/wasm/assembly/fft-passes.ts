/**
 * Passes of a float64 Stockham transform (decimation in frequency, self-sorting).
 *
 * Complex values lie as pairs of a pair: re[e] re[e+1] im[e] im[e+1], 32 bytes, so that a stream of values needs one address. A pass of length n and
 * stride s takes x[q + s (p + m r)] to y[q + s (R p + j)] = w_n^(j p) sum_r x_r w_R^(j r), with m = n / R, p < m, q < s; strides are even.
 * Twiddles of a pass lie p by p: re im of w^p, w^2p … w^(R-1)p.
 */

const SQRT_HALF: f64 = 0.7071067811865476;

/**
 * Half of what a pass works on waits here for the other half. Left to itself V8 loads all inputs first, since nothing holds it to the order of loads and
 * sums, and then runs out of registers: it would put twice as much aside as this, and bring it back.
 */
export const HELD: usize = memory.data(128, 16);

/** Stores (re, im) turned by a twiddle. */
@inline
function putTurned(y: usize, re: v128, im: v128, wr: v128, wi: v128): void {
  v128.store(y, f64x2.sub(f64x2.mul(re, wr), f64x2.mul(im, wi)));
  v128.store(y, f64x2.add(f64x2.mul(re, wi), f64x2.mul(im, wr)), 16);
}

/** Fills the twiddles of one pass. @returns the address after them. */
export function fillTwiddles(n: i32, radix: i32, at: usize): usize {
  for (let p = 0; p < n / radix; p++) {
    for (let j = 1; j < radix; j++) {
      const angle = (-2 * Math.PI * <f64>(j * p)) / <f64>n;
      store<f64>(at, Math.cos(angle));
      store<f64>(at, Math.sin(angle), 8);
      at += 16;
    }
  }
  return at;
}

export function passOf2(n: i32, s: i32, w: usize, x: usize, y: usize): void {
  const width = (<usize>s) << 4;
  const step = width * <usize>(n >> 1);
  for (let p = n >> 1; p > 0; p--) {
    for (const end = x + width; x < end; x += 32, y += 32) {
      const ar = v128.load(x);
      const ai = v128.load(x, 16);
      const br = v128.load(x + step);
      const bi = v128.load(x + step, 16);
      v128.store(y, f64x2.add(ar, br));
      v128.store(y, f64x2.add(ai, bi), 16);
      putTurned(y + width, f64x2.sub(ar, br), f64x2.sub(ai, bi), v128.load64_splat(w), v128.load64_splat(w, 8));
    }
    y += width;
    w += 16;
  }
}

export function passOf4(n: i32, s: i32, w: usize, x: usize, y: usize): void {
  const width = (<usize>s) << 4;
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
      const apcR = f64x2.add(ar, cr);
      const apcI = f64x2.add(ai, ci);
      const amcR = f64x2.sub(ar, cr);
      const amcI = f64x2.sub(ai, ci);
      const bpdR = f64x2.add(br, dr);
      const bpdI = f64x2.add(bi, di);
      const bmdR = f64x2.sub(br, dr);
      const bmdI = f64x2.sub(bi, di);
      v128.store(y, f64x2.add(apcR, bpdR));
      v128.store(y, f64x2.add(apcI, bpdI), 16);
      const y1 = y + width;
      const y2 = y1 + width;
      putTurned(y1, f64x2.add(amcR, bmdI), f64x2.sub(amcI, bmdR), v128.load64_splat(w), v128.load64_splat(w, 8));
      putTurned(y2, f64x2.sub(apcR, bpdR), f64x2.sub(apcI, bpdI), v128.load64_splat(w, 16), v128.load64_splat(w, 24));
      putTurned(y2 + width, f64x2.sub(amcR, bmdI), f64x2.add(amcI, bmdR), v128.load64_splat(w, 32), v128.load64_splat(w, 40));
    }
    y += 3 * width;
    w += 48;
  }
}

export function passOf8(n: i32, s: i32, w: usize, x: usize, y: usize): void {
  const width = (<usize>s) << 4;
  const step = width * <usize>(n >> 3);
  const root = f64x2.splat(SQRT_HALF);
  for (let p = n >> 3; p > 0; p--) {
    for (const end = x + width; x < end; x += 32, y += 32) {
      // The odd inputs: a transform of four, turned by eighths.
      let at = x + step;
      let ar = v128.load(at);
      let ai = v128.load(at, 16);
      at += 2 * step;
      let br = v128.load(at);
      let bi = v128.load(at, 16);
      at += 2 * step;
      let cr = v128.load(at);
      let ci = v128.load(at, 16);
      at += 2 * step;
      let dr = v128.load(at);
      let di = v128.load(at, 16);
      let apcR = f64x2.add(ar, cr);
      let apcI = f64x2.add(ai, ci);
      let amcR = f64x2.sub(ar, cr);
      let amcI = f64x2.sub(ai, ci);
      let bpdR = f64x2.add(br, dr);
      let bpdI = f64x2.add(bi, di);
      let bmdR = f64x2.sub(br, dr);
      let bmdI = f64x2.sub(bi, di);
      v128.store(HELD, f64x2.add(apcR, bpdR));
      v128.store(HELD, f64x2.add(apcI, bpdI), 16);
      v128.store(HELD, f64x2.sub(apcI, bpdI), 64); // times -i
      v128.store(HELD, f64x2.sub(bpdR, apcR), 80);
      const uR = f64x2.add(amcR, bmdI);
      const uI = f64x2.sub(amcI, bmdR);
      v128.store(HELD, f64x2.mul(f64x2.add(uR, uI), root), 32); // times (1 - i) / sqrt 2
      v128.store(HELD, f64x2.mul(f64x2.sub(uI, uR), root), 48);
      const vR = f64x2.sub(amcR, bmdI);
      const vI = f64x2.add(amcI, bmdR);
      v128.store(HELD, f64x2.mul(f64x2.sub(vI, vR), root), 96); // times (-1 - i) / sqrt 2
      v128.store(HELD, f64x2.mul(f64x2.add(vR, vI), root), 112); // its negative

      ar = v128.load(x);
      ai = v128.load(x, 16);
      at = x + 2 * step;
      br = v128.load(at);
      bi = v128.load(at, 16);
      at += 2 * step;
      cr = v128.load(at);
      ci = v128.load(at, 16);
      at += 2 * step;
      dr = v128.load(at);
      di = v128.load(at, 16);
      apcR = f64x2.add(ar, cr);
      apcI = f64x2.add(ai, ci);
      amcR = f64x2.sub(ar, cr);
      amcI = f64x2.sub(ai, ci);
      bpdR = f64x2.add(br, dr);
      bpdI = f64x2.add(bi, di);
      bmdR = f64x2.sub(br, dr);
      bmdI = f64x2.sub(bi, di);
      const e0R = f64x2.add(apcR, bpdR);
      const e0I = f64x2.add(apcI, bpdI);
      let oR = v128.load(HELD);
      let oI = v128.load(HELD, 16);
      const y4 = y + 4 * width;
      v128.store(y, f64x2.add(e0R, oR));
      v128.store(y, f64x2.add(e0I, oI), 16);
      putTurned(y4, f64x2.sub(e0R, oR), f64x2.sub(e0I, oI), v128.load64_splat(w, 48), v128.load64_splat(w, 56));
      const e2R = f64x2.sub(apcR, bpdR);
      const e2I = f64x2.sub(apcI, bpdI);
      oR = v128.load(HELD, 64);
      oI = v128.load(HELD, 80);
      const y2 = y + 2 * width;
      const y6 = y4 + 2 * width;
      putTurned(y2, f64x2.add(e2R, oR), f64x2.add(e2I, oI), v128.load64_splat(w, 16), v128.load64_splat(w, 24));
      putTurned(y6, f64x2.sub(e2R, oR), f64x2.sub(e2I, oI), v128.load64_splat(w, 80), v128.load64_splat(w, 88));
      const e1R = f64x2.add(amcR, bmdI);
      const e1I = f64x2.sub(amcI, bmdR);
      oR = v128.load(HELD, 32);
      oI = v128.load(HELD, 48);
      putTurned(y + width, f64x2.add(e1R, oR), f64x2.add(e1I, oI), v128.load64_splat(w), v128.load64_splat(w, 8));
      putTurned(y4 + width, f64x2.sub(e1R, oR), f64x2.sub(e1I, oI), v128.load64_splat(w, 64), v128.load64_splat(w, 72));
      const e3R = f64x2.sub(amcR, bmdI);
      const e3I = f64x2.add(amcI, bmdR);
      oR = v128.load(HELD, 96);
      oI = v128.load(HELD, 112);
      putTurned(y2 + width, f64x2.add(e3R, oR), f64x2.sub(e3I, oI), v128.load64_splat(w, 32), v128.load64_splat(w, 40));
      putTurned(y6 + width, f64x2.sub(e3R, oR), f64x2.add(e3I, oI), v128.load64_splat(w, 96), v128.load64_splat(w, 104));
    }
    y += 7 * width;
    w += 112;
  }
}
