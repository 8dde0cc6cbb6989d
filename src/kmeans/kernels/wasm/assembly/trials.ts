/** What the candidates of k-means++ gain, within bounds, and the points that they may be nearer to. */
import { listedCoarseScores } from './coarse';
import { gather, storeLanes } from './lanes';
import { listedScores } from './scores';
import { at, Placed, Seeding, seedingAt, UNIT } from './seeding';

/** A thread's scratch: scores, and the points that some candidate may be nearer to, with what is known of each, by its place in the list. */
let out: usize = 0;
let list: usize = 0;
/** A run's room for limits and, `errorsBehind` bytes farther, errors. */
let bounds: usize = 0;
let errorsBehind: usize = 0;

/** Bytes of a thread's scratch. */
export function trialScratchBytes(blockRows: i32): usize {
  return 128 + 5 * (<usize>(blockRows + 16) << 2);
}

function useTrialScratch(base: usize, blockRows: i32): void {
  errorsBehind = <usize>(blockRows + 16) << 2;
  out = base;
  list = base + 128;
  bounds = list + errorsBehind;
}

/**
 * The limits of four points, and what their distances from the candidates may be off by: a score below the limit may stand for a distance below the potential.
 * Points that no candidate reaches are below no limit.
 *
 * @param last of the block's points: it stands in for those past it.
 */
@inline
function limitsOf(run: Seeding, i: i32, last: i32, norm: v128, error: v128): v128 {
  const potential = v128.load(at(run.potential, i));
  const centres = run.nearest;
  const reach = gather(
    at(run.reach, load<i32>(at(centres, i))),
    at(run.reach, load<i32>(at(centres, min(i + 1, last)))),
    at(run.reach, load<i32>(at(centres, min(i + 2, last)))),
    at(run.reach, load<i32>(at(centres, min(i + 3, last)))),
  );
  const limit = f32x4.mul(f32x4.splat(0.5), f32x4.add(f32x4.sub(potential, norm), error));
  return v128.bitselect(limit, f32x4.splat(-Infinity), f32x4.gt(potential, reach));
}

@inline
function errorsOf(run: Seeding, norm: v128, length: v128, left: v128): v128 {
  const most = at(run.errors, 3 * run.room);
  const own = f32x4.add(v128.load32_splat(most, 8), f32x4.mul(f32x4.splat(16 * UNIT), norm));
  return f32x4.add(f32x4.add(f32x4.mul(v128.load32_splat(most), length), f32x4.mul(v128.load32_splat(most, 4), left)), own);
}

/** Lists the points of a block that some candidate of one or two runs may be nearer to. */
function listReached(run: Seeding, other: Seeding, two: bool, placed: Placed, start: i32, end: i32): i32 {
  let count = 0;
  let rows = i32x4.add(i32x4.splat(start), i32x4(0, 1, 2, 3));
  const otherBounds = bounds + 2 * errorsBehind;
  const nothing = f32x4.splat(-Infinity);
  const zero = f32x4.splat(0);
  for (let i = start; i < end; i += 4) {
    const norm = v128.load(at(placed.norms, i));
    const length = f32x4.sqrt(norm);
    const left = v128.load(at(placed.residuals, i));
    const error = errorsOf(run, norm, length, left);
    const limit = limitsOf(run, i, end - 1, norm, error);
    let reached = f32x4.gt(limit, nothing);
    let bits: i32;
    const there = i + 4 <= end ? 15 : (1 << (end - i)) - 1;
    if (two) {
      const otherError = errorsOf(other, norm, length, left);
      const otherLimit = limitsOf(other, i, end - 1, norm, otherError);
      bits = i32x4.bitmask(v128.or(reached, f32x4.gt(otherLimit, nothing))) & there;
      storeLanes(at(otherBounds, count), otherLimit, bits);
      storeLanes(at(otherBounds + errorsBehind, count), otherError, bits);
    } else bits = i32x4.bitmask(reached) & there;
    storeLanes(at(bounds, count), limit, bits);
    storeLanes(at(bounds + errorsBehind, count), error, bits);
    count += storeLanes(at(list, count), rows, bits);
    rows = i32x4.add(rows, i32x4.splat(4));
  }
  // Past the last it stands in, and gains nothing.
  for (let p = count; p < count + 8; p += 4) {
    if (count > 0) v128.store(at(list, p), i32x4.splat(load<i32>(at(list, count - 1))));
    v128.store(at(bounds, p), nothing);
    v128.store(at(bounds + errorsBehind, p), zero);
    v128.store(at(otherBounds, p), nothing);
    v128.store(at(otherBounds + errorsBehind, p), zero);
  }
  return count;
}

@inline
function addDoubles(sums: usize, values: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(values)));
  v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.promote_low_f32x4(v128.shuffle<f32>(values, values, 2, 3, 2, 3))), 16);
}

/**
 * Takes four listed points' scores of a panel into its candidates' gains, half of them, at least and at most. Four are summed in float32, for which the host allows.
 *
 * @returns which candidates each point may be nearer to: four bits a point.
 */
