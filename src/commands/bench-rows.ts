import { assignmentFlops, audioSeconds, FIXED_POINTS, relativeSpread, spreadOf, type Spread } from '../bench/index.js';
import type { BackendName, Device } from '../device/device.js';
import type { Sound } from '../features/index.js';

/** One figure: a stage on a backend. */
export interface BenchRow {
  readonly stage: 'decode' | 'resample' | 'features' | 'kmeans';
  /** Null for what no backend does. */
  readonly backend: BackendName | null;
  readonly device: string | null;
  /** A round's work. */
  readonly sounds: number | null;
  readonly audioSeconds: number | null;
  readonly points: number | null;
  /** Seconds of a round. */
  readonly seconds: Spread;
  /** Half the way from the fastest to the slowest round, as a share of the median. */
  readonly spread: number;
  readonly xRealTime: number | null;
  readonly soundsPerSecond: number | null;
  readonly microsecondsPerFrame: number | null;
  readonly gflops: number | null;
}

/** The figures of a stage that works on sounds. */
export function soundRow(stage: BenchRow['stage'], device: Device | null, sounds: readonly Sound[], frames: number | null, rounds: readonly number[]): BenchRow {
  const seconds = spreadOf(rounds);
  const audio = audioSeconds(sounds);
  return {
    stage,
    backend: device?.backend ?? null,
    device: device?.description ?? null,
    sounds: sounds.length,
    audioSeconds: audio,
    points: null,
    seconds,
    spread: relativeSpread(seconds),
    xRealTime: audio / seconds.median,
    soundsPerSecond: sounds.length / seconds.median,
    microsecondsPerFrame: frames === null ? null : (1e6 * seconds.median) / frames,
    gflops: null,
  };
}

/** The figures of clustering the fixed points. */
export function pointsRow(device: Device, n: number, nIter: number, rounds: readonly number[]): BenchRow {
  const seconds = spreadOf(rounds);
  const { d, nClusters } = FIXED_POINTS;
  return {
    stage: 'kmeans',
    backend: device.backend,
    device: device.description,
    sounds: null,
    audioSeconds: null,
    points: n,
    seconds,
    spread: relativeSpread(seconds),
    xRealTime: null,
    soundsPerSecond: null,
    microsecondsPerFrame: null,
    gflops: assignmentFlops(n, d, nClusters, nIter) / seconds.median / 1e9,
  };
}
