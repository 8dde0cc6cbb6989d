/**
 * One step of Lloyd's algorithm for several runs: each point's nearest centroid, and the sums of the points that moved. A point whose
 * bounds prove that it stays is passed over; the proof allows for rounding, so that the labels are those of the full float32 step.
 *
 * Hamerly 2010, with bounds by groups of centroids as Ding et al. 2015 ("Yinyang"). A bound is stored less or plus the path of what it
 * bounds, so that a point that stays is only read.
 */
import { coarseDot, listedCoarseScores } from './coarse';
import { dot, listedScores, squaredDistance } from './scores';
import { Run } from './run';

/** Scratch of a thread, in units of rows of a block: ids, masks, best scores, best centroids, second scores, lists, eight lower bounds. */
let ids: usize = 0;
let masks: usize = 0;
let best: usize = 0;
let nearest: usize = 0;
let second: usize = 0;
let list: usize = 0;
let listIds: usize = 0;
let fresh: usize = 0;
let out: usize = 0;

/** Marks in a point's mask that it is measured in float32. */
const EXACT: i32 = 1 << 16;

/** The points, as the step was given them. */
let points: usize = 0;
let norms: usize = 0;
let bytes: usize = 0;
let coarsePoints: usize = 0;
let coarseBytes: usize = 0;
let residuals: usize = 0;

@inline
function at(base: usize, i: i32): usize {
  return base + ((<usize>i) << 2);
}

function useScratch(base: usize, blockRows: i32): void {
  const bytes = <usize>((blockRows + 8) << 2);
  ids = base;
  masks = base + bytes;
  best = base + 2 * bytes;
  nearest = base + 3 * bytes;
  second = base + 4 * bytes;
  list = base + 5 * bytes;
  listIds = base + 6 * bytes;
  fresh = base + 7 * bytes;
  out = base + 15 * bytes;
}

/** Bytes of a thread's scratch. */
export function scratchBytes(blockRows: i32): usize {
  return <usize>(((blockRows + 8) << 2) * 15 + 256);
}

/** Which of a point's groups may hold a nearer centroid, given that the own one is at most `upper` far: a bit each. */
@inline
function groupsNearer(run: Run, i: i32, upper: f32): i32 {
  const bounds = run.nBounds;
  const low = run.lowers + (<usize>i * bounds << 2);
  if (bounds === 1) return load<f32>(low) - load<f32>(run.groupPaths) <= upper ? 1 : 0;
  const u = f32x4.splat(upper);
  let mask = i32x4.bitmask(f32x4.le(f32x4.sub(v128.load(low), v128.load(run.groupPaths)), u));
  if (bounds === 8) mask |= i32x4.bitmask(f32x4.le(f32x4.sub(v128.load(low, 16), v128.load(run.groupPaths, 16)), u)) << 4;
  return mask;
}

/** What rounding to 16 bits may add to a point's squared distances. */
@inline
function coarseErrorOf(run: Run, i: i32, norm: f32): f32 {
  return run.coarse ? run.coarseLinear * sqrt<f32>(norm) + run.coarseResidual * load<f32>(at(residuals, i)) : 0;
}

@inline
function errorOf(run: Run, norm: f32): f32 {
  return run.errorLinear * sqrt<f32>(norm) + run.errorSquare * norm + run.errorConstant;
}

