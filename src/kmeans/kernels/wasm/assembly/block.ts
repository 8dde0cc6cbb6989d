/** What a thread works on: a block of points, and scratch for what it learns of them. */

/** Scratch of a thread, in units of rows of a block: ids, masks, best scores, best centroids, second scores, lists, eight lower bounds. */
export let ids: usize = 0;
export let masks: usize = 0;
export let best: usize = 0;
export let nearest: usize = 0;
export let second: usize = 0;
export let list: usize = 0;
export let listIds: usize = 0;
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

export function useScratch(base: usize, blockRows: i32): void {
  const bytes = <usize>((blockRows + 8) << 2);
  ids = base;
  masks = base + bytes;
  best = base + 2 * bytes;
  nearest = base + 3 * bytes;
  second = base + 4 * bytes;
  list = base + 5 * bytes;
  listIds = base + 6 * bytes;
  fresh = base + 7 * bytes;
  out = base + 15 * bytes;
}

/** Bytes of a thread's scratch. */
export function scratchBytes(blockRows: i32): usize {
  return <usize>(((blockRows + 8) << 2) * 15 + 256);
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
