/** Which points of a block may have a nearer centroid than their own, and among which groups. */
import { at, bytes, coarseBytes, coarsePoints, fresh, ids, masks, norms, points, recordAt, residuals } from './block';
import { errorOf, groupDivisor, groupOf, groupsNearer } from './bounds';
import { coarseDots } from './coarse';
import { gather, storeLanes } from './lanes';
import { Run } from './run';
import { dot } from './scores';

/** Nothing is known of a doubtful point yet. */
@inline
function forget(s: i32): void {
  const infinite = f32x4.splat(Infinity);
  v128.store(recordAt(s), infinite);
  v128.store(at(fresh, s * 8), infinite);
  v128.store(at(fresh, s * 8), infinite, 16);
}

/** No point follows the last: masks are read four at a time. */
@inline
function endMasks(count: i32): void {
  v128.store(at(masks, count), i32x4.splat(0));
}

/**
 * The points of a block whose bounds do not prove that they stay: their ids, the groups to be measured, and what is known of them. In 16 bits the own centroid
 * is measured here, so that its group need not be when its other centroids are out of the question.
 */
export function findDoubtful(run: Run, start: i32, end: i32): i32 {
  let count = 0;
  if (run.fresh) {
    for (let i = start; i < end; i++) {
      store<i32>(at(ids, count), i);
      store<i32>(at(masks, count), 255);
      forget(count);
      count++;
    }
  } else {
    const held = listUnproven(run, start, end);
    count = run.coarse ? keepDoubtfulCoarsely(run, held) : keepDoubtful(run, held);
  }
  endMasks(count);
  return count;
}

/** Of the points listed, keeps those that are in doubt even when the distance now takes the place of a bound that grew with the centroid's path. */
function keepDoubtful(run: Run, held: i32): i32 {
  const divisor = groupDivisor(run);
  let kept = 0;
  for (let s = 0; s < held; s++) {
    const i = load<i32>(at(ids, s));
    const label = load<i32>(at(run.labels, i));
    const norm = load<f32>(at(norms, i));
    const product = dot(points + <usize>i * bytes, run.rows + <usize>label * bytes, bytes);
    const squared = norm + 2 * (load<f32>(at(run.bias, label)) - product);
    const upper = sqrt<f32>(max<f32>(squared, 0) + 3 * errorOf(run, norm));
    const mask = groupsNearer(run, i, upper + run.slack);
    store<f32>(at(run.uppers, i), upper - load<f32>(at(run.paths, label)));
    store<i32>(at(ids, kept), i);
    // The own centroid is measured again, as the others are: sums in another order end in other bits.
    store<i32>(at(masks, kept), mask | (1 << groupOf(label, divisor)));
    forget(kept);
    kept += mask ? 1 : 0;
  }
  return kept;
}

/** The same in 16 bits, four points at a time. */
function keepDoubtfulCoarsely(run: Run, held: i32): i32 {
  if (held === 0) return 0;
  const divisor = groupDivisor(run);
  const factor = f32x4.splat(run.coarseFactor);
  const linear = f32x4.splat(run.coarseLinear + 3 * run.errorLinear);
  const square = f32x4.splat(3 * run.errorSquare);
  const constant = f32x4.splat(3 * run.errorConstant);
  const residual = f32x4.splat(run.coarseResidual);
  const slack = f32x4.splat(run.slack);
  // Past the last the last stands in.
  v128.store(at(ids, held), i32x4.splat(load<i32>(at(ids, held - 1))));
  let kept = 0;
  for (let s = 0; s < held; s += 4) {
    const i0 = load<i32>(at(ids, s));
    const i1 = load<i32>(at(ids, s + 1));
    const i2 = load<i32>(at(ids, s + 2));
    const i3 = load<i32>(at(ids, s + 3));
    const l0 = load<i32>(at(run.labels, i0));
    const l1 = load<i32>(at(run.labels, i1));
    const l2 = load<i32>(at(run.labels, i2));
    const l3 = load<i32>(at(run.labels, i3));
    const norm = gather(at(norms, i0), at(norms, i1), at(norms, i2), at(norms, i3));
    const left = gather(at(residuals, i0), at(residuals, i1), at(residuals, i2), at(residuals, i3));
    const products = coarseDots(
      coarsePoints + <usize>i0 * coarseBytes,
      coarsePoints + <usize>i1 * coarseBytes,
      coarsePoints + <usize>i2 * coarseBytes,
      coarsePoints + <usize>i3 * coarseBytes,
      run.coarseRows + <usize>l0 * coarseBytes,
      run.coarseRows + <usize>l1 * coarseBytes,
      run.coarseRows + <usize>l2 * coarseBytes,
      run.coarseRows + <usize>l3 * coarseBytes,
      coarseBytes,
    );
    const bias = gather(at(run.bias, l0), at(run.bias, l1), at(run.bias, l2), at(run.bias, l3));
    const score = f32x4.sub(bias, f32x4.mul(factor, f32x4.convert_i32x4_s(products)));
    const error = f32x4.add(f32x4.add(f32x4.mul(linear, f32x4.sqrt(norm)), f32x4.mul(residual, left)), f32x4.add(f32x4.mul(square, norm), constant));
    const squared = f32x4.pmax(f32x4.splat(0), f32x4.add(norm, f32x4.add(score, score)));
    const upper = f32x4.sqrt(f32x4.add(squared, error));
    const bounds = f32x4.sub(upper, gather(at(run.paths, l0), at(run.paths, l1), at(run.paths, l2), at(run.paths, l3)));
    const limits = f32x4.add(upper, slack);
    store<f32>(at(run.uppers, i0), f32x4.extract_lane(bounds, 0));
    store<f32>(at(run.uppers, i1), f32x4.extract_lane(bounds, 1));
    store<f32>(at(run.uppers, i2), f32x4.extract_lane(bounds, 2));
    store<f32>(at(run.uppers, i3), f32x4.extract_lane(bounds, 3));
    kept += keepIfNear(run, kept, i0, l0, f32x4.extract_lane(limits, 0), f32x4.extract_lane(score, 0), divisor);
    if (s + 1 < held) kept += keepIfNear(run, kept, i1, l1, f32x4.extract_lane(limits, 1), f32x4.extract_lane(score, 1), divisor);
    if (s + 2 < held) kept += keepIfNear(run, kept, i2, l2, f32x4.extract_lane(limits, 2), f32x4.extract_lane(score, 2), divisor);
    if (s + 3 < held) kept += keepIfNear(run, kept, i3, l3, f32x4.extract_lane(limits, 3), f32x4.extract_lane(score, 3), divisor);
  }
  return kept;
}

/** Notes a point with its own centroid's score. @returns 1 if some group may hold a nearer one, else 0, and the next takes its place. */
@inline
function keepIfNear(run: Run, kept: i32, i: i32, label: i32, limit: f32, score: f32, divisor: u64): i32 {
  const mask = groupsNearer(run, i, limit);
  store<i32>(at(ids, kept), i);
  store<i32>(at(masks, kept), mask);
  forget(kept);
  store<f32>(recordAt(kept), score);
  store<i32>(recordAt(kept), label, 8);
  store<f32>(at(fresh, kept * 8 + groupOf(label, divisor)), score);
  return mask ? 1 : 0;
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
