/** Soundkin's k-means on points of a file, for one k or several at once, on one backend. */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from '../../src/device/device.js';
import { openDevice } from '../../src/device/open-device.js';
import { kmeansEach } from '../../src/kmeans/index.js';
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
const { device } = await openDevice(job.backend, { workers: job.threads });
const bytes = readFileSync(job.points);
const points = tf.tensor2d(new Float32Array(bytes.buffer, bytes.byteOffset, job.n * job.d), [job.n, job.d]);
let found: { inertia: number; nIter: number }[] = [];

await serve(
  { peer: `Soundkin, ${device.backend}`, version: VERSION, threads: job.threads, note: device.description },
  {
    run: async () => {
      const { nInit, seed, maxIter, tol } = job;
      found = await kmeansEach(points, job.ks, { nInit, seed, maxIter, tol, ...(device.crew && { crew: device.crew }) });
    },
    result: () => ({ inertia: found.map(({ inertia }) => inertia), iterations: found.map(({ nIter }) => nIter) }),
  },
);
