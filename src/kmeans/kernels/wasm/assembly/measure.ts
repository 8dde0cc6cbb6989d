/** Measures the points in doubt against groups of centroids: in 16 bits first, and in float32 where those do not tell. */
import { at, best, bytes, coarseBytes, coarsePoints, EXACT, fresh, ids, list, listIds, masks, nearest, norms, out, points, second } from './block';
import { coarseErrorOf, errorOf, storeLowers } from './bounds';
import { listedCoarseScores } from './coarse';
import { Run } from './run';
import { listedScores } from './scores';

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

/** `noteBest` of four points that stand side by side, from lanes at `state`. */
@inline
function noteFour(s: i32, group: i32, state: usize): void {
  const score = v128.load(state);
  const before = v128.load(at(best, s));
  const less = f32x4.lt(score, before);
  v128.store(at(best, s), v128.bitselect(score, before, less));
  v128.store(at(nearest, s), v128.bitselect(v128.load(state, 64), v128.load(at(nearest, s)), less));
  v128.store(at(second, s), v128.bitselect(v128.load(state, 32), v128.load(at(second, s)), less));
  const from = at(fresh, s * 8 + group);
  v128.store_lane<f32>(from, score, 0);
  v128.store_lane<f32>(from, score, 1, 32);
  v128.store_lane<f32>(from, score, 2, 64);
  v128.store_lane<f32>(from, score, 3, 96);
}

/** Measures the points marked for it against a group's centroids, in float32. */
export function measureExactly(run: Run, count: i32, group: i32): void {
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
export function measureCoarsely(run: Run, count: i32, group: i32): i32 {
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
    const first = load<i32>(at(list, p));
    if (width === 4 && load<i32>(at(list, p + 3)) === first + 3) {
      noteFour(first, group, state);
      if (paired) {
        noteFour(first, group + 1, other);
        v128.store(at(masks, first), v128.or(v128.load(at(masks, first)), i32x4.splat(bits)));
      }
      continue;
    }
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
