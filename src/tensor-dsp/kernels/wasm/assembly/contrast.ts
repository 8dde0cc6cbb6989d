/**
 * Means of the `count` largest and of the `count` smallest magnitudes of each band, from its powers.
 *
 * A first reading keeps the largest (smallest) of each of some disjoint groups of bins. The count-th of those is a bound that at least `count` bins reach,
 * and few more pass: a second reading, over blocks of sixteen bins of which the first has kept the largest, finds these.
 */
import { candidateBytes, meanOfCandidates, setupCandidates, SLACK, thinOut } from './candidates';
import { maxLanes, minLanes } from './log2';

/** Registers of groups: bins at the same place of a block share one; with many to find, so do only those of every second or fourth block. */
const MOST_GROUPS: usize = 16;

let nBands: i32 = 0;
let bands: usize = 0; // a band: i32 start, end, count, 0
let groupsLarge: usize = 0; // f32x4[MOST_GROUPS]
let groupsSmall: usize = 0;
let tails: usize = 0; // f32[16] twice: what a band has beyond whole blocks, filled up with zeros; and with infinities
let blocksLarge: usize = 0; // f32x4[blocks]
let blocksSmall: usize = 0;
let candidates: usize = 0; // f32, see candidates.ts

@inline
function blockBytes(bins: i32): usize {
  return (<usize>((bins >> 4) + 1)) << 4;
}

/** Bytes that `setupContrast` needs for bands of at most `bins` bins and `count` extremes. */
export function contrastBytes(bins: i32, count: i32): usize {
  return 32 * MOST_GROUPS + 128 + 2 * blockBytes(bins) + candidateBytes(count);
}

/** @param memory aligned to 16 */
export function setupContrast(count: i32, table: usize, bins: i32, most: i32, memory: usize): void {
  nBands = count;
  bands = table;
  groupsLarge = memory;
  groupsSmall = groupsLarge + 16 * MOST_GROUPS;
  tails = groupsSmall + 16 * MOST_GROUPS;
  blocksLarge = tails + 128;
  blocksSmall = blocksLarge + blockBytes(bins);
  candidates = blocksSmall + blockBytes(bins);
  setupCandidates(candidates);
}

/** @param out peaks, then valleys: f32[nBands] each, filled up to whole registers with zeros */
export function contrast(power: usize, out: usize): void {
  const valleys = out + ((<usize>((nBands + 3) & ~3)) << 2);
  v128.store(valleys - 16, f32x4.splat(0));
  v128.store(valleys + (valleys - out) - 16, f32x4.splat(0));
  for (let band = 0; band < nBands; band++) {
    const entry = bands + ((<usize>band) << 4);
    const start = power + ((<usize>load<i32>(entry)) << 2);
    const end = power + ((<usize>load<i32>(entry, 4)) << 2);
    const count = load<i32>(entry, 8);
    const peak = out + ((<usize>band) << 2);
    const valley = valleys + ((<usize>band) << 2);
    if (count === 1) extremes(start, end, peak, valley);
    else extremeMeans(start, end, count, peak, valley);
  }
}

/** The largest and the smallest themselves. */
function extremes(start: usize, end: usize, peak: usize, valley: usize): void {
  let most: f32 = load<f32>(start);
  let least: f32 = most;
  let at = start;
  if (end - start >= 16) {
    let large = v128.load(end - 16);
    let small = large;
    for (const last = end - 16; at < last; at += 16) {
      const x = v128.load(at);
      large = f32x4.pmax(large, x);
      small = f32x4.pmin(small, x);
    }
    most = maxLanes(large);
    least = minLanes(small);
  } else {
    for (; at < end; at += 4) {
      const x = load<f32>(at);
      if (x > most) most = x;
      if (x < least) least = x;
    }
  }
  store<f32>(peak, Mathf.sqrt(most));
  store<f32>(valley, Mathf.sqrt(least));
}

