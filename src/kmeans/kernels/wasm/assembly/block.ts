/** What a thread works on: a block of points, and scratch for what it learns of them. */

/**
 * Scratch of a thread, in units of rows of a block: ids, masks, records of the best so far (least score, second least, index, nothing), a list, those to be
 * measured in float32, eight lower bounds.
 */
export let ids: usize = 0;
export let masks: usize = 0;
export let records: usize = 0;
export let list: usize = 0;
export let exacts: usize = 0;
export let fresh: usize = 0;
export let out: usize = 0;

/** Marks in a point's mask that it is measured in float32. */
export const EXACT: i32 = 1 << 16;

/** The points, as the step was given them. */
export let points: usize = 0;
export let norms: usize = 0;
export let bytes: usize = 0;
export let coarsePoints: usize = 0;
export let coarseBytes: usize = 0;
export let residuals: usize = 0;

@inline
export function at(base: usize, i: i32): usize {
  return base + ((<usize>i) << 2);
}

/** A point's record. */
@inline
export function recordAt(s: i32): usize {
  return records + ((<usize>s) << 4);
}

export function useScratch(base: usize, blockRows: i32): void {
  const bytes = <usize>((blockRows + 8) << 2);
  ids = base;
  masks = base + bytes;
  records = base + 2 * bytes;
  list = base + 6 * bytes;
  exacts = base + 7 * bytes;
  fresh = base + 8 * bytes;
  out = base + 16 * bytes;
}

/** Bytes of a thread's scratch. */
export function scratchBytes(blockRows: i32): usize {
  return <usize>(((blockRows + 8) << 2) * 16 + 256);
}

/** Sets what every block of a step has in common. */
export function usePoints(pointsAt: usize, normsAt: usize, row: usize, coarseAt: usize, coarseRow: usize, residualAt: usize): void {
  points = pointsAt;
  norms = normsAt;
  bytes = row;
  coarsePoints = coarseAt;
  coarseBytes = coarseRow;
  residuals = residualAt;
}