@inline
function takeScores(score: usize, from: usize, least: usize, most: usize): i32 {
  const zero = f32x4.splat(0);
  const a = f32x4.pmax(zero, f32x4.sub(v128.load32_splat(from), v128.load(score)));
  const b = f32x4.pmax(zero, f32x4.sub(v128.load32_splat(from, 4), v128.load(score, 16)));
  const c = f32x4.pmax(zero, f32x4.sub(v128.load32_splat(from, 8), v128.load(score, 32)));
  const d = f32x4.pmax(zero, f32x4.sub(v128.load32_splat(from, 12), v128.load(score, 48)));
  const sum = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  if (!v128.any_true(sum)) return 0;
  addDoubles(most, sum);
  const errors = from + errorsBehind;
  const e = f32x4.pmax(zero, f32x4.sub(a, v128.load32_splat(errors)));
  const f = f32x4.pmax(zero, f32x4.sub(b, v128.load32_splat(errors, 4)));
  const g = f32x4.pmax(zero, f32x4.sub(c, v128.load32_splat(errors, 8)));
  const h = f32x4.pmax(zero, f32x4.sub(d, v128.load32_splat(errors, 12)));
  addDoubles(least, f32x4.add(f32x4.add(e, f), f32x4.add(g, h)));
  const low = i16x8.narrow_i32x4_s(f32x4.gt(a, zero), f32x4.gt(b, zero));
  const high = i16x8.narrow_i32x4_s(f32x4.gt(c, zero), f32x4.gt(d, zero));
  return i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
}

/** Notes which of a panel's candidates the four listed points may be nearer to. The first is written last, so that stand-ins change nothing. */
@inline
function noteTrials(run: Seeding, p: i32, bits: i32, panel: i32): void {
  noteTrial(run, p + 3, (bits >> 12) & 15, panel);
  noteTrial(run, p + 2, (bits >> 8) & 15, panel);
  noteTrial(run, p + 1, (bits >> 4) & 15, panel);
  noteTrial(run, p, bits & 15, panel);
}

@inline
function noteTrial(run: Seeding, p: i32, bits: i32, panel: i32): void {
  const trial = run.trials + (<usize>load<i32>(at(list, p)) << 1);
  store<u16>(trial, <u16>(panel === 0 ? bits : <i32>load<u16>(trial) | (bits << panel)));
}

/** Takes four listed points' scores of one panel. */
@inline
function takePanel(run: Seeding, block: i32, p: i32, panel: i32, score: usize, boundsAt: usize): void {
  const least = run.gains + (<usize>(block * 2 * run.room + panel) << 3);
  noteTrials(run, p, takeScores(score, at(boundsAt, p), least, least + (<usize>run.room << 3)), panel);
}

@inline
function forget(run: Seeding, start: i32, end: i32, block: i32, count: i32): void {
  memory.fill(run.gains + (<usize>(block * 2 * run.room) << 3), 0, <usize>run.room << 4);
  if (count < end - start) memory.fill(run.trials + (<usize>start << 1), 0, <usize>(end - start) << 1);
}

/** Measures a block's points against the candidates of a run, in 16 bits or not. */
function measureBlock(run: Seeding, placed: Placed, start: i32, end: i32, block: i32): void {
  const count = listReached(run, run, false, placed, start, end);
  forget(run, start, end, block, count);
  const factor = placed.coarseScale * placed.coarseScale;
  const coarse = placed.coarseSuits !== 0;
  const two = run.room > 4;
  for (let panel = 0; panel < run.nTrials; panel += coarse && two ? 8 : 4) {
    const bias = at(run.bias, panel);
    if (!coarse) {
      for (let p = 0; p < count; p += 8) {
        listedScores(list, p, count, placed.points, run.panels + <usize>panel * placed.bytes, bias, placed.bytes, out);
        // Stand-ins go first.
        if (p + 4 < count) takePanel(run, block, p + 4, panel, out + 64, bounds);
        takePanel(run, block, p, panel, out, bounds);
      }
      continue;
    }
    for (let p = 0; p < count; p += 4) {
      listedCoarseScores(list, p, count, placed.coarse, run.panels + <usize>panel * placed.coarseBytes, two, bias, factor, placed.coarseBytes, out);
      takePanel(run, block, p, panel, out, bounds);
      if (two) takePanel(run, block, p, panel + 4, out + 64, bounds);
    }
  }
}

/** Measures a block's points in 16 bits against the candidates of two runs that have four each at most: eight at a time go faster. */
function measurePair(run: Seeding, other: Seeding, placed: Placed, start: i32, end: i32, block: i32): void {
  const count = listReached(run, other, true, placed, start, end);
  forget(run, start, end, block, count);
  forget(other, start, end, block, count);
  const factor = placed.coarseScale * placed.coarseScale;
  for (let p = 0; p < count; p += 4) {
    listedCoarseScores(list, p, count, placed.coarse, run.panels, true, run.bias, factor, placed.coarseBytes, out);
    takePanel(run, block, p, 0, out, bounds);
    takePanel(other, block, p, 0, out + 64, bounds + 2 * errorsBehind);
  }
}

/** Measures the candidates of several runs, within bounds. Panels and biases of runs that have room for four lie behind one another. */
export function measureTrials(thread: i32, counter: usize, placedAt: usize, runs: usize, nRuns: i32, scratch: usize): void {
  const placed = changetype<Placed>(placedAt);
  useTrialScratch(scratch + <usize>thread * trialScratchBytes(placed.blockRows), placed.blockRows);
  const nBlocks = (placed.n + placed.blockRows - 1) / placed.blockRows;
  for (let b = atomic.add<i32>(counter, 1); b < nBlocks; b = atomic.add<i32>(counter, 1)) {
    const start = b * placed.blockRows;
    const end = min(placed.n, start + placed.blockRows);
    for (let r = 0; r < nRuns; r++) {
      const run = seedingAt(runs, r);
      const paired = placed.coarseSuits && run.room === 4 && r + 1 < nRuns && seedingAt(runs, r + 1).room === 4;
      if (paired) measurePair(run, seedingAt(runs, ++r), placed, start, end, b);
      else measureBlock(run, placed, start, end, b);
    }
  }
}
