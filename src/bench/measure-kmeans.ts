import * as tf from '@tensorflow/tfjs-core';
import type { Device } from '../device/device.js';
import { kmeans } from '../kmeans/index.js';
import type { Contestant } from './run-rounds.js';

/** What is clustered: Lloyd's algorithm from the first nClusters points, `iterations` times at most. */
export interface KMeansWork {
  /** [n * d], row by row. */
  readonly values: Float32Array;
  readonly d: number;
  readonly nClusters: number;
  readonly iterations: number;
}

/** Clusters again and again, and tells what came out. */
export interface KMeansContestant extends Contestant {
  /** Of the last run. */
  readonly inertia: number;
  readonly nIter: number;
  dispose(): void;
}

/** Points are sent to the device once, before any round. */
export async function kmeansContestant(device: Device, { values, d, nClusters, iterations }: KMeansWork): Promise<KMeansContestant> {
  const takeTurn = async (): Promise<void> => {
    if (tf.getBackend() !== device.backend) await tf.setBackend(device.backend);
  };
  await takeTurn();
  const points = tf.tensor2d(values, [values.length / d, d]);
  const init = tf.tensor2d(values.slice(0, nClusters * d), [nClusters, d]);
  let last = { inertia: NaN, nIter: 0 };
  return {
    get inertia() {
      return last.inertia;
    },
    get nIter() {
      return last.nIter;
    },
    run: async () => {
      await takeTurn();
      const started = performance.now();
      last = await kmeans(points, { nClusters, init, maxIter: iterations, tol: 0, ...(device.crew && { crew: device.crew }) });
      return (performance.now() - started) / 1000;
    },
    dispose: () => tf.dispose([points, init]),
  };
}

/** Points that every device is asked to cluster. */
const FEWEST_POINTS = 2000;

/** As many of the points as a device clusters in about so many seconds. */
export async function fittingPoints(device: Device, work: KMeansWork, seconds: number): Promise<KMeansWork> {
  const all = work.values.length / work.d;
  for (let n = Math.min(FEWEST_POINTS, all); ; ) {
    const part = { ...work, values: work.values.subarray(0, n * work.d) };
    const contestant = await kmeansContestant(device, part);
    let took: number;
    try {
      await contestant.run();
      took = (await contestant.run()) as number;
    } finally {
      contestant.dispose();
    }
    if (n >= all || took * 2 > seconds) return part;
    n = Math.min(all, Math.round(n * Math.min(Math.max(seconds / took, 2), 8)));
  }
}

/** Multiplications and additions that assigning points to centroids takes at least; whatever else a method does counts as its cost. */
export function assignmentFlops(n: number, d: number, nClusters: number, nIter: number): number {
  return 2 * n * d * nClusters * nIter;
}
