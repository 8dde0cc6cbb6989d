/** Bounds of distances: what they prove, and how they are kept. All allow for rounding. */
import { at, fresh, residuals } from './block';
import { Run } from './run';

/** Which of a point's groups may hold a nearer centroid, given that the own one is at most `upper` far: a bit each. */
@inline
export function groupsNearer(run: Run, i: i32, upper: f32): i32 {
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

/** A label's group without a division: label · groupDivisor / 2^40, exact while a group's size times the clusters is below 2^40. */
@inline
export function groupDivisor(run: Run): u64 {
  return (<u64>1 << 40) / <u64>(4 * run.groupPanels) + 1;
}

@inline
export function groupOf(label: i32, divisor: u64): i32 {
  return <i32>((<u64>label * divisor) >> 40);
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

/** Takes a centroid into its group's bound: a point was found to be so far from it at least, by its score. */
export function lowerBound(run: Run, i: i32, group: i32, rest: f32, score: f32): void {
  const bound = at(run.lowers, i * run.nBounds + group);
  store<f32>(bound, min<f32>(load<f32>(bound), sqrt<f32>(max<f32>(rest + 2 * score, 0)) + load<f32>(at(run.groupPaths, group))));
}