/** The points of a block whose bounds do not prove that they stay: their ids and groups. */
function findDoubtful(run: Run, start: i32, end: i32): i32 {
  let count = 0;
  if (run.fresh) {
    for (let i = start; i < end; i++) {
      store<i32>(at(ids, count), i);
      store<i32>(at(masks, count), 255);
      count++;
    }
    return count;
  }
  for (let i = start; i < end; i++) {
    const label = load<i32>(at(run.labels, i));
    const upper = load<f32>(at(run.uppers, i)) + load<f32>(at(run.paths, label)) + run.slack;
    store<i32>(at(ids, count), i);
    if (groupsNearer(run, i, upper)) count++;
  }
  let kept = 0;
  for (let s = 0; s < count; s++) {
    const i = load<i32>(at(ids, s));
    const label = load<i32>(at(run.labels, i));
    const norm = load<f32>(at(norms, i));
    // The distance now, in the place of a bound that grew with the centroid's path.
    const product = run.coarse
      ? run.coarseFactor * <f32>coarseDot(coarsePoints + <usize>i * coarseBytes, run.coarseRows + <usize>label * coarseBytes, coarseBytes)
      : dot(points + <usize>i * bytes, run.rows + <usize>label * bytes, bytes);
    const squared = norm + 2 * (load<f32>(at(run.bias, label)) - product);
    const upper = sqrt<f32>(max<f32>(squared, 0) + coarseErrorOf(run, i, norm) + 3 * errorOf(run, norm));
    const mask = groupsNearer(run, i, upper + run.slack);
    if (mask) {
      store<i32>(at(ids, kept), i);
      store<i32>(at(masks, kept), mask | (1 << (label / (4 * run.groupPanels))));
      kept++;
    } else {
      store<f32>(at(run.uppers, i), upper - load<f32>(at(run.paths, label)));
    }
  }
  return kept;
}

/**
 * Takes a panel's scores of four points, a point a vector, into their best so far: least score, second least and index at `state`, a
 * point a lane. Of equally near centroids the first stays.
 */
@inline
function keepBest(from: usize, state: usize, first: i32): void {
  const a = v128.load(from);
  const b = v128.load(from, 16);
  const c = v128.load(from, 32);
  const d = v128.load(from, 48);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const ef = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const gh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  const t0 = v128.shuffle<f32>(ab, cd, 0, 1, 4, 5);
  const t1 = v128.shuffle<f32>(ab, cd, 2, 3, 6, 7);
  const t2 = v128.shuffle<f32>(ef, gh, 0, 1, 4, 5);
  const t3 = v128.shuffle<f32>(ef, gh, 2, 3, 6, 7);
  const i0 = i32x4.splat(first);
  const low = f32x4.pmin(t0, t1);
  const lowIndex = v128.bitselect(i32x4.splat(first + 1), i0, f32x4.lt(t1, t0));
  const high = f32x4.pmin(t2, t3);
  const highIndex = v128.bitselect(i32x4.splat(first + 3), i32x4.splat(first + 2), f32x4.lt(t3, t2));
  const least = f32x4.pmin(low, high);
  const index = v128.bitselect(highIndex, lowIndex, f32x4.lt(high, low));
  const next = f32x4.pmin(f32x4.pmax(low, high), f32x4.pmin(f32x4.pmax(t0, t1), f32x4.pmax(t2, t3)));
  const before = v128.load(state);
  v128.store(state, f32x4.pmin(before, least));
  v128.store(state, f32x4.pmin(f32x4.pmax(before, least), f32x4.pmin(v128.load(state, 32), next)), 32);
  v128.store(state, v128.bitselect(index, v128.load(state, 64), f32x4.lt(least, before)), 64);
}

/** Lists the doubtful points whose masks have all of `has` and one of `any`. */
@inline
function listPoints(count: i32, any: i32, has: i32): i32 {
  let length = 0;
  for (let s = 0; s < count; s++) {
    const mask = load<i32>(at(masks, s));
    store<i32>(at(list, length), s);
    store<i32>(at(listIds, length), load<i32>(at(ids, s)));
    length += (mask & any) !== 0 && (mask & EXACT) === has ? 1 : 0;
  }
  return length;
}

@inline
function clearBest(state: usize): void {
  const infinite = f32x4.splat(Infinity);
  v128.store(state, infinite);
  v128.store(state, infinite, 16);
  v128.store(state, infinite, 32);
  v128.store(state, infinite, 48);
}

