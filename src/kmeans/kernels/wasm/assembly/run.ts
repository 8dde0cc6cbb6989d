/** One run of Lloyd's algorithm as the host lays it out: addresses and counts, 32 bits each. See ../kernel-accumulator.ts. */
@unmanaged
export class Run {
  k: i32;
  /** Groups of consecutive centroids, of which each point keeps a lower bound; 1 to 8. */
  nGroups: i32;
  /** Panels of four centroids in a group. */
  groupPanels: i32;
  /** Lower bounds that a point has room for: 1, 4 or 8. */
  nBounds: i32;
  /** i32[n]; -1 before the first step. */
  labels: usize;
  /** f32[n]: at most so far from the own centroid, less that centroid's path. */
  uppers: usize;
  /** f32[n][nBounds]: at least so far from a group's other centroids, plus the group's path. */
  lowers: usize;
  panels: usize;
  bias: usize;
  /** f32[k][features]: the centroids, row by row. */
  rows: usize;
  /** f32[k]: how far each centroid has moved in all. */
  paths: usize;
  /** f32[8]: sum of the longest moves in each group. */
  groupPaths: usize;
  /** f64[k][features], f64[k] and f64, a thread each: sums and counts of the points that moved in, less out, and how many moved. */
  moved: usize;
  /** Bytes of a thread's `moved`. */
  movedBytes: usize;
  /** 1: no bound holds, every point is measured against every centroid. */
  fresh: i32;
  /** What rounding may add to a squared distance: linear · ||x|| + square · ||x||² + constant. */
  errorLinear: f32;
  errorSquare: f32;
  errorConstant: f32;
  /** What rounding may add to a bound. */
  slack: f32;
  /** 1: points are first measured in 16 bits. */
  coarse: i32;
  coarsePanels: usize;
  /** i16[k][features] */
  coarseRows: usize;
  /** What a product of whole numbers stands for. */
  coarseFactor: f32;
  /** What rounding to 16 bits may add to a squared distance: coarseLinear · ||x|| + coarseResidual · ||what is left out of x||. */
  coarseLinear: f32;
  coarseResidual: f32;
}
