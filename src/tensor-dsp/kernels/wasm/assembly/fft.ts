/**
 * Power spectrum of real frames by a float64 Stockham transform of radices 4 and 8.
 *
 * float64 costs twice the lanes and saves the second transform that float32 needs (see ../../../stft.ts).
 * nFft is a power of two, 64 or more. Neighbouring samples make one complex value, so the transform has M = nFft / 2 points: a first pass of radix 4
 * that windows the frame on its way in, passes of radix 8 and 4, and a last one of radix 4 whose results go on to the power without being stored.
 */
import { fillTwiddles, passOf2, passOf4, passOf8 } from './fft-passes';
import { fillTurns, lastPass } from './fft-last-pass';

/** Addresses of the tables and of the two buffers that the passes go between, set by `setupFft`. */
let points: i32 = 0; // M
let window: usize = 0; // f64, two values of n at a time: half the window at 2n, 2n + 2, 2n + 1, 2n + 3
let firstTwiddles: usize = 0; // f64, two p at a time: w1r w1i w2r w2i w3r w3i, each of two
let laterTwiddles: usize = 0;
let turns: usize = 0; // f64, two q at a time: cos and -sin of 2 pi k / nFft at k = q, then at k = q + M / 4
let bufferA: usize = 0;
let bufferB: usize = 0;

/** Bytes that `setupFft` needs for tables and buffers. */
export function fftBytes(m: i32): i32 {
  // window 16 m, first twiddles 12 m, later ones at most m / 4 · 3 / 4 · 16 · 4 / 3, turns 8 · (m / 8 + 2) · 4, buffers with room to look beyond
  return 16 * m + 12 * m + 4 * m + 64 + 4 * m + 64 + 2 * (16 * m + 64);
}

/**
 * Fills the tables for nFft = 2 m.
 *
 * @param shape  f64[2 m], the window
 * @param memory aligned to 64
 */
export function setupFft(m: i32, shape: usize, memory: usize): void {
  points = m;
  window = memory;
  let at = window;
  for (let n = 0; n < m; n += 2) {
    for (let i = 0; i < 4; i++) {
      const sample = 2 * n + ((i & 1) << 1) + (i >> 1);
      // The halves that taking the two real transforms apart would bring.
      store<f64>(at, 0.5 * load<f64>(shape + ((<usize>sample) << 3)));
      at += 8;
    }
  }
  firstTwiddles = at;
  for (let p = 0; p < m >> 2; p += 2) {
    for (let j = 1; j < 4; j++) {
      for (let lane = 0; lane < 2; lane++) {
        const angle = (-2 * Math.PI * <f64>(j * (p + lane))) / <f64>m;
        store<f64>(at + ((<usize>lane) << 3), Math.cos(angle));
        store<f64>(at + ((<usize>lane) << 3), Math.sin(angle), 16);
      }
      at += 32;
    }
  }
  laterTwiddles = at;
  for (let n = m >> 2; n > 4; ) {
    const radix = radixOf(n);
    at = fillTwiddles(n, radix, at);
    n /= radix;
  }
  turns = at;
  at = fillTurns(m, turns);
  bufferA = (at + 63) & ~63;
  // Not a whole number of pages apart, so that what is read and what is written do not share their places in the cache.
  bufferB = bufferA + ((<usize>m) << 4) + 64;
}

/** The radix of the pass of length n between the first and the last: eights, and fours where 8 does not divide what is left. */
function radixOf(n: i32): i32 {
  const left = ctz(n) - 2;
  return left === 1 ? 2 : left % 3 === 0 ? 8 : 4;
}