/** Notes what a listed point's best of a group is; q is its lane of `state`. */
@inline
function noteBest(s: i32, group: i32, state: usize, q: i32): void {
  const score = load<f32>(at(state, q));
  store<f32>(at(fresh, s * 8 + group), score);
  if (score < load<f32>(at(best, s))) {
    store<f32>(at(best, s), score);
    store<i32>(at(nearest, s), load<i32>(at(state, 16 + q)));
    store<f32>(at(second, s), load<f32>(at(state, 8 + q)));
  }
}

/** Measures the points marked for it against a group's centroids, in float32. */
function measureExactly(run: Run, count: i32, group: i32): void {
  const length = listPoints(count, 1 << group, EXACT);
  const firstPanel = group * run.groupPanels;
  const lastPanel = min(firstPanel + run.groupPanels, (run.k + 3) >> 2);
  const state = out + 128;
  for (let p = 0; p < length; p += 8) {
    clearBest(state);
    for (let panel = firstPanel; panel < lastPanel; panel++) {
      listedScores(listIds, p, length, points, run.panels + <usize>panel * bytes * 4, at(run.bias, panel << 2), bytes, out);
      keepBest(out, state, panel << 2);
      keepBest(out + 64, state + 16, panel << 2);
    }
    const width = min(8, length - p);
    for (let q = 0; q < width; q++) noteBest(load<i32>(at(list, p + q)), group, state, q);
  }
}

/** Measures the doubtful points against a group's centroids in 16 bits. Groups of one panel go two by two. @returns groups measured. */
function measureCoarsely(run: Run, count: i32, group: i32): i32 {
  const nPanels = (run.k + 3) >> 2;
  const paired = run.groupPanels === 1 && group + 1 < run.nGroups;
  const bits = paired ? 3 << group : 1 << group;
  const length = listPoints(count, bits, 0);
  const firstPanel = group * run.groupPanels;
  const lastPanel = min(firstPanel + (paired ? 2 : run.groupPanels), nPanels);
  const state = out + 128;
  const other = paired ? state + 16 : state;
  for (let p = 0; p < length; p += 4) {
    clearBest(state);
    for (let panel = firstPanel; panel < lastPanel; panel += 2) {
      const two = panel + 1 < lastPanel;
      listedCoarseScores(listIds, p, length, coarsePoints, run.coarsePanels + <usize>panel * coarseBytes * 4, two, at(run.bias, panel << 2), run.coarseFactor, coarseBytes, out);
      keepBest(out, state, panel << 2);
      if (two) keepBest(out + 64, other, (panel + 1) << 2);
    }
    const width = min(4, length - p);
    for (let q = 0; q < width; q++) {
      const s = load<i32>(at(list, p + q));
      noteBest(s, group, state, q);
      if (paired) {
        noteBest(s, group + 1, other, q);
        store<i32>(at(masks, s), load<i32>(at(masks, s)) | bits);
      }
    }
  }
  return paired ? 2 : 1;
}

/** New bounds of the groups that were measured: scores to distances, at least so far. */
@inline
function storeLowers(run: Run, i: i32, s: i32, norm: f32, error: f32, mask: i32): void {
  const low = run.lowers + (<usize>i * run.nBounds << 2);
  const from = at(fresh, s * 8);
  if (run.nBounds === 1) {
    store<f32>(low, sqrt<f32>(max<f32>(norm + 2 * load<f32>(from) - error, 0)) + load<f32>(run.groupPaths));
    return;
  }
  const base = f32x4.splat(norm - error);
  const zero = f32x4.splat(0);
  const bits = i32x4.splat(mask);
  for (let g: usize = 0; g < <usize>run.nBounds; g += 4) {
    const which = g === 0 ? i32x4(1, 2, 4, 8) : i32x4(16, 32, 64, 128);
    const v = v128.load(from + (g << 2));
    const distance = f32x4.sqrt(f32x4.pmax(zero, f32x4.add(base, f32x4.add(v, v))));
    const now = f32x4.add(distance, v128.load(run.groupPaths + (g << 2)));
    const measured = i32x4.eq(v128.and(bits, which), which);
    v128.store(low + (g << 2), v128.bitselect(now, v128.load(low + (g << 2)), measured));
  }
}

