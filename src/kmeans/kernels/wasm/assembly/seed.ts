/**
 * Greedy k-means++: what each candidate for the next centre would take off the sum of squared distances, and the distances that are left.
 *
 * Candidates are measured approximately, in 16 bits where that suits, with bounds of the error: that mostly tells which is best, and which points are
 * nearer to it. Only those are then measured exactly, differences first; where the bounds overlap, the candidates in question are too.
 */
import { listedCoarseScores, packCoarseNothing, packCoarseRow } from './coarse';
import { listedScores, packNothing, packRow, squaredDistance } from './scores';

/** Half of float32's spacing at 1. */
const UNIT: f32 = 5.9604644775390625e-8;

/** One run's seeding as the host lays it out. See ../plus-plus.ts. */
@unmanaged
class Seeding {
  /** Candidates of this step. */
  nTrials: i32;
  /** Candidates that a point has room for: four, or a multiple of eight. */
  room: i32;
  /** f32[n]: squared distance to the nearest centre so far. */
  potential: usize;
  /** i32[n]: which of the centres that is. */
  nearest: usize;
  /** u16[n]: the candidates that a point may be nearer to, a bit each. */
  trials: usize;
  /** The candidates' rows four by four, in float32 or 16 bits. */
  panels: usize;
  bias: usize;
  /** f32[3][room]: a distance's error is first · ||x|| + second · ||what 16 bits leave out of x|| + third; then f32[3], the largest of each. */
  errors: usize;
  /** i32[k]: rows of the centres, the candidate taken among them. */
  centres: usize;
  /** f32[k]: points nearer than this (squared) to a centre cannot be nearer to any candidate. */
  reach: usize;
  /** f64[blocks][2][room]: what the candidates gain, at least and at most. */
  gains: usize;
  /** f64[blocks]: sums of the potential. */
  sums: usize;
  nCentres: i32;
  /** The candidate that was taken. */
  taken: i32;
  /** Candidates to be measured exactly, a bit each. */
  contenders: i32;
}

/** The points, as `placePoints` lays them out. */
@unmanaged
class Placed {
  points: usize;
  norms: usize;
  n: i32;
  bytes: usize;
  blockRows: i32;
  coarse: usize;
  coarseBytes: usize;
  residuals: usize;
  coarseScale: f32;
  coarseSuits: i32;
  nFeatures: i32;
}

@inline
function at(base: usize, i: i32): usize {
  return base + ((<usize>i) << 2);
}

@inline
function seedingAt(runs: usize, r: i32): Seeding {
  return changetype<Seeding>(runs + <usize>r * offsetof<Seeding>());
}

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

/** Lists the points of a block that some candidate may be nearer to. */
function listReached(run: Seeding, start: i32, end: i32, list: usize): i32 {
  let count = 0;
  for (let i = start; i < end; i++) {
    store<i32>(at(list, count), i);
    count += load<f32>(at(run.potential, i)) > load<f32>(at(run.reach, load<i32>(at(run.nearest, i)))) ? 1 : 0;
  }
  return count;
}

function measureBlock(run: Seeding, placed: Placed, start: i32, end: i32, block: i32, list: usize, out: usize): void {
  const count = listReached(run, start, end, list);
  const two = run.room > 4;
  const coarse = placed.coarseSuits !== 0;
  const step = coarse ? 4 : 8;
  const factor = placed.coarseScale * placed.coarseScale;
  memory.fill(run.gains + ((<usize>(block * 2 * run.room)) << 3), 0, (<usize>run.room) << 4);
  memory.fill(run.trials + ((<usize>start) << 1), 0, (<usize>(end - start)) << 1);
  const linear = load<f32>(at(run.errors, 3 * run.room));
  const residual = load<f32>(at(run.errors, 3 * run.room + 1));
  const constant = load<f32>(at(run.errors, 3 * run.room + 2));
  for (let panel = 0; panel < run.room; panel += coarse && two ? 8 : 4) {
    for (let p = 0; p < count; p += step) {
      if (coarse) listedCoarseScores(list, p, count, placed.coarse, run.panels + <usize>panel * placed.coarseBytes, two, at(run.bias, panel), factor, placed.coarseBytes, out);
      else listedScores(list, p, count, placed.points, run.panels + <usize>panel * placed.bytes, at(run.bias, panel), placed.bytes, out);
      const width = min(step, count - p);
      for (let q = 0; q < width; q++) {
        const i = load<i32>(at(list, p + q));
        const norm = load<f32>(at(placed.norms, i));
        const error = linear * sqrt<f32>(norm) + residual * load<f32>(at(placed.residuals, i)) + constant + 16 * UNIT * norm;
        // A score below half of this may stand for a distance below the potential.
        const limit = f32x4.splat(<f32>0.5 * (load<f32>(at(run.potential, i)) - norm + error));
        const score = at(out, q << 2);
        let mask = i32x4.bitmask(f32x4.lt(v128.load(score), limit));
        if (coarse && two) mask |= i32x4.bitmask(f32x4.lt(v128.load(score, 64), limit)) << 4;
        if (mask === 0) continue;
        const trial = run.trials + ((<usize>i) << 1);
        store<u16>(trial, <u16>(<i32>load<u16>(trial) | (mask << panel)));
        if (mask & 15) addGains(run, placed, i, norm, panel, score, block);
        if (mask >> 4) addGains(run, placed, i, norm, panel + 4, score + 64, block);
      }
    }
  }
}

