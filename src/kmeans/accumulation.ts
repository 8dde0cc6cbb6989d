import * as tf from '@tensorflow/tfjs-core';
import type { ReadBack } from './read-back.js';
import type { CentredPoints } from './centre-points.js';
import type { ClusterSums } from './update-centroids.js';
import { accumulateOnDevice } from './accumulate-on-device.js';
import { accumulateOnHost } from './accumulate-on-host.js';

/** Where the points of a cluster are summed when no kernel does it: by the processor, or by the device the tensors lie on. */
export type Accumulation = 'host' | 'device';

/** One run's sums after a step, and how many points changed their cluster in it. Good until the next step. */
export interface StepSums extends ClusterSums {
  readonly nChanged: number;
}

/** A run and where it stands. Runs are named by their number at the start. */
export interface RunCentroids {
  readonly run: number;
  readonly nClusters: number;
  /** [nClusters * d], of the centred points. */
  readonly centroids: Float32Array;
}

/** Points, and to which cluster of every run they belong. */
export interface Accumulator {
  /** Assigns every point to the nearest of each run's centroids and sums the points of every cluster. */
  step(runs: readonly RunCentroids[]): Promise<StepSums[]>;
  /** Forgets all runs but these, which are some of the last step's, in its order. */
  keep(runs: readonly number[]): void;
  /** Assigns every point to the nearest of one run's centroids, and tells how far it is. */
  assign(run: RunCentroids): Promise<{ labels: Int32Array; squaredDistances: Float32Array }>;
  /** Some of the centred points, [rows.length * d]. */
  rows(rows: readonly number[]): Promise<ArrayLike<number>>;
  dispose(): void;
}

/** Backends whose tensors lie in this process's own memory: there, reading costs a copy at most. */
const HOST_BACKENDS = new Set(['cpu', 'wasm']);

/** Where summing is faster with the backend that is now set. */
export function chooseAccumulation(): Accumulation {
  return HOST_BACKENDS.has(tf.getBackend()) ? 'host' : 'device';
}

/** @param nClusters of every run. */
export function createAccumulator(kind: Accumulation, points: CentredPoints, nClusters: number, read: ReadBack): Promise<Accumulator> {
  return kind === 'host' ? accumulateOnHost(points, nClusters, read) : Promise.resolve(accumulateOnDevice(points, nClusters, read));
}
