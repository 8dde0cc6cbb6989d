import * as tf from '@tensorflow/tfjs-core';
import type { AnalysisSettings } from '../config/analysis.js';
import type { Device } from '../device/device.js';
import { createBatcher, featureLayout, type Sound, type TrackFeatures } from '../features/index.js';
import type { Contestant } from './run-rounds.js';

/** Sound that a backend of unknown speed is tried on. */
const TRIAL_SECONDS = 1.5;

/** Makes a device's backend the one that computes: several are open, and take turns. */
async function takeTurn({ backend }: Device): Promise<void> {
  if (tf.getBackend() !== backend) await tf.setBackend(backend);
}

/** Measures sounds again and again, as an extraction does. */
export function featureContestant(device: Device, sounds: readonly Sound[], settings: AnalysisSettings): Contestant & { dispose(): void } {
  const batcher = createBatcher<null>(settings, device);
  return {
    run: async () => {
      await takeTurn(device);
      const started = performance.now();
      for (const sound of sounds) await batcher.add(sound, null);
      await batcher.finish();
      return (performance.now() - started) / 1000;
    },
    dispose: () => batcher.dispose(),
  };
}

/** The rows of sounds, in their order; undefined where a sound has none. */
export async function measureRows(device: Device, sounds: readonly Sound[], settings: AnalysisSettings): Promise<(TrackFeatures | undefined)[]> {
  await takeTurn(device);
  const rows: (TrackFeatures | undefined)[] = sounds.map(() => undefined);
  const batcher = createBatcher<number>(settings, device);
  try {
    for (const [i, sound] of sounds.entries()) for (const { tag, features } of await batcher.add(sound, i)) rows[tag] = features;
    for (const { tag, features } of await batcher.finish()) rows[tag] = features;
  } finally {
    batcher.dispose();
  }
  return rows;
}

/**
 * The beginning of a workload that a device measures in about so many seconds: all of it, or whole sounds, or a part of the first.
 *
 * @param sounds not empty.
 */
export async function fittingSounds(device: Device, sounds: readonly Sound[], settings: AnalysisSettings, seconds: number): Promise<readonly Sound[]> {
  const all = audioSeconds(sounds);
  for (let length = TRIAL_SECONDS; ; ) {
    const part = beginning(sounds, length);
    const contestant = featureContestant(device, part, settings);
    let took: number;
    try {
      await contestant.run(); // builds tables, compiles
      took = (await contestant.run()) as number;
    } finally {
      contestant.dispose();
    }
    // A small trial tells little of a device that wants much at once, so it grows by and by.
    if (length >= all || took * 2 > seconds) return part;
    length *= Math.min(Math.max(seconds / took, 2), 8);
  }
}

function beginning(sounds: readonly Sound[], seconds: number): Sound[] {
  const part: Sound[] = [];
  let left = seconds;
  for (const sound of sounds) {
    if (left <= 0 || (part.length > 0 && audioSeconds([sound]) > left)) break;
    part.push(cut(sound, left));
    left -= audioSeconds([sound]);
  }
  return part;
}

function cut({ samples, sampleRate }: Sound, seconds: number): Sound {
  return { samples: samples.subarray(0, Math.ceil(seconds * sampleRate)), sampleRate };
}

export function audioSeconds(sounds: readonly Sound[]): number {
  return sounds.reduce((sum, { samples, sampleRate }) => sum + samples.length / sampleRate, 0);
}

/** Frames of centred transforms, as librosa counts them. */
export function framesOf(sounds: readonly Sound[], { hopLength }: AnalysisSettings): number {
  return sounds.reduce((sum, { samples }) => sum + 1 + Math.floor(samples.length / hopLength), 0);
}

/** How far rows may lie apart: of the largest value of a feature's block. Backends differ by 1e-4 and less; a wrong transform by more than 1e-2. */
export const ROW_TOLERANCE = 2e-3;

/**
 * The worst difference of two sets of rows, as a share of the largest value of its feature; Infinity where a row is missing or not finite.
 */
export function rowDifference(rows: readonly (TrackFeatures | undefined)[], expected: readonly (TrackFeatures | undefined)[], settings: AnalysisSettings): number {
  let worst = 0;
  for (const name of ['seed', 'kin'] as const) {
    for (const { start, width } of featureLayout(name, settings).blocks) {
      for (const [i, row] of rows.entries()) {
        const got = row?.[name].subarray(start, start + width);
        const right = expected[i]?.[name].subarray(start, start + width);
        if (got === undefined || right === undefined) return Infinity;
        const largest = right.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
        for (let j = 0; j < width; j++) {
          const share = Math.abs(got[j]! - right[j]!) / largest;
          if (!(share <= worst)) worst = Number.isNaN(share) ? Infinity : share;
        }
      }
    }
  }
  return worst;
}
