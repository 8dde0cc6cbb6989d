/** Measures the points in doubt against groups of centroids: in 16 bits first, and in float32 where those do not tell. */
import { at, bytes, coarseBytes, coarsePoints, EXACT, exacts, fresh, ids, list, masks, norms, out, points, recordAt } from './block';
import { coarseErrorOf, errorOf, groupDivisor, groupOf, storeLowers } from './bounds';
import { coarseScores4, coarseScores8 } from './coarse';
import { storeLanes } from './lanes';
import { Run } from './run';
import { scores } from './scores';

/**
 * Takes a panel's scores of four points, a point a vector, into their best so far: least score, second least and index at `state`, a
 * point a lane. Of equally near centroids the first stays. The first panel of some finds nothing there.
 */
@inline
function keepBest(from: usize, state: usize, first: i32, isFirst: bool): void {
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
  if (isFirst) {
    v128.store(state, least);
    v128.store(state, next, 16);
    v128.store(state, index, 32);
    return;
  }
  const before = v128.load(state);
  v128.store(state, f32x4.pmin(before, least));
  v128.store(state, f32x4.pmin(f32x4.pmax(before, least), f32x4.pmin(v128.load(state, 16), next)), 16);
  v128.store(state, v128.bitselect(index, v128.load(state, 32), f32x4.lt(least, before)), 32);
}

/** Ends a list so that four or eight may be read at its last place: the last of it stands in. */
@inline
function padList(length: i32): void {
  if (length === 0) return;
  const last = i32x4.splat(load<i32>(at(list, length - 1)));
  v128.store(at(list, length), last);
  v128.store(at(list, length + 4), last);
}

/** Lists the doubtful points that have one of the bits. */
@inline
function listPoints(count: i32, any: i32): i32 {
  const bits = i32x4.splat(any);
  const zero = i32x4.splat(0);
  const four = i32x4.splat(4);
  let places = i32x4(0, 1, 2, 3);
  let length = 0;
  for (let s = 0; s < count; s += 4) {
    length += storeLanes(at(list, length), places, i32x4.bitmask(i32x4.ne(v128.and(v128.load(at(masks, s)), bits), zero)));
    places = i32x4.add(places, four);
  }
  padList(length);
  return length;
}

/** The same among those marked for float32. */
@inline
function listExact(exact: i32, any: i32): i32 {
  let length = 0;
  for (let e = 0; e < exact; e++) {
    const s = load<i32>(at(exacts, e));
    store<i32>(at(list, length), s);
    length += load<i32>(at(masks, s)) & any ? 1 : 0;
  }
  padList(length);
  return length;
}

/**
 * Takes a point's best of a group into its record. Taken twice, it changes nothing. Of equals the first stays, but in 16 bits: there the own centroid, noted with no
 * second, gives way to itself as its group found it, and other equals leave the point undecided.
 */
@inline
function noteBest(s: i32, group: i32, found: v128, coarse: bool): void {
  const record = recordAt(s);
  const before = v128.load(record);
  const score = v128.shuffle<f32>(found, found, 0, 0, 0, 0);
  const least = v128.shuffle<f32>(before, before, 0, 0, 0, 0);
  const less = coarse ? f32x4.le(score, least) : f32x4.lt(score, least);
  v128.store(record, v128.bitselect(found, before, less));
  v128.store_lane<f32>(at(fresh, s * 8 + group), found, 0);
}

/** `noteBest` of four listed points, whose bests are the lanes of `state`. */
@inline
function noteFour(p: i32, group: i32, state: usize, coarse: bool): void {
  const score = v128.load(state);
  const next = v128.load(state, 16);
  const index = v128.load(state, 32);
  const low = v128.shuffle<f32>(score, next, 0, 4, 1, 5);
  const high = v128.shuffle<f32>(score, next, 2, 6, 3, 7);
  noteBest(load<i32>(at(list, p)), group, v128.shuffle<f32>(low, index, 0, 1, 4, 4), coarse);
  noteBest(load<i32>(at(list, p + 1)), group, v128.shuffle<f32>(low, index, 2, 3, 5, 5), coarse);
  noteBest(load<i32>(at(list, p + 2)), group, v128.shuffle<f32>(high, index, 0, 1, 6, 6), coarse);
  noteBest(load<i32>(at(list, p + 3)), group, v128.shuffle<f32>(high, index, 2, 3, 7, 7), coarse);
}

/** Row of a listed point. */
@inline
function rowOf(p: i32, base: usize, bytes: usize): usize {
  return base + <usize>load<i32>(at(ids, load<i32>(at(list, p)))) * bytes;
}

