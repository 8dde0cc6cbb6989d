/**
 * One step of Lloyd's algorithm for several runs: each point's nearest centroid, and the sums of the points that moved. A point whose
 * bounds prove that it stays is passed over; the proof allows for rounding, so that the labels are those of the full float32 step.
 *
 * Hamerly 2010, with bounds by groups of centroids as Ding et al. 2015 ("Yinyang"). A bound is stored less or plus the path of what it
 * bounds, so that a point that stays is only read.
 */
import { at, bytes, EXACT, exacts, fresh, ids, masks, norms, out, points, recordAt, residuals, scratchBytes, usePoints, useScratch } from './block';
import { coarseErrorOf, errorOf, groupDivisor, groupOf, lowerBound, storeLowers } from './bounds';
import { findDoubtful } from './doubtful';
import { gather } from './lanes';
import { markUndecided, measureCoarsely, measureExactly } from './measure';
import { Run } from './run';
import { squaredDistance } from './scores';

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

function stepBlock(run: Run, thread: i32, start: i32, end: i32): void {
  const count = findDoubtful(run, start, end);
  if (count === 0) return;
  let exact = count;
  if (run.coarse) {
    for (let group = 0; group < run.nGroups; ) group += measureCoarsely(run, count, group);
    exact = markUndecided(run, count);
  } else {
    for (let s = 0; s < count; s++) {
      store<i32>(at(masks, s), load<i32>(at(masks, s)) | EXACT);
      store<i32>(at(exacts, s), s);
    }
  }
  if (exact) for (let group = 0; group < run.nGroups; group++) measureExactly(run, exact, group);

  settle(run, count, run.moved + <usize>thread * run.movedBytes);
}

/** A centroid is no point's own any more: a bound of its group that was not measured must hold for it too. */
@inline
function leave(run: Run, i: i32, s: i32, group: i32): void {
  if ((load<i32>(at(masks, s)) >> group) & 1) return;
  const norm = load<f32>(at(norms, i));
  lowerBound(run, i, group, norm - (coarseErrorOf(run, i, norm) + errorOf(run, norm)), load<f32>(at(fresh, s * 8 + group)));
}

/** Keeps what was found of the doubtful points: labels, bounds, and which of them moved. */
function settle(run: Run, count: i32, moved: usize): void {
  const divisor = groupDivisor(run);
  const zero = f32x4.splat(0);
  const three = f32x4.splat(3);
  const bounded = out;
  // Past the last the last stands in.
  v128.store(at(ids, count), i32x4.splat(load<i32>(at(ids, count - 1))));
  for (let s = 0; s < count; s += 4) {
    const i0 = load<i32>(at(ids, s));
    const i1 = load<i32>(at(ids, s + 1));
    const i2 = load<i32>(at(ids, s + 2));
    const i3 = load<i32>(at(ids, s + 3));
    const norm = gather(at(norms, i0), at(norms, i1), at(norms, i2), at(norms, i3));
    const length = f32x4.sqrt(norm);
    const linear = f32x4.mul(f32x4.splat(run.errorLinear), length);
    const error = f32x4.add(f32x4.add(linear, f32x4.mul(f32x4.splat(run.errorSquare), norm)), f32x4.splat(run.errorConstant));
    let inexact = zero;
    if (run.coarse) {
      inexact = f32x4.mul(f32x4.splat(run.coarseResidual), gather(at(residuals, i0), at(residuals, i1), at(residuals, i2), at(residuals, i3)));
      inexact = f32x4.add(f32x4.mul(f32x4.splat(run.coarseLinear), length), inexact);
      const exact = i32x4.ne(v128.and(v128.load(at(masks, s)), i32x4.splat(EXACT)), zero);
      inexact = v128.andnot(inexact, exact);
    }
    const score = gather(recordAt(s), recordAt(s + 1), recordAt(s + 2), recordAt(s + 3));
    const squared = f32x4.pmax(zero, f32x4.add(norm, f32x4.add(score, score)));
    v128.store(bounded, f32x4.sqrt(f32x4.add(f32x4.add(squared, inexact), f32x4.mul(three, error))));
    v128.store(bounded, f32x4.sub(norm, f32x4.add(error, inexact)), 16);
    const width = min(4, count - s);
    for (let q = 0; q < width; q++) {
      const i = load<i32>(at(ids, s + q));
      const record = recordAt(s + q);
      const label = load<i32>(record, 8);
      store<f32>(at(run.uppers, i), load<f32>(at(bounded, q)) - load<f32>(at(run.paths, label)));
      storeLowers(run, i, s + q, load<f32>(at(bounded, 4 + q)), load<i32>(at(masks, s + q)), groupOf(label, divisor), load<f32>(record, 4));
      const old = load<i32>(at(run.labels, i));
      if (old !== label) {
        if (old >= 0 && run.coarse) leave(run, i, s + q, groupOf(old, divisor));
        store<i32>(at(run.labels, i), label);
        move(run, moved, points + <usize>i * bytes, old, label);
      }
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
  usePoints(pointsAt, normsAt, row, coarseAt, coarseRow, residualAt);
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
