/** Bounds of distances: which points they leave in doubt, and how they are kept. All allow for rounding. */
import { at, bytes, coarseBytes, coarsePoints, fresh, ids, masks, norms, points, residuals } from './block';
import { coarseDot } from './coarse';
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

/** The points of a block whose bounds do not prove that they stay: their ids and groups. */
export function findDoubtful(run: Run, start: i32, end: i32): i32 {
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

/** New bounds of the groups that were measured: scores to distances, at least so far. */
@inline
export function storeLowers(run: Run, i: i32, s: i32, norm: f32, error: f32, mask: i32): void {
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
