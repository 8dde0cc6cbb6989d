/** Soundkin's decoding (job.stage decode: at the file's own rate; load: at job.sampleRate), or its resampling of sounds decoded before. */
import { decodeFile } from '../../src/decode/index.js';
import { resample } from '../../src/decode/resample.js';
import { VERSION } from '../../src/version.js';
import { readJob, serve } from './adapter.js';

interface Job {
  readonly stage: 'decode' | 'load' | 'resample';
  readonly files: readonly string[];
  readonly sampleRate: number;
}

/** As the peer cuts: numpy's array_split. */
const PARTS = 16;

function levels(samples: Float32Array): number[] {
  const [size, longer] = [Math.floor(samples.length / PARTS), samples.length % PARTS];
  let at = 0;
  return Array.from({ length: PARTS }, (_, i) => {
    const part = samples.subarray(at, (at += size + (i < longer ? 1 : 0)));
    return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length);
  });
}

const job = readJob<Job>();
const decoded = job.stage === 'resample' ? await Promise.all(job.files.map((file) => decodeFile(file, { sampleRate: 0 }))) : [];
let kept: Float32Array[] = [];

await serve(
  { peer: 'Soundkin', version: VERSION, threads: 1 },
  {
    run: async () => {
      kept = [];
      if (job.stage === 'load') for (const file of job.files) await decodeFile(file, { sampleRate: job.sampleRate });
      else if (job.stage === 'decode') for (const file of job.files) kept.push((await decodeFile(file, { sampleRate: 0 })).samples);
      else for (const { samples, sampleRate } of decoded) kept.push(await resample(samples, sampleRate, job.sampleRate));
    },
    result: () => ({ level: kept.map(levels) }),
  },
);
