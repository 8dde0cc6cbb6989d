/** Soundkin's features from samples in memory or from files, on one backend; first its rows of the golden signals must be librosa's. */
import { featureContestant, measureRows } from '../../src/bench/index.js';
import { createAnalysisSettings } from '../../src/config/analysis.js';
import { decodeFile } from '../../src/decode/index.js';
import type { BackendName, Device } from '../../src/device/device.js';
import { openDevice } from '../../src/device/open-device.js';
import { createBatcher, featureLayout, type Sound } from '../../src/features/index.js';
import { VERSION } from '../../src/version.js';
import { differences, rows as golden, settings as goldenSettings, soundOf, unsettled } from '../../test/support/golden-rows.js';
import { readJob, serve } from './adapter.js';

interface Job {
  readonly backend: BackendName;
  readonly from: 'memory' | 'file';
  readonly files: readonly string[];
  readonly sampleRate: number;
  readonly threads: number;
  /** Of each sound, its beginning alone: a slow backend does a part. */
  readonly maxSeconds?: number;
}

/** @throws where a row of a golden signal is not librosa's. */
async function checkGolden(device: Device): Promise<void> {
  const measured = await measureRows(device, golden.map(soundOf), goldenSettings);
  for (const [i, row] of golden.entries()) {
    const [first] = differences('seed', measured[i]?.seed ?? new Float32Array(row.seed.length).fill(NaN), row.seed, unsettled(row));
    if (first !== undefined) throw new Error(`not librosa's row of ${row.signal}: ${first}`);
  }
}

const job = readJob<Job>();
const settings = createAnalysisSettings({ sampleRate: job.sampleRate });
const { device } = await openDevice(job.backend);
await checkGolden(device);

const load = async (path: string): Promise<Sound> => {
  const { samples, sampleRate } = await decodeFile(path, { sampleRate: job.sampleRate, ...(job.maxSeconds !== undefined && { maxSeconds: job.maxSeconds }) });
  return { samples, sampleRate };
};
const sounds: Sound[] = [];
if (job.from === 'memory') for (const file of job.files) sounds.push(await load(file));
const contestant = featureContestant(device, sounds, settings);

const batcher = createBatcher<null>(settings, device);
async function fromFiles(): Promise<void> {
  for (const file of job.files) await batcher.add(await load(file), null);
  await batcher.finish();
}

let rows: readonly number[][] = [];
await serve(
  { peer: `Soundkin, ${device.backend}`, version: VERSION, threads: job.threads, note: device.description },
  {
    run: async () => {
      const seconds = job.from === 'memory' ? await contestant.run() : await fromFiles();
      if (rows.length === 0) {
        const measured = await measureRows(device, job.from === 'memory' ? sounds : await Promise.all(job.files.map(load)), settings);
        rows = measured.map((row) => [...row!.seed]);
      }
      return seconds ?? undefined;
    },
    result: () => Object.fromEntries(featureLayout('seed', settings).blocks.map(({ feature, start, width }) => [feature, rows.map((row) => row.slice(start, start + width))])),
  },
);
