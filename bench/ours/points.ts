/** Soundkin's k-means on points of a file, one fit for each k, on one backend. */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from '../../src/device/device.js';
import { openDevice } from '../../src/device/open-device.js';
import { kmeans } from '../../src/kmeans/index.js';
import { VERSION } from '../../src/version.js';
import { readJob, serve } from './adapter.js';

interface Job {
  readonly backend: BackendName;
  readonly points: string;
  readonly n: number;
  readonly d: number;
  readonly ks: readonly number[];
  readonly nInit: number;
  readonly seed: number;
  readonly maxIter: number;
  readonly tol: number;
  readonly threads: number;
}

const job = readJob<Job>();
const { device } = await openDevice(job.backend);
const bytes = readFileSync(job.points);
const points = tf.tensor2d(new Float32Array(bytes.buffer, bytes.byteOffset, job.n * job.d), [job.n, job.d]);
let found: { inertia: number; nIter: number }[] = [];

await serve(
  { peer: `Soundkin, ${device.backend}`, version: VERSION, threads: job.threads, note: device.description },
  {
    run: async () => {
      found = [];
      for (const k of job.ks) found.push(await kmeans(points, { nClusters: k, nInit: job.nInit, seed: job.seed, maxIter: job.maxIter, tol: job.tol }));
    },
    result: () => ({ inertia: found.map(({ inertia }) => inertia), iterations: found.map(({ nIter }) => nIter) }),
  },
);
