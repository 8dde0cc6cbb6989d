// The lapped transform of lapped-transform.ts, in the same order of operations: two doubles at a time where they lie side by side.

export const FRAME: usize = 512;
export const SHORT_FRAME: usize = 128;
const PARTS: usize = FRAME / SHORT_FRAME;

function doubles(count: usize): usize {
  return changetype<usize>(new StaticArray<f64>(<i32>count));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function at(base: usize, i: usize): f64 {
  return load<f64>(base + (i << 3));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function put(base: usize, i: usize, value: f64): void {
  store<f64>(base + (i << 3), value);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function pair(base: usize, i: usize): v128 {
  return v128.load(base + (i << 3));
}

/** Tables of a DCT-IV of one size. */
class Cosines {
  re: usize;
  im: usize;
  /** For each pass and each j: cos and sin of w, w^2 and w^3, in six rows of q. */
  roots: usize;
  order: usize;

  constructor(public n: usize) {
    const half = n / 2;
    this.re = doubles(half);
    this.im = doubles(half);
    this.order = changetype<usize>(new StaticArray<u32>(<i32>half));
    const scale = Math.sqrt(Math.sqrt(2 / <f64>n));
    for (let k: usize = 0; k < half; k++) {
      const turn = (-Math.PI * <f64>(8 * k + 1)) / <f64>(8 * n);
      put(this.re, k, scale * Math.cos(turn));
      put(this.im, k, scale * Math.sin(turn));
      let reversed: usize = 0;
      for (let digit: usize = 1, rest = k; digit < half; digit *= 4, rest >>= 2) reversed = reversed * 4 + (rest & 3);
      store<u32>(this.order + (k << 2), <u32>(reversed << 3));
    }
    this.roots = doubles(2 * half);
    let row = this.roots;
    for (let size = half, stride: usize = 1; size > 4; size >>= 2, stride *= 4) {
      const q = size >> 2;
      for (let power: usize = 1; power <= 3; power++) {
        for (let j: usize = 0; j < q; j++) {
          const turn = (2 * Math.PI * <f64>(j * stride * power)) / <f64>half;
          put(row, j, Math.cos(turn));
          put(row + (q << 3), j, -Math.sin(turn));
        }
        row += q << 4;
      }
    }
  }
}

const re = doubles(FRAME / 2);
const im = doubles(FRAME / 2);
const shuffled = doubles(FRAME);

// @ts-ignore: a decorator of AssemblyScript
@inline
function turnInto(i: usize, aRe: v128, aIm: v128, c: v128, s: v128): void {
  v128.store(re + (i << 3), f64x2.sub(f64x2.mul(aRe, c), f64x2.mul(aIm, s)));
  v128.store(im + (i << 3), f64x2.add(f64x2.mul(aRe, s), f64x2.mul(aIm, c)));
}

function cosineTransform(x: usize, cosines: Cosines): void {
  const n = cosines.n;
  const half = n / 2;
  const twiddleRe = cosines.re;
  const twiddleIm = cosines.im;
  for (let k: usize = 0; k < half; k += 2) {
    const first = pair(x, 2 * k);
    const second = pair(x, 2 * k + 2);
    const last = pair(x, n - 2 - 2 * k);
    const beforeLast = pair(x, n - 4 - 2 * k);
    const a = v128.shuffle<f64>(first, second, 0, 2);
    const b = v128.shuffle<f64>(last, beforeLast, 1, 3);
    const c = pair(twiddleRe, k);
    const s = pair(twiddleIm, k);
    turnInto(k, a, b, c, s);
  }
  let row = cosines.roots;
  let size = half;
  for (; size > 4; size >>= 2) {
    const q = size >> 2;
    const rowBytes = q << 3;
    for (let block: usize = 0; block < half; block += size) {
      for (let j: usize = 0; j < q; j += 2) {
        const i = block + j;
        const i1 = i + q;
        const i2 = i1 + q;
        const i3 = i2 + q;
        const re0 = pair(re, i);
        const im0 = pair(im, i);
        const re1 = pair(re, i1);
        const im1 = pair(im, i1);
        const re2 = pair(re, i2);
        const im2 = pair(im, i2);
        const re3 = pair(re, i3);
        const im3 = pair(im, i3);
        const sumRe = f64x2.add(re0, re2);
        const sumIm = f64x2.add(im0, im2);
        const differenceRe = f64x2.sub(re0, re2);
        const differenceIm = f64x2.sub(im0, im2);
        const oddRe = f64x2.add(re1, re3);
        const oddIm = f64x2.add(im1, im3);
        const turnedRe = f64x2.sub(im1, im3);
        const turnedIm = f64x2.sub(re3, re1);
        v128.store(re + (i << 3), f64x2.add(sumRe, oddRe));
        v128.store(im + (i << 3), f64x2.add(sumIm, oddIm));
        const w = row + (j << 3);
        turnInto(i1, f64x2.add(differenceRe, turnedRe), f64x2.add(differenceIm, turnedIm), v128.load(w), v128.load(w + rowBytes));
        turnInto(i2, f64x2.sub(sumRe, oddRe), f64x2.sub(sumIm, oddIm), v128.load(w + 2 * rowBytes), v128.load(w + 3 * rowBytes));
        turnInto(i3, f64x2.sub(differenceRe, turnedRe), f64x2.sub(differenceIm, turnedIm), v128.load(w + 4 * rowBytes), v128.load(w + 5 * rowBytes));
      }
    }
    row += 6 * rowBytes;
  }
  // The last pass turns nothing.
  for (let i: usize = 0; i < half; i += 4) {
    const re0 = at(re, i), re1 = at(re, i + 1), re2 = at(re, i + 2), re3 = at(re, i + 3);
    const im0 = at(im, i), im1 = at(im, i + 1), im2 = at(im, i + 2), im3 = at(im, i + 3);
    const sumRe = re0 + re2, sumIm = im0 + im2, differenceRe = re0 - re2, differenceIm = im0 - im2;
    const oddRe = re1 + re3, oddIm = im1 + im3, turnedRe = im1 - im3, turnedIm = re3 - re1;
    put(re, i, sumRe + oddRe);
    put(im, i, sumIm + oddIm);
    put(re, i + 1, differenceRe + turnedRe);
    put(im, i + 1, differenceIm + turnedIm);
    put(re, i + 2, sumRe - oddRe);
    put(im, i + 2, sumIm - oddIm);
    put(re, i + 3, differenceRe - turnedRe);
    put(im, i + 3, differenceIm - turnedIm);
  }
  const order = cosines.order;
  for (let k: usize = 0; k < half; k++) {
    const place = <usize>load<u32>(order + (k << 2));
    const a = load<f64>(re + place);
    const b = load<f64>(im + place);
    const c = at(twiddleRe, k);
    const s = at(twiddleIm, k);
    put(x, 2 * k, a * c - b * s);
    put(x, n - 1 - 2 * k, -(a * s + b * c));
  }
}

function sineSlope(overlap: usize): usize {
  const slope = doubles(overlap);
  for (let i: usize = 0; i < overlap; i++) put(slope, i, Math.sin(((<f64>i + 0.5) / <f64>overlap) * (Math.PI / 2)));
  return slope;
}

const long = new Cosines(FRAME);
const short = new Cosines(SHORT_FRAME);
const longSlope = sineSlope(FRAME);
const shortSlope = sineSlope(SHORT_FRAME);

function fold(border: usize, overlap: usize): void {
  const half = overlap / 2;
  const slope = overlap == FRAME ? longSlope : shortSlope;
  for (let i: usize = 0; i < half; i += 2) {
    const mirrored = border - ((i + 2) << 3);
    const straight = border + (i << 3);
    const raw = v128.load(mirrored);
    const before = v128.shuffle<f64>(raw, raw, 1, 0);
    const after = v128.load(straight);
    const high = pair(slope, half + i);
    const rawLow = pair(slope, half - 2 - i);
    const low = v128.shuffle<f64>(rawLow, rawLow, 1, 0);
    v128.store(straight, f64x2.add(f64x2.mul(high, after), f64x2.mul(low, before)));
    const folded = f64x2.sub(f64x2.mul(high, before), f64x2.mul(low, after));
    v128.store(mirrored, v128.shuffle<f64>(folded, folded, 1, 0));
  }
}

function interleave(x: usize): void {
  for (let k: usize = 0; k < SHORT_FRAME; k++) {
    for (let part: usize = 0; part < PARTS; part++) put(shuffled, k * PARTS + part, at(x, part * SHORT_FRAME + k));
  }
  memory.copy(x, shuffled, FRAME << 3);
}

/** @param x frames of doubles. @param isShort a byte a frame. */
export function lappedTransform(x: usize, isShort: usize, frames: usize): void {
  for (let frame: usize = 0; frame < frames; frame++) {
    const from = x + ((frame * FRAME) << 3);
    const cut = load<u8>(isShort + frame);
    // The border behind a frame belongs to it, so that it is folded on both sides before its transform.
    if (cut) for (let border: usize = SHORT_FRAME; border < FRAME; border += SHORT_FRAME) fold(from + (border << 3), SHORT_FRAME);
    if (frame + 1 < frames) fold(from + (FRAME << 3), cut | load<u8>(isShort + frame + 1) ? SHORT_FRAME : FRAME);
    if (cut) {
      for (let part: usize = 0; part < FRAME; part += SHORT_FRAME) cosineTransform(from + (part << 3), short);
      interleave(from);
    } else {
      cosineTransform(from, long);
    }
  }
}
