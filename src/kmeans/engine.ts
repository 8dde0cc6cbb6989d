import type { Random } from '../random.js';
import type { Accumulator } from './accumulation.js';
import type { LloydStart } from './lloyd.js';

/** One run's seeding: how many centres, and the stream that they are drawn from. */
export interface SeedJob {
  readonly nClusters: number;
  readonly random: Random;
}

/** Points made ready to be clustered, and the two things that take time. */
export interface Engine {
  readonly nPoints: number;
  readonly nFeatures: number;
  /** [d], what the points were centred by. */
  readonly meanValues: Float32Array;
  /** Sum of the squared lengths of all centred points. */
  readonly totalSquares: number;
  /** Runs of so many clusters that may go together. */
  runsTogether(nClusters: number): number;
  /** Greedy k-means++ of several runs together: [runs][nClusters] row numbers. */
  plusPlus(jobs: readonly SeedJob[]): Promise<Int32Array[]>;
  /** Some of the centred points, [rows.length * d]. */
  rows(rows: ArrayLike<number>): Promise<Float32Array>;
  /** What a batch of runs is summed by. The caller disposes it before the next is made. */
  createAccumulator(starts: readonly LloydStart[]): Promise<Accumulator>;
  dispose(): void;
}