function extremeMeans(start: usize, end: usize, count: i32, peak: usize, valley: usize): void {
  const infinity = f32x4.splat(Infinity);
  const bytes = (end - start) & ~63;
  const rest = (end - start) & 63;
  if (rest > 0) {
    for (let i: usize = 0; i < 64; i += 16) {
      v128.store(tails + i, f32x4.splat(0));
      v128.store(tails + 64 + i, infinity);
    }
    for (let i: usize = 0; i < rest; i += 4) {
      const x = load<f32>(start + bytes + i);
      store<f32>(tails + i, x);
      store<f32>(tails + 64 + i, x);
    }
  }
  // More groups than are to be found, so that few of those share one.
  const sets: usize = count <= 10 ? 1 : count <= 20 ? 2 : 4;
  for (let set: usize = 0; set < sets; set++) {
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    let e = infinity;
    let f = e;
    let g = e;
    let h = e;
    for (let at = set << 6; at < bytes; at += sets << 6) {
      const p = v128.load(start + at);
      const q = v128.load(start + at, 16);
      const r = v128.load(start + at, 32);
      const s = v128.load(start + at, 48);
      a = f32x4.pmax(a, p);
      b = f32x4.pmax(b, q);
      c = f32x4.pmax(c, r);
      d = f32x4.pmax(d, s);
      e = f32x4.pmin(e, p);
      f = f32x4.pmin(f, q);
      g = f32x4.pmin(g, r);
      h = f32x4.pmin(h, s);
      v128.store(blocksLarge + (at >> 2), f32x4.pmax(f32x4.pmax(p, q), f32x4.pmax(r, s)));
      v128.store(blocksSmall + (at >> 2), f32x4.pmin(f32x4.pmin(p, q), f32x4.pmin(r, s)));
    }
    if (rest > 0 && set === 0) {
      a = f32x4.pmax(a, v128.load(tails));
      b = f32x4.pmax(b, v128.load(tails, 16));
      c = f32x4.pmax(c, v128.load(tails, 32));
      d = f32x4.pmax(d, v128.load(tails, 48));
      e = f32x4.pmin(e, v128.load(tails, 64));
      f = f32x4.pmin(f, v128.load(tails, 80));
      g = f32x4.pmin(g, v128.load(tails, 96));
      h = f32x4.pmin(h, v128.load(tails, 112));
    }
    const to = set << 6;
    v128.store(groupsLarge + to, a);
    v128.store(groupsLarge + to, b, 16);
    v128.store(groupsLarge + to, c, 32);
    v128.store(groupsLarge + to, d, 48);
    v128.store(groupsSmall + to, e);
    v128.store(groupsSmall + to, f, 16);
    v128.store(groupsSmall + to, g, 32);
    v128.store(groupsSmall + to, h, 48);
  }
  if (rest > 0) {
    const last = bytes >> 2;
    v128.store(blocksLarge + last, f32x4.pmax(f32x4.pmax(v128.load(tails), v128.load(tails, 16)), f32x4.pmax(v128.load(tails, 32), v128.load(tails, 48))));
    v128.store(blocksSmall + last, f32x4.pmin(f32x4.pmin(v128.load(tails, 64), v128.load(tails, 80)), f32x4.pmin(v128.load(tails, 96), v128.load(tails, 112))));
  }
  const blocks = (bytes >> 2) + (rest > 0 ? 16 : 0);
  // Where there are fewer groups than are to be found, anything may be one of them.
  const isBounded = <usize>count <= sets << 4 && (sets << 6) <= bytes;
  const low: f32 = isBounded ? boundOfLarge(sets << 6, count) : -1;
  const high: f32 = isBounded ? boundOfSmall(sets << 6, count) : f32.MAX_VALUE;
  store<f32>(peak, meanBeyond(start, bytes >> 2, blocks, count, low, true));
  store<f32>(valley, meanBeyond(start, bytes >> 2, blocks, count, high, false));
}