/** What four candidates gain at a point, at least and at most. */
function addGains(run: Seeding, placed: Placed, i: i32, norm: f32, panel: i32, score: usize, block: i32): void {
  const zero = f32x4.splat(0);
  const errors = at(run.errors, panel);
  const row = (<usize>run.room) << 2;
  let error = f32x4.add(f32x4.mul(f32x4.splat(sqrt<f32>(norm)), v128.load(errors)), f32x4.add(v128.load(errors + 2 * row), f32x4.splat(16 * UNIT * norm)));
  error = f32x4.add(error, f32x4.mul(f32x4.splat(load<f32>(at(placed.residuals, i))), v128.load(errors + row)));
  const v = v128.load(score);
  const distance = f32x4.add(f32x4.splat(norm), f32x4.add(v, v));
  const potential = f32x4.splat(load<f32>(at(run.potential, i)));
  const gain = f32x4.sub(potential, f32x4.pmax(zero, f32x4.sub(distance, error)));
  addDoubles(run.gains + ((<usize>(block * 2 * run.room + panel)) << 3), f32x4.pmax(zero, f32x4.sub(potential, f32x4.add(distance, error))));
  addDoubles(run.gains + ((<usize>((block * 2 + 1) * run.room + panel)) << 3), f32x4.pmax(zero, gain));
}

@inline
function addDoubles(sums: usize, values: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(values)));
  v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.promote_low_f32x4(v128.shuffle<f32>(values, values, 2, 3, 2, 3))), 16);
}

/** Measures the candidates of several runs, within bounds. */
export function measureTrials(thread: i32, counter: usize, placedAt: usize, runs: usize, nRuns: i32, scratch: usize, scratchBytes: usize): void {
  const placed = changetype<Placed>(placedAt);
  const out = scratch + <usize>thread * scratchBytes;
  const nBlocks = (placed.n + placed.blockRows - 1) / placed.blockRows;
  for (let b = atomic.add<i32>(counter, 1); b < nBlocks; b = atomic.add<i32>(counter, 1)) {
    const start = b * placed.blockRows;
    const end = min(placed.n, start + placed.blockRows);
    for (let r = 0; r < nRuns; r++) measureBlock(seedingAt(runs, r), placed, start, end, b, out + 128, out);
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

@inline
function lower(run: Seeding, placed: Placed, i: i32, centre: usize): void {
  const distance = squaredDistance(placed.points + <usize>i * placed.bytes, centre, placed.bytes);
  if (distance < load<f32>(at(run.potential, i))) {
    store<f32>(at(run.potential, i), distance);
    store<i32>(at(run.nearest, i), run.nCentres);
  }
}

/** Makes the candidates taken into centres: the potential falls where one is nearer, and is summed a block. */
export function takeTrials(_thread: i32, counter: usize, placedAt: usize, runs: usize, nRuns: i32): void {
  const placed = changetype<Placed>(placedAt);
  const nBlocks = (placed.n + placed.blockRows - 1) / placed.blockRows;
  for (let b = atomic.add<i32>(counter, 1); b < nBlocks; b = atomic.add<i32>(counter, 1)) {
    const end = min(placed.n, (b + 1) * placed.blockRows);
    for (let r = 0; r < nRuns; r++) {
      const run = seedingAt(runs, r);
      const first = run.nCentres === 0;
      const centre = placed.points + <usize>load<i32>(at(run.centres, run.nCentres)) * placed.bytes;
      const bit: i32 = 1 << run.taken;
      const bits = i16x8.splat(<i16>bit);
      const start = b * placed.blockRows;
      for (let i = start; i < end; i += 8) {
        // Most points are nearer to an earlier centre: eight at a time are passed over.
        if (!first && i + 8 <= end && !v128.any_true(v128.and(v128.load(run.trials + ((<usize>i) << 1)), bits))) continue;
        const last = min(end, i + 8);
        for (let j = i; j < last; j++) if (first || (<i32>load<u16>(run.trials + ((<usize>j) << 1)) >> run.taken) & 1) lower(run, placed, j, centre);
      }
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
      store<f64>(run.sums + ((<usize>b) << 3), total);
    }
  }
}
