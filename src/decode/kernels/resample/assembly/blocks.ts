/**
 * Resampling of two blocks at once: a transform of one block with the other as its imaginary part, the filter's gains, and a transform of another length back. All
 * addresses are in bytes; the passes of transforms and how complex values lie are told in fft-passes.ts.
 */
import { transform } from './fft-passes';


/** Stores four results of each of four butterflies, given by result, butterfly by butterfly; every other four values are the other part's. */
@inline
function putAcross(y: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abBehind = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdBehind = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(y, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(y, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7), 32);
  v128.store(y, v128.shuffle<f32>(abBehind, cdBehind, 0, 1, 4, 5), 64);
  v128.store(y, v128.shuffle<f32>(abBehind, cdBehind, 2, 3, 6, 7), 96);
}

@inline
function turnedRe(re: v128, im: v128, w: usize): v128 {
  return f32x4.sub(f32x4.mul(re, v128.load(w)), f32x4.mul(im, v128.load(w, 16)));
}

@inline
function turnedIm(re: v128, im: v128, w: usize): v128 {
  return f32x4.add(f32x4.mul(re, v128.load(w, 16)), f32x4.mul(im, v128.load(w)));
}

/**
 * The first pass, of radix 4 and stride 1, four butterflies at a time: n is a multiple of 16.
 *
 * @param w for every four p: re x 4, im x 4 of w^p, then of w^2p, then of w^3p.
 * @param re the real parts, one behind the other; `im` likewise. Any addresses.
 */
function firstPass(n: i32, w: usize, re: usize, im: usize, y: usize): void {
  const step = <usize>n; // a quarter of the values, in bytes
  for (const end = re + step; re < end; re += 16, im += 16, y += 128, w += 96) {
    const ar = v128.load(re);
    const ai = v128.load(im);
    const br = v128.load(re + step);
    const bi = v128.load(im + step);
    const cr = v128.load(re + 2 * step);
    const ci = v128.load(im + 2 * step);
    const dr = v128.load(re + 3 * step);
    const di = v128.load(im + 3 * step);
    const apcR = f32x4.add(ar, cr);
    const apcI = f32x4.add(ai, ci);
    const amcR = f32x4.sub(ar, cr);
    const amcI = f32x4.sub(ai, ci);
    const bpdR = f32x4.add(br, dr);
    const bpdI = f32x4.add(bi, di);
    const bmdR = f32x4.sub(br, dr);
    const bmdI = f32x4.sub(bi, di);
    const y1R = f32x4.add(amcR, bmdI);
    const y1I = f32x4.sub(amcI, bmdR);
    const y2R = f32x4.sub(apcR, bpdR);
    const y2I = f32x4.sub(apcI, bpdI);
    const y3R = f32x4.sub(amcR, bmdI);
    const y3I = f32x4.add(amcI, bmdR);
    putAcross(y, f32x4.add(apcR, bpdR), turnedRe(y1R, y1I, w), turnedRe(y2R, y2I, w + 32), turnedRe(y3R, y3I, w + 64));
    putAcross(y + 16, f32x4.add(apcI, bpdI), turnedIm(y1R, y1I, w), turnedIm(y2R, y2I, w + 32), turnedIm(y3R, y3I, w + 64));
  }
}

/** `count` values (a multiple of 4) times real weights: from fours of re and im to the two apart. */
function weigh(x: usize, weights: usize, count: i32, re: usize, im: usize): void {
  for (const end = weights + ((<usize>count) << 2); weights < end; x += 32, weights += 16, re += 16, im += 16) {
    const weight = v128.load(weights);
    v128.store(re, f32x4.mul(v128.load(x), weight));
    v128.store(im, f32x4.mul(v128.load(x, 16), weight));
  }
}

/** `count` values (a multiple of 4) from fours of re and im to the two apart. */
function part(x: usize, count: i32, re: usize, im: usize): void {
  for (const end = re + ((<usize>count) << 2); re < end; x += 32, re += 16, im += 16) {
    v128.store(re, v128.load(x));
    v128.store(im, v128.load(x, 16));
  }
}

