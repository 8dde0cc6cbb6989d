/**
 * Greedy k-means++: what each candidate for the next centre would take off the sum of squared distances, and the distances that are left.
 *
 * Candidates are measured approximately, in 16 bits where that suits, with bounds of the error: that mostly tells which is best, and which points are
 * nearer to it. Only those are then measured exactly, differences first; where the bounds overlap, the candidates in question are too.
 */
import { packCoarseNothing, packCoarseRow } from './coarse';
import { storeLanes } from './lanes';
import { packNothing, packRow, squaredDistance, squaredDistances } from './scores';
import { at, Placed, Seeding, seedingAt, UNIT } from './seeding';
import { trialScratchBytes } from './trials';

/**
 * Makes the candidates ready: packs their rows, and finds how near to each centre a point must lie to be out of their reach, which is
 * half their distance (the triangle's inequality), less what rounding may hide.
 *
 * @param candidates i32[nTrials], row numbers.
 */
export function openTrials(address: usize, placedAt: usize, candidates: usize): void {
  const run = changetype<Seeding>(address);
  const placed = changetype<Placed>(placedAt);
  const nTerms: i32 = placed.nFeatures + 16;
  const relative: f32 = <f32>nTerms * 3 * UNIT;
  for (let t = 0; t < run.room; t++) {
    const bias = at(run.bias, t);
    if (t >= run.nTrials) {
      if (placed.coarseSuits) {
        packCoarseNothing(placed.coarseBytes, run.panels, t);
        store<f32>(bias, Infinity);
      } else packNothing(placed.bytes, run.panels, bias, t);
      for (let e = 0; e < 3; e++) store<f32>(at(run.errors, e * run.room + t), 0);
      continue;
    }
    const candidate = load<i32>(at(candidates, t));
    const norm = load<f32>(at(placed.norms, candidate));
    const length = sqrt<f32>(norm);
    let linear: f32 = relative * length;
    let residual: f32 = 0;
    if (placed.coarseSuits) {
      const left = load<f32>(at(placed.residuals, candidate));
      packCoarseRow(placed.coarse + <usize>candidate * placed.coarseBytes, placed.coarseBytes, run.panels, t);
      store<f32>(bias, 0.5 * norm);
      linear = <f32>2.01 * left + <f32>16 * UNIT * length;
      residual = <f32>2.01 * (length + left);
    } else packRow(placed.points + <usize>candidate * placed.bytes, placed.bytes, run.panels, bias, t);
    store<f32>(at(run.errors, t), linear);
    store<f32>(at(run.errors, run.room + t), residual);
    store<f32>(at(run.errors, 2 * run.room + t), 16 * UNIT * norm);
  }
  for (let e = 0; e < 3; e++) {
    let most: f32 = 0;
    for (let t = 0; t < run.nTrials; t++) most = max<f32>(most, load<f32>(at(run.errors, e * run.room + t)));
    store<f32>(at(run.errors, 3 * run.room + e), most);
  }
  for (let c = 0; c < run.nCentres; c++) {
    const centre = load<i32>(at(run.centres, c));
    const row = placed.points + <usize>centre * placed.bytes;
    let reach: f32 = f32.MAX_VALUE;
    for (let t = 0; t < run.nTrials; t++) {
      const candidate = load<i32>(at(candidates, t));
      const half = <f32>0.5 * sqrt<f32>(squaredDistance(row, placed.points + <usize>candidate * placed.bytes, placed.bytes));
      const near = half * (<f32>1 - <f32>2 * relative);
      reach = min<f32>(reach, near * near);
    }
    store<f32>(at(run.reach, c), reach);
  }
}

/**
 * Measures the contenders of those runs that have any exactly: what each gains is then in the first half of its block's gains.
 *
 * @param candidates i32[runs][16], row numbers.
 */
export function measureContenders(_thread: i32, counter: usize, placedAt: usize, candidates: usize, runs: usize, nRuns: i32): void {
  const placed = changetype<Placed>(placedAt);
  const nBlocks = (placed.n + placed.blockRows - 1) / placed.blockRows;
  for (let b = atomic.add<i32>(counter, 1); b < nBlocks; b = atomic.add<i32>(counter, 1)) {
    const start = b * placed.blockRows;
    const end = min(placed.n, start + placed.blockRows);
    for (let r = 0; r < nRuns; r++) {
      const run = seedingAt(runs, r);
      for (let t = 0; t < run.nTrials; t++) if ((run.contenders >> t) & 1) gainExactly(run, placed, load<i32>(at(candidates, r * 16 + t)), t, start, end, b);
    }
  }
}

