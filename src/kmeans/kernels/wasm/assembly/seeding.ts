/** Greedy k-means++ as the host lays it out: one run's seeding, and the points. */

/** Half of float32's spacing at 1. */
export const UNIT: f32 = 5.9604644775390625e-8;

/** One run's seeding as the host lays it out. See ../plus-plus.ts. */
@unmanaged
export class Seeding {
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
  /** f64[blocks][2][room]: half of what the candidates gain, at least and at most; or, of contenders, exactly what they gain. */
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
export class Placed {
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
export function at(base: usize, i: i32): usize {
  return base + ((<usize>i) << 2);
}

@inline
export function seedingAt(runs: usize, r: i32): Seeding {
  return changetype<Seeding>(runs + <usize>r * offsetof<Seeding>());
}