/** One frame's M complex values, windowed, through the first pass. Neighbouring p share a register, so results are interleaved on the way out. */
function firstPass(frame: usize): void {
  const quarter = points >> 2;
  const step = (<usize>quarter) << 3;
  let y = bufferA;
  let w = firstTwiddles;
  let h = window;
  const windowStep = (<usize>quarter) << 4;
  for (let x = frame, end = frame + step; x < end; x += 16, h += 32, w += 96, y += 128) {
    const xb = x + step;
    const xc = xb + step;
    const hb = h + windowStep;
    const hc = hb + windowStep;
    const sa = v128.load(x); // x[2n] x[2n+1] x[2n+2] x[2n+3]
    const sb = v128.load(xb);
    const sc = v128.load(xc);
    const sd = v128.load(xc + step);
    const ar = evens(sa, h);
    const ai = odds(sa, h);
    const cr = evens(sc, hc);
    const ci = odds(sc, hc);
    const apcR = f64x2.add(ar, cr);
    const apcI = f64x2.add(ai, ci);
    const amcR = f64x2.sub(ar, cr);
    const amcI = f64x2.sub(ai, ci);
    const br = evens(sb, hb);
    const bi = odds(sb, hb);
    const dr = evens(sd, hc + windowStep);
    const di = odds(sd, hc + windowStep);
    const bpdR = f64x2.add(br, dr);
    const bpdI = f64x2.add(bi, di);
    const bmdR = f64x2.sub(br, dr);
    const bmdI = f64x2.sub(bi, di);
    const y0R = f64x2.add(apcR, bpdR);
    const y0I = f64x2.add(apcI, bpdI);
    const t1R = f64x2.add(amcR, bmdI);
    const t1I = f64x2.sub(amcI, bmdR);
    const w1r = v128.load(w);
    const w1i = v128.load(w, 16);
    const y1R = f64x2.sub(f64x2.mul(t1R, w1r), f64x2.mul(t1I, w1i));
    const y1I = f64x2.add(f64x2.mul(t1R, w1i), f64x2.mul(t1I, w1r));
    v128.store(y, v128.shuffle<f64>(y0R, y1R, 0, 2));
    v128.store(y, v128.shuffle<f64>(y0I, y1I, 0, 2), 16);
    v128.store(y, v128.shuffle<f64>(y0R, y1R, 1, 3), 64);
    v128.store(y, v128.shuffle<f64>(y0I, y1I, 1, 3), 80);
    const t2R = f64x2.sub(apcR, bpdR);
    const t2I = f64x2.sub(apcI, bpdI);
    const w2r = v128.load(w, 32);
    const w2i = v128.load(w, 48);
    const y2R = f64x2.sub(f64x2.mul(t2R, w2r), f64x2.mul(t2I, w2i));
    const y2I = f64x2.add(f64x2.mul(t2R, w2i), f64x2.mul(t2I, w2r));
    const t3R = f64x2.sub(amcR, bmdI);
    const t3I = f64x2.add(amcI, bmdR);
    const w3r = v128.load(w, 64);
    const w3i = v128.load(w, 80);
    const y3R = f64x2.sub(f64x2.mul(t3R, w3r), f64x2.mul(t3I, w3i));
    const y3I = f64x2.add(f64x2.mul(t3R, w3i), f64x2.mul(t3I, w3r));
    v128.store(y, v128.shuffle<f64>(y2R, y3R, 0, 2), 32);
    v128.store(y, v128.shuffle<f64>(y2I, y3I, 0, 2), 48);
    v128.store(y, v128.shuffle<f64>(y2R, y3R, 1, 3), 96);
    v128.store(y, v128.shuffle<f64>(y2I, y3I, 1, 3), 112);
  }
}

@inline
function evens(x: v128, h: usize): v128 {
  return f64x2.mul(f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 0, 2, 0, 2)), v128.load(h));
}

@inline
function odds(x: v128, h: usize): v128 {
  return f64x2.mul(f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 1, 3, 1, 3)), v128.load(h, 16));
}

/**
 * |X|^2 of one frame.
 *
 * @param frame f32[2 M]
 * @param power f32[M + 1]
 */
export function framePower(frame: usize, power: usize): void {
  firstPass(frame);
  let w = laterTwiddles;
  let x = bufferA;
  let y = bufferB;
  let s = 4;
  for (let n = points >> 2; n > 4; ) {
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
  lastPass(points, turns, x, power);
}