/** Adds a point to its new cluster and takes it off its old one. */
function move(run: Run, moved: usize, row: usize, from: i32, to: i32): void {
  const counts = moved + <usize>run.k * bytes * 2;
  store<f64>(counts + ((<usize>to) << 3), load<f64>(counts + ((<usize>to) << 3)) + 1);
  const changed = counts + ((<usize>run.k) << 3);
  store<f64>(changed, load<f64>(changed) + 1);
  let into = moved + <usize>to * bytes * 2;
  const end = row + bytes;
  if (from < 0) {
    while (row < end) {
      const x = v128.load(row);
      v128.store(into, f64x2.add(v128.load(into), f64x2.promote_low_f32x4(x)));
      v128.store(into, f64x2.add(v128.load(into, 16), f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3))), 16);
      row += 16;
      into += 32;
    }
    return;
  }
  store<f64>(counts + ((<usize>from) << 3), load<f64>(counts + ((<usize>from) << 3)) - 1);
  let outOf = moved + <usize>from * bytes * 2;
  while (row < end) {
    const x = v128.load(row);
    const low = f64x2.promote_low_f32x4(x);
    const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
    v128.store(into, f64x2.add(v128.load(into), low));
    v128.store(into, f64x2.add(v128.load(into, 16), high), 16);
    v128.store(outOf, f64x2.sub(v128.load(outOf), low));
    v128.store(outOf, f64x2.sub(v128.load(outOf, 16), high), 16);
    row += 16;
    into += 32;
    outOf += 32;
  }
}

/** Which groups hold a centroid whose score is within `margin` of the best: a bit each. */
@inline
function groupsWithin(s: i32, limit: f32): i32 {
  const u = f32x4.splat(limit);
  const from = at(fresh, s * 8);
  return i32x4.bitmask(f32x4.le(v128.load(from), u)) | (i32x4.bitmask(f32x4.le(v128.load(from, 16), u)) << 4);
}

/** Marks the points whose nearest centroid 16 bits do not tell, to be measured again against the groups it may be in. @returns how many. */
function markUndecided(run: Run, count: i32): i32 {
  let undecided = 0;
  for (let s = 0; s < count; s++) {
    const i = load<i32>(at(ids, s));
    const norm = load<f32>(at(norms, i));
    const coarseError = coarseErrorOf(run, i, norm);
    const error = errorOf(run, norm);
    // Scores are half of squared distances, and either of two may be off.
    const limit = load<f32>(at(best, s)) + coarseError + error;
    const group = load<i32>(at(nearest, s)) / (4 * run.groupPanels);
    const near = groupsWithin(s, limit);
    if (near === 1 << group && load<f32>(at(second, s)) > limit) continue;
    undecided++;
    storeLowers(run, i, s, norm, coarseError + error, load<i32>(at(masks, s)) & ~near);
    store<i32>(at(masks, s), near | EXACT);
    store<f32>(at(best, s), Infinity);
  }
  return undecided;
}