/** Measures the points marked for it against a group's centroids, in float32. */
export function measureExactly(run: Run, exact: i32, group: i32): void {
  const length = listExact(exact, 1 << group);
  const firstPanel = group * run.groupPanels;
  const lastPanel = min(firstPanel + run.groupPanels, (run.k + 3) >> 2);
  const state = out + 128;
  for (let p = 0; p < length; p += 8) {
    for (let panel = firstPanel; panel < lastPanel; panel++) {
      scores(
        rowOf(p, points, bytes),
        rowOf(p + 1, points, bytes),
        rowOf(p + 2, points, bytes),
        rowOf(p + 3, points, bytes),
        rowOf(p + 4, points, bytes),
        rowOf(p + 5, points, bytes),
        rowOf(p + 6, points, bytes),
        rowOf(p + 7, points, bytes),
        run.panels + <usize>panel * bytes * 4,
        at(run.bias, panel << 2),
        bytes,
        out,
      );
      keepBest(out, state, panel << 2, panel === firstPanel);
      keepBest(out + 64, state + 48, panel << 2, panel === firstPanel);
    }
    noteFour(p, group, state, false);
    if (p + 4 < length) noteFour(p + 4, group, state + 48, false);
  }
}

/** Measures the doubtful points against a group's centroids in 16 bits. Groups of one panel go two by two. @returns groups measured. */
export function measureCoarsely(run: Run, count: i32, group: i32): i32 {
  const nPanels = (run.k + 3) >> 2;
  const paired = run.groupPanels === 1 && group + 1 < run.nGroups;
  const bits = paired ? 3 << group : 1 << group;
  const length = listPoints(count, bits);
  const firstPanel = group * run.groupPanels;
  const lastPanel = min(firstPanel + (paired ? 2 : run.groupPanels), nPanels);
  const state = out + 128;
  for (let p = 0; p < length; p += 4) {
    const x0 = rowOf(p, coarsePoints, coarseBytes);
    const x1 = rowOf(p + 1, coarsePoints, coarseBytes);
    const x2 = rowOf(p + 2, coarsePoints, coarseBytes);
    const x3 = rowOf(p + 3, coarsePoints, coarseBytes);
    for (let panel = firstPanel; panel < lastPanel; panel += 2) {
      const rows = run.coarsePanels + <usize>panel * coarseBytes * 4;
      const bias = at(run.bias, panel << 2);
      const two = panel + 1 < lastPanel;
      if (two) coarseScores8(x0, x1, x2, x3, rows, bias, run.coarseFactor, coarseBytes, out);
      else coarseScores4(x0, x1, x2, x3, rows, bias, run.coarseFactor, coarseBytes, out);
      keepBest(out, state, panel << 2, panel === firstPanel);
      if (two) keepBest(out + 64, paired ? state + 48 : state, (panel + 1) << 2, paired);
    }
    noteFour(p, group, state, true);
    if (!paired) continue;
    noteFour(p, group + 1, state + 48, true);
    for (let q = p; q < p + 4; q++) {
      const mask = at(masks, load<i32>(at(list, q)));
      store<i32>(mask, load<i32>(mask) | bits);
    }
  }
  return paired ? 2 : 1;
}

/** Which groups hold a centroid whose score is within `margin` of the best: a bit each. */
@inline
function groupsWithin(s: i32, limit: f32): i32 {
  const u = f32x4.splat(limit);
  const from = at(fresh, s * 8);
  return i32x4.bitmask(f32x4.le(v128.load(from), u)) | (i32x4.bitmask(f32x4.le(v128.load(from, 16), u)) << 4);
}

/** Marks the points whose nearest centroid 16 bits do not tell, to be measured again against the groups it may be in. @returns how many. */
export function markUndecided(run: Run, count: i32): i32 {
  let undecided = 0;
  const divisor = groupDivisor(run);
  for (let s = 0; s < count; s++) {
    const i = load<i32>(at(ids, s));
    const norm = load<f32>(at(norms, i));
    const coarseError = coarseErrorOf(run, i, norm);
    const error = errorOf(run, norm);
    // Scores are half of squared distances, and either of two may be off.
    const limit = load<f32>(recordAt(s)) + coarseError + error;
    const group = groupOf(load<i32>(recordAt(s), 8), divisor);
    const near = groupsWithin(s, limit);
    if (near === 1 << group && load<f32>(recordAt(s), 4) > limit) continue;
    store<i32>(at(exacts, undecided++), s);
    storeLowers(run, i, s, norm - (coarseError + error), load<i32>(at(masks, s)) & ~near, -1, 0);
    store<i32>(at(masks, s), near | EXACT);
    store<f32>(recordAt(s), Infinity);
  }
  return undecided;
}