/** Whether all of `count` values (a multiple of 4) are numbers of at most `limit`. */
function areWithin(x: usize, count: i32, limit: f32): bool {
  const most = f32x4.splat(limit);
  let within = i32x4.splat(-1);
  for (const end = x + ((<usize>count) << 2); x < end; x += 16) within = v128.and(within, f32x4.le(f32x4.abs(v128.load(x)), most));
  return i32x4.all_true(within);
}

/** Makes those results 0 whose windows lie within silence from one sample to before another: a transform leaves the rounding of what is around it there. */
function silence(start: i32, end: i32, job: Job, results: usize): void {
  if (end - start < 2 * job.reach + 2) return;
  const first = ((start + job.reach) * job.up + job.down - 1) / job.down;
  const last = ((end - 1 - job.reach) * job.up) / job.down;
  if (first <= last) memory.fill(results + ((<usize>first) << 2), 0, (<usize>(last + 1 - first)) << 2);
}

@inline
function isSilent(block: usize, i: i32): bool {
  return !v128.any_true(f32x4.ne(v128.load(block + ((<usize>i) << 2)), f32x4.splat(0)));
}

/** As `silence`, for all the silence in a block. */
function keepSilence(block: usize, job: Job, results: usize): void {
  // One look in every stretch that is long enough.
  const apart = max(4, (2 * job.reach) & -4);
  let end = 0;
  for (let i = 0; i < job.samples; i += apart) {
    if (i < end || !isSilent(block, i)) continue;
    let start = i;
    while (start > end && isSilent(block, start - 4)) start -= 4;
    end = i + 4;
    while (end < job.samples && isSilent(block, end)) end += 4;
    silence(start, end, job, results);
  }
}

/** What `resampleBlocks` works with. */
@unmanaged
class Job {
  /** The input, a multiple of 4 samples, and where in it the second block begins. */
  input: usize;
  inputSamples: i32;
  secondBlock: usize;
  /** No sample may be larger. */
  limit: f32;
  /** The length of the blocks, and of the results of each. */
  samples: i32;
  results: i32;
  /** The twiddles of the first pass, and the others, of the transform there and of the one back. */
  thereTwiddles: usize;
  therePasses: usize;
  thereCount: i32;
  backTwiddles: usize;
  backPasses: usize;
  backCount: i32;
  /** Gains: `half` from 0 up, then as many negative ones. */
  gains: usize;
  half: i32;
  /** Two places for the longer transform. */
  first: usize;
  second: usize;
  /** The results of the first block, and of the second. */
  re: usize;
  im: usize;
  /** Result k lies at k * down / up samples of its block, and depends on those at most `reach` away. */
  up: i32;
  down: i32;
  reach: i32;
}

/** @returns false, with no results, when a sample is not a number or beyond the limit. */
export function resampleBlocks(job: Job): bool {
  if (!areWithin(job.input, job.inputSamples, job.limit)) return false;
  const half = job.half;
  const re = job.re;
  const im = job.im;
  firstPass(job.samples, job.thereTwiddles, job.input, job.secondBlock, job.first);
  const bins = transform(job.therePasses, job.thereCount, job.first, job.second);
  weigh(bins, job.gains, half, re, im);
  const skipped = (<usize>(job.results - half)) << 2;
  const nothing = job.results - 2 * half;
  memory.fill(re + 4 * <usize>half, 0, 4 * <usize>nothing);
  memory.fill(im + 4 * <usize>half, 0, 4 * <usize>nothing);
  weigh(bins + ((<usize>(job.samples - half)) << 3), job.gains + 4 * <usize>half, half, re + skipped, im + skipped);
  // Back is there with the parts exchanged, before and after.
  firstPass(job.results, job.backTwiddles, im, re, job.first);
  part(transform(job.backPasses, job.backCount, job.first, job.second), job.results, im, re);
  keepSilence(job.input, job, re);
  keepSilence(job.secondBlock, job, im);
  return true;
}