function stepBlock(run: Run, thread: i32, start: i32, end: i32): void {
  const count = findDoubtful(run, start, end);
  if (count === 0) return;
  const infinite = f32x4.splat(Infinity);
  for (let s = 0; s < count; s += 4) v128.store(at(best, s), infinite);
  for (let s = 0; s < count * 8; s += 4) v128.store(at(fresh, s), infinite);
  let exact = count;
  if (run.coarse) {
    for (let group = 0; group < run.nGroups; ) group += measureCoarsely(run, count, group);
    exact = markUndecided(run, count);
  } else {
    for (let s = 0; s < count; s++) store<i32>(at(masks, s), load<i32>(at(masks, s)) | EXACT);
  }
  if (exact) for (let group = 0; group < run.nGroups; group++) measureExactly(run, count, group);

  const moved = run.moved + <usize>thread * run.movedBytes;
  for (let s = 0; s < count; s++) {
    const i = load<i32>(at(ids, s));
    const label = load<i32>(at(nearest, s));
    const norm = load<f32>(at(norms, i));
    const mask = load<i32>(at(masks, s));
    const error = errorOf(run, norm);
    const inexact: f32 = mask & EXACT ? 0 : coarseErrorOf(run, i, norm);
    store<f32>(at(fresh, s * 8 + label / (4 * run.groupPanels)), load<f32>(at(second, s)));
    storeLowers(run, i, s, norm, error + inexact, mask);
    const upper = sqrt<f32>(max<f32>(norm + 2 * load<f32>(at(best, s)), 0) + inexact + 3 * error);
    store<f32>(at(run.uppers, i), upper - load<f32>(at(run.paths, label)));
    const old = load<i32>(at(run.labels, i));
    if (old !== label) {
      store<i32>(at(run.labels, i), label);
      move(run, moved, points + <usize>i * bytes, old, label);
    }
  }
}

/**
 * A step of several runs. Blocks of rows are taken by whichever thread comes first; each stays in the cache while all runs pass over it.
 *
 * @param coarseAt   i16[n][features], rows of `coarseRow` bytes.
 * @param residualAt f32[n]: lengths of what rounding to 16 bits left out of each point.
 */
export function step(thread: i32, counter: usize, pointsAt: usize, normsAt: usize, n: i32, row: usize, blockRows: i32, coarseAt: usize, coarseRow: usize, residualAt: usize, runs: usize, nRuns: i32, scratch: usize): void {
  points = pointsAt;
  norms = normsAt;
  bytes = row;
  coarsePoints = coarseAt;
  coarseBytes = coarseRow;
  residuals = residualAt;
  useScratch(scratch + <usize>thread * scratchBytes(blockRows), blockRows);
  const nBlocks = (n + blockRows - 1) / blockRows;
  for (let b = atomic.add<i32>(counter, 1); b < nBlocks; b = atomic.add<i32>(counter, 1)) {
    const end = min(n, (b + 1) * blockRows);
    for (let r = 0; r < nRuns; r++) stepBlock(changetype<Run>(runs + <usize>r * offsetof<Run>()), thread, b * blockRows, end);
  }
}

/** Adds up what the threads noted, onto f64[k][features], f64[k], f64, and forgets it. Exact, so that no order of threads shows. */
export function mergeMoved(run: usize, nThreads: i32, total: usize): void {
  const bytes = changetype<Run>(run).movedBytes;
  const moved = changetype<Run>(run).moved;
  for (let thread = 0; thread < nThreads; thread++) {
    const from = moved + <usize>thread * bytes;
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(total + at, f64x2.add(v128.load(total + at), v128.load(from + at)));
      v128.store(from + at, f64x2.splat(0));
    }
  }
}

/** Each point's squared distance to its own centroid, differences first, and their sum a block. */
export function ownDistances(_thread: i32, counter: usize, points: usize, n: i32, bytes: usize, blockRows: i32, labels: usize, rows: usize, distances: usize, blockSums: usize): void {
  const nBlocks = (n + blockRows - 1) / blockRows;
  for (let b = atomic.add<i32>(counter, 1); b < nBlocks; b = atomic.add<i32>(counter, 1)) {
    const end = min(n, (b + 1) * blockRows);
    let total: f64 = 0;
    for (let i = b * blockRows; i < end; i++) {
      const squared = squaredDistance(points + <usize>i * bytes, rows + <usize>load<i32>(at(labels, i)) * bytes, bytes);
      store<f32>(at(distances, i), squared);
      total += <f64>squared;
    }
    store<f64>(blockSums + ((<usize>b) << 3), total);
  }
}