/** The count-th largest of the groups: the largest that as many groups reach. */
function boundOfLarge(groupBytes: usize, count: i32): f32 {
  const enough = i32x4.splat(-count);
  let best = f32x4.splat(0);
  for (let i: usize = 0; i < groupBytes; i += 16) {
    const x = v128.load(groupsLarge + i);
    let reach = i32x4.splat(0);
    for (let j: usize = 0; j < groupBytes; j += 16) {
      const y = v128.load(groupsLarge + j);
      reach = i32x4.add(reach, i32x4.add(f32x4.ge(y, x), f32x4.ge(v128.shuffle<f32>(y, y, 1, 2, 3, 0), x)));
      reach = i32x4.add(reach, i32x4.add(f32x4.ge(v128.shuffle<f32>(y, y, 2, 3, 0, 1), x), f32x4.ge(v128.shuffle<f32>(y, y, 3, 0, 1, 2), x)));
    }
    best = f32x4.pmax(best, v128.and(x, i32x4.le_s(reach, enough)));
  }
  return maxLanes(best);
}

/** The count-th smallest of the groups. */
function boundOfSmall(groupBytes: usize, count: i32): f32 {
  const enough = i32x4.splat(-count);
  const infinity = f32x4.splat(Infinity);
  let best = infinity;
  for (let i: usize = 0; i < groupBytes; i += 16) {
    const x = v128.load(groupsSmall + i);
    let reach = i32x4.splat(0);
    for (let j: usize = 0; j < groupBytes; j += 16) {
      const y = v128.load(groupsSmall + j);
      reach = i32x4.add(reach, i32x4.add(f32x4.le(y, x), f32x4.le(v128.shuffle<f32>(y, y, 1, 2, 3, 0), x)));
      reach = i32x4.add(reach, i32x4.add(f32x4.le(v128.shuffle<f32>(y, y, 2, 3, 0, 1), x), f32x4.le(v128.shuffle<f32>(y, y, 3, 0, 1, 2), x)));
    }
    best = f32x4.pmin(best, v128.bitselect(x, infinity, i32x4.le_s(reach, enough)));
  }
  return minLanes(best);
}

/** Mean magnitude of the `count` outermost, all of which are at the bound or beyond. */
@inline
function meanBeyond(start: usize, whole: usize, blocks: usize, count: i32, limit: f32, large: bool): f32 {
  const from = large ? blocksLarge : blocksSmall;
  const most = count + SLACK;
  let bound = limit;
  let bounds = f32x4.splat(bound);
  let found = 0;
  for (let step: usize = 0; step < blocks; step += 16) {
    // Spectra fall with frequency: the outermost come first from below, or from above.
    const block = large ? step : blocks - 16 - step;
    const x = v128.load(from + block);
    let mask = i32x4.bitmask(large ? f32x4.gt(x, bounds) : f32x4.lt(x, bounds));
    if (mask === 0) continue;
    const bins = block < whole ? start + (block << 2) : large ? tails : tails + 64;
    do {
      const at = bins + ((<usize>ctz(mask)) << 2);
      mask &= mask - 1;
      found = keepBeyond(load<f32>(at), bound, found, large);
      found = keepBeyond(load<f32>(at, 16), bound, found, large);
      found = keepBeyond(load<f32>(at, 32), bound, found, large);
      found = keepBeyond(load<f32>(at, 48), bound, found, large);
    } while (mask !== 0);
    if (found > most - 16) {
      bound = thinOut(found, count, large);
      bounds = f32x4.splat(bound);
      found = count;
    }
  }
  return meanOfCandidates(found, count, bound, large);
}


@inline
function keepBeyond(value: f32, bound: f32, found: i32, large: bool): i32 {
  store<f32>(candidates + ((<usize>found) << 2), value);
  return found + i32(large ? value > bound : value < bound);
}
