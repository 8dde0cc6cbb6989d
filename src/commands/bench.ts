import { createHash } from 'node:crypto';
import { audioSeconds, checkedDevices, featureContestant, FIXED_POINTS, FIXED_SOUNDS, FIXED_WORKLOAD_VERSION, fittingPoints, fittingSounds, fixedPoints, fixedSounds, framesOf, kmeansContestant, machineFacts, runRounds, type MachineFacts } from '../bench/index.js';
import { createAnalysisSettings } from '../config/analysis.js';
import type { BackendName, Device } from '../device/device.js';
import type { Refusal } from '../device/open-device.js';
import { messageOf, SoundkinError } from '../errors.js';
import type { Sound } from '../features/index.js';
import type { OnProgress, ProgressEvent } from '../progress.js';
import { compareBenches, readBench, type BenchComparison } from './bench-compare.js';
import { decodeRows } from './bench-decode.js';
import { pointsRow, soundRow, type BenchRow } from './bench-rows.js';
import { sampleFiles, type Sample } from './bench-sample.js';
import type { FileProblem } from './extract.js';

export interface BenchOptions {
  /** Files and folders to take a sample of; without any, the fixed workload is measured. */
  readonly sounds?: readonly string[];
  /** This backend alone. */
  readonly backend?: BackendName | 'auto' | undefined;
  /** Files of the sample at most; default 50. */
  readonly files?: number;
  /** Minutes of sound in the sample at most; default 10. */
  readonly minutes?: number;
  /** Rounds that count; default 5. */
  readonly rounds?: number;
  /** Seconds that one round of one backend is to take about; default 0.7. Slow backends measure a part of the workload. */
  readonly roundSeconds?: number;
  /** A file with another machine's `--json`. */
  readonly compare?: string | undefined;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export interface BenchOutcome {
  readonly kind: 'hardware' | 'files';
  /** Names the workload: figures are compared only where it is the same. */
  readonly workload: string;
  readonly machine: MachineFacts;
  /** Files of the sample, null for the fixed workload. */
  readonly sample: { readonly files: number; readonly found: number; readonly audioSeconds: number; readonly cut: number } | null;
  readonly rows: readonly BenchRow[];
  /** The backend that `auto` takes; null where only one was tried. */
  readonly auto: BackendName | null;
  readonly refused: readonly Refusal[];
  readonly problems: readonly FileProblem[];
  readonly compared: BenchComparison | null;
  /** What the whole bench took. */
  readonly seconds: number;
}

const SAMPLE_RATE = FIXED_SOUNDS.sampleRate;
/** A backend whose rounds took so long is not asked for all of them. */
const PATIENCE_SECONDS = 4;

/**
 * Measures how fast this machine decodes, resamples, measures and clusters: on a sample of somebody's own sounds, or on sounds and points made in
 * memory, the same on every machine. Backends take turns, round by round, after each has shown that its features are right.
 *
 * @throws SCAN_NOT_FOUND, SCAN_EMPTY, DEVICE_UNAVAILABLE, DEVICE_WRONG_NUMBERS, CONFIG_RANGE; BENCH_COMPARE when the file to compare with cannot be read, or is of another workload.
 */
export async function bench(options: BenchOptions = {}): Promise<BenchOutcome> {
  const started = performance.now();
  const { sounds = [], backend, files = 50, minutes = 10, rounds = 5, roundSeconds = 0.7, signal, onProgress } = options;
  requireCounts({ files, rounds });
  if (!(minutes > 0)) throw new SoundkinError('CONFIG_RANGE', `bench: expected more than 0 minutes of sound, got ${minutes}. Give a larger number.`);
  const machine = machineFacts(); // its load is that of before
  const other = options.compare === undefined ? null : await readBench(options.compare);
  const sample = sounds.length === 0 ? null : await sampleFiles({ sounds, files, minutes, signal, onProgress });
  const workload = workloadName(sample);
  if (other !== null) compareBenches(other, { workload, rows: [] }); // to be told at once of what cannot be compared

  const { devices, refused, auto } = await checkedDevices(backend === 'auto' ? undefined : backend);
  const settings = createAnalysisSettings({ sampleRate: SAMPLE_RATE });
  const counter = progressOf(onProgress, rounds + 1);
  const timing = { rounds, patienceSeconds: PATIENCE_SECONDS, signal };

  const decoded = sample === null ? null : await decodeRows(sample.files, SAMPLE_RATE, { ...timing, onRun: counter('decode', 2) }, roundSeconds);
  const all: readonly Sound[] = decoded?.sounds ?? fixedSounds().map((samples) => ({ samples, sampleRate: SAMPLE_RATE }));
  const rows: BenchRow[] = [...(decoded?.rows ?? [])];
  const failed: Refusal[] = [...refused];

  const measuring = await openEach(devices, failed, async (device) => {
    const part = await fittingSounds(device, all, settings, roundSeconds);
    return { part, contestant: featureContestant(device, part, settings) };
  });
  try {
    const seconds = await runRounds(measuring.map(({ contestant }) => contestant), { ...timing, onRun: counter('features', measuring.length) });
    measuring.forEach(({ device, part }, i) => rows.push(soundRow('features', device, part, framesOf(part, settings), seconds[i]!)));
  } finally {
    for (const { contestant } of measuring) contestant.dispose();
  }

  const { n, d, nClusters, iterations } = FIXED_POINTS;
  const points = fixedPoints(n, d, nClusters);
  const able = devices.filter((device) => measuring.some((entry) => entry.device === device));
  const clustering = await openEach(able, failed, async (device) => {
    const work = await fittingPoints(device, { values: points, d, nClusters, iterations }, roundSeconds);
    return { work, contestant: await kmeansContestant(device, work) };
  });
  try {
    const seconds = await runRounds(clustering.map(({ contestant }) => contestant), { ...timing, onRun: counter('kmeans', clustering.length) });
    clustering.forEach(({ device, work, contestant }, i) => rows.push(pointsRow(device, work.values.length / d, contestant.nIter, seconds[i]!)));
  } finally {
    for (const { contestant } of clustering) contestant.dispose();
  }

  return {
    kind: sample === null ? 'hardware' : 'files',
    workload,
    machine,
    sample: sample === null ? null : { files: sample.files.length, found: sample.found, audioSeconds: audioSeconds(all), cut: sample.files.filter(({ isCut }) => isCut).length },
    rows,
    auto,
    refused: failed,
    problems: sample?.problems ?? [],
    compared: other === null ? null : compareBenches(other, { workload, rows }),
    seconds: (performance.now() - started) / 1000,
  };
}

function requireCounts(counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) {
    if (!Number.isSafeInteger(count) || count < 1) throw new SoundkinError('CONFIG_RANGE', `bench: expected ${name} to be an integer of at least 1, got ${count}. Choose one in that range.`);
  }
}

/** Prepares each device; one that fails meanwhile is refused with the reason, and the others go on. */
async function openEach<T>(devices: readonly Device[], refused: Refusal[], prepare: (device: Device) => Promise<T>): Promise<(T & { device: Device })[]> {
  const ready: (T & { device: Device })[] = [];
  for (const device of devices) {
    try {
      ready.push({ ...(await prepare(device)), device });
    } catch (error) {
      refused.push({ backend: device.backend, reason: `stopped while it was measured: ${messageOf(error)}` });
    }
  }
  return ready;
}

function workloadName(sample: Sample | null): string {
  if (sample === null) return `fixed-${FIXED_WORKLOAD_VERSION}`;
  const hash = createHash('sha256');
  for (const { contentId, samples } of sample.files) hash.update(`${contentId} ${samples.length}\n`);
  return `files-${hash.digest('hex').slice(0, 12)}-fixed-${FIXED_WORKLOAD_VERSION}`;
}

function progressOf(onProgress: OnProgress | undefined, rounds: number): (stage: ProgressEvent['stage'], contestants: number) => () => void {
  return (stage, contestants) => {
    let done = 0;
    return () => onProgress?.({ stage, done: ++done, total: Math.max(done, rounds * contestants) });
  };
}
