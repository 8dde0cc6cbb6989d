/** Bounds of distances: which points they leave in doubt, and how they are kept. All allow for rounding. */
import { at, bytes, coarseBytes, coarsePoints, fresh, ids, masks, norms, points, residuals } from './block';
import { coarseDot } from './coarse';
import { storeLanes } from './lanes';
import { Run } from './run';
import { dot } from './scores';

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
export function coarseErrorOf(run: Run, i: i32, norm: f32): f32 {
  return run.coarse ? run.coarseLinear * sqrt<f32>(norm) + run.coarseResidual * load<f32>(at(residuals, i)) : 0;
}

@inline
export function errorOf(run: Run, norm: f32): f32 {
  return run.errorLinear * sqrt<f32>(norm) + run.errorSquare * norm + run.errorConstant;
}

/** No point follows the last: masks are read four at a time. */
@inline
function endMasks(count: i32): void {
  v128.store(at(masks, count), i32x4.splat(0));
}

/** The points of a block whose bounds do not prove that they stay: their ids and groups. */
export function findDoubtful(run: Run, start: i32, end: i32): i32 {
  let count = 0;
  if (run.fresh) {
    for (let i = start; i < end; i++) {
      store<i32>(at(ids, count), i);
      store<i32>(at(masks, count), 255);
      count++;
    }
    endMasks(count);
    return count;
  }
  const held = listUnproven(run, start, end);
  const width = groupDivisor(run);
  let kept = 0;
  for (let s = 0; s < held; s++) {
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
    store<f32>(at(run.uppers, i), upper - load<f32>(at(run.paths, label)));
    store<i32>(at(ids, kept), i);
    store<i32>(at(masks, kept), mask | (1 << groupOf(label, width)));
    kept += mask ? 1 : 0;
  }
  endMasks(kept);
  return kept;
}

/** A label's group without a division: label · groupDivisor / 2^40, exact while a group's size times the clusters is below 2^40. */
@inline
export function groupDivisor(run: Run): u64 {
  return (<u64>1 << 40) / <u64>(4 * run.groupPanels) + 1;
}

@inline
export function groupOf(label: i32, divisor: u64): i32 {
  return <i32>((<u64>label * divisor) >> 40);
}

/** Lists the points whose bounds, as they are, do not prove that they stay. */
@inline
function listUnproven(run: Run, start: i32, end: i32): i32 {
  const whole = start + ((end - start) & ~3);
  const slack = f32x4.splat(run.slack);
  const paths = run.paths;
  const bounds = run.nBounds;
  const pathOf = bounds === 1 ? v128.load32_splat(run.groupPaths) : v128.load(run.groupPaths);
  const pathOfMore = v128.load(run.groupPaths, 16);
  const four = i32x4.splat(4);
  let rows = i32x4.add(i32x4.splat(start), i32x4(0, 1, 2, 3));
  let count = 0;
  for (let i = start; i < whole; i += 4) {
    const label = at(run.labels, i);
    let path = v128.load32_zero(at(paths, load<i32>(label)));
    path = v128.load_lane<f32>(at(paths, load<i32>(label, 4)), path, 1);
    path = v128.load_lane<f32>(at(paths, load<i32>(label, 8)), path, 2);
    path = v128.load_lane<f32>(at(paths, load<i32>(label, 12)), path, 3);
    const upper = f32x4.add(f32x4.add(v128.load(at(run.uppers, i)), path), slack);
    let bits: i32;
    if (bounds === 1) {
      bits = i32x4.bitmask(f32x4.le(f32x4.sub(v128.load(at(run.lowers, i)), pathOf), upper));
    } else {
      const u0 = v128.shuffle<f32>(upper, upper, 0, 0, 0, 0);
      const u1 = v128.shuffle<f32>(upper, upper, 1, 1, 1, 1);
      const u2 = v128.shuffle<f32>(upper, upper, 2, 2, 2, 2);
      const u3 = v128.shuffle<f32>(upper, upper, 3, 3, 3, 3);
      const low = run.lowers + ((<usize>i * bounds) << 2);
      if (bounds === 4) {
        bits = anyNear(low, pathOf, u0) | (anyNear(low + 16, pathOf, u1) << 1) | (anyNear(low + 32, pathOf, u2) << 2) | (anyNear(low + 48, pathOf, u3) << 3);
      } else {
        bits = anyNear(low, pathOf, u0) | anyNear(low + 16, pathOfMore, u0);
        bits |= (anyNear(low + 32, pathOf, u1) | anyNear(low + 48, pathOfMore, u1)) << 1;
        bits |= (anyNear(low + 64, pathOf, u2) | anyNear(low + 80, pathOfMore, u2)) << 2;
        bits |= (anyNear(low + 96, pathOf, u3) | anyNear(low + 112, pathOfMore, u3)) << 3;
      }
    }
    count += storeLanes(at(ids, count), rows, bits);
    rows = i32x4.add(rows, four);
  }
  for (let i = whole; i < end; i++) {
    const upper = load<f32>(at(run.uppers, i)) + load<f32>(at(paths, load<i32>(at(run.labels, i)))) + run.slack;
    store<i32>(at(ids, count), i);
    count += groupsNearer(run, i, upper) ? 1 : 0;
  }
  return count;
}

@inline
function anyNear(low: usize, path: v128, upper: v128): i32 {
  return v128.any_true(f32x4.le(f32x4.sub(v128.load(low), path), upper)) ? 1 : 0;
}

/**
 * New bounds of the groups that were measured: scores to distances, at least so far.
 *
 * @param rest squared length of the point, less what distances may be off by.
 * @param own  a group of whose best `second` is to stand for the others; -1 for none.
 */
@inline
export function storeLowers(run: Run, i: i32, s: i32, rest: f32, mask: i32, own: i32, second: f32): void {
  const low = run.lowers + (<usize>i * run.nBounds << 2);
  const from = at(fresh, s * 8);
  if (run.nBounds === 1) {
    const score = own === 0 ? second : load<f32>(from);
    store<f32>(low, sqrt<f32>(max<f32>(rest + 2 * score, 0)) + load<f32>(run.groupPaths));
    return;
  }
  const base = f32x4.splat(rest);
  const zero = f32x4.splat(0);
  const bits = i32x4.splat(mask);
  const others = f32x4.splat(second);
  for (let g: usize = 0; g < <usize>run.nBounds; g += 4) {
    const which = g === 0 ? i32x4(1, 2, 4, 8) : i32x4(16, 32, 64, 128);
    const lanes = g === 0 ? i32x4(0, 1, 2, 3) : i32x4(4, 5, 6, 7);
    const v = v128.bitselect(others, v128.load(from + (g << 2)), i32x4.eq(lanes, i32x4.splat(own)));
    const distance = f32x4.sqrt(f32x4.pmax(zero, f32x4.add(base, f32x4.add(v, v))));
    const now = f32x4.add(distance, v128.load(run.groupPaths + (g << 2)));
    const measured = i32x4.eq(v128.and(bits, which), which);
    v128.store(low + (g << 2), v128.bitselect(now, v128.load(low + (g << 2)), measured));
  }
}