function gainExactly(run: Seeding, placed: Placed, candidate: i32, t: i32, start: i32, end: i32, block: i32): void {
  const row = placed.points + <usize>candidate * placed.bytes;
  let gain: f64 = 0;
  for (let i = start; i < end; i++) {
    const potential = load<f32>(at(run.potential, i));
    if ((<i32>load<u16>(run.trials + ((<usize>i) << 1)) >> t) & 1) {
      const distance = squaredDistance(placed.points + <usize>i * placed.bytes, row, placed.bytes);
      if (distance < potential) gain += <f64>potential - <f64>distance;
    }
  }
  store<f64>(run.gains + ((<usize>(block * 2 * run.room + t)) << 3), gain);
}

/** Lists the points of a block that may be nearer to the candidate taken. @returns how many; behind them the last stands in. */
function listNearer(run: Seeding, start: i32, end: i32, list: usize): i32 {
  const taken: i32 = 1 << run.taken;
  const bits = i16x8.splat(<i16>taken);
  const zero = i32x4.splat(0);
  let rows = i32x4.add(i32x4.splat(start), i32x4(0, 1, 2, 3));
  let count = 0;
  for (let i = start; i < end; i += 8) {
    // No candidate was measured before there was a centre: all are nearer to the first.
    let nearer = run.nCentres === 0 ? 255 : i16x8.bitmask(i16x8.ne(v128.and(v128.load(run.trials + ((<usize>i) << 1)), bits), zero));
    if (i + 8 > end) nearer &= (1 << (end - i)) - 1;
    if (nearer) {
      count += storeLanes(at(list, count), rows, nearer & 15);
      count += storeLanes(at(list, count), i32x4.add(rows, i32x4.splat(4)), nearer >> 4);
    }
    rows = i32x4.add(rows, i32x4.splat(8));
  }
  if (count > 0) v128.store(at(list, count), i32x4.splat(load<i32>(at(list, count - 1))));
  return count;
}

@inline
function lower(run: Seeding, i: i32, distance: f32): void {
  const potential = at(run.potential, i);
  if (distance < load<f32>(potential)) {
    store<f32>(potential, distance);
    store<i32>(at(run.nearest, i), run.nCentres);
  }
}

/** Makes the candidate taken into a centre for the points of a block. */
function takeBlock(run: Seeding, placed: Placed, start: i32, end: i32, list: usize): void {
  const centre = placed.points + <usize>load<i32>(at(run.centres, run.nCentres)) * placed.bytes;
  const count = listNearer(run, start, end, list);
  for (let p = 0; p < count; p += 4) {
    const i0 = load<i32>(at(list, p));
    const i1 = load<i32>(at(list, p + 1));
    const i2 = load<i32>(at(list, p + 2));
    const i3 = load<i32>(at(list, p + 3));
    const distances = squaredDistances(
      placed.points + <usize>i0 * placed.bytes,
      placed.points + <usize>i1 * placed.bytes,
      placed.points + <usize>i2 * placed.bytes,
      placed.points + <usize>i3 * placed.bytes,
      centre,
      placed.bytes,
    );
    lower(run, i0, f32x4.extract_lane(distances, 0));
    lower(run, i1, f32x4.extract_lane(distances, 1));
    lower(run, i2, f32x4.extract_lane(distances, 2));
    lower(run, i3, f32x4.extract_lane(distances, 3));
  }
}

/** Makes the candidates taken into centres: the potential falls where one is nearer, and is summed a block. */
export function takeTrials(thread: i32, counter: usize, placedAt: usize, runs: usize, nRuns: i32, scratch: usize): void {
  const placed = changetype<Placed>(placedAt);
  const list = scratch + <usize>thread * trialScratchBytes(placed.blockRows);
  const nBlocks = (placed.n + placed.blockRows - 1) / placed.blockRows;
  for (let b = atomic.add<i32>(counter, 1); b < nBlocks; b = atomic.add<i32>(counter, 1)) {
    const start = b * placed.blockRows;
    const end = min(placed.n, start + placed.blockRows);
    for (let r = 0; r < nRuns; r++) {
      const run = seedingAt(runs, r);
      takeBlock(run, placed, start, end, list);
      store<f64>(run.sums + ((<usize>b) << 3), sumPotential(run, start, end));
    }
  }
}

function sumPotential(run: Seeding, start: i32, end: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const whole = start + ((end - start) & ~3);
  for (let i = start; i < whole; i += 4) {
    const v = v128.load(at(run.potential, i));
    low = f64x2.add(low, f64x2.promote_low_f32x4(v));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3)));
  }
  let total = f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1) + (f64x2.extract_lane(high, 0) + f64x2.extract_lane(high, 1));
  for (let i = whole; i < end; i++) total += <f64>load<f32>(at(run.potential, i));
  return total;
}
