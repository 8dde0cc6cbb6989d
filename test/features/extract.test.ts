import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAnalysisSettings } from '../../src/config/analysis.js';
import { openDevice } from '../../src/device/open-device.js';
import { createMeasurer, type Measurer, type TrackFeatures } from '../../src/features/extract.js';
import { columnNames, featureLayout, type FeatureLayoutName } from '../../src/features/feature-set.js';
import { goldenCases } from '../support/golden.js';

interface GoldenRow {
  readonly signal: string;
  readonly samples: number;
  readonly seed: number[];
  readonly kin: number[];
}

const { rows } = JSON.parse(readFileSync(new URL('../golden/rows.json', import.meta.url), 'utf8')) as { rows: GoldenRow[] };
const settings = createAnalysisSettings();
const signals = new Map(goldenCases().map(({ signal, samples }) => [`${signal}.wav`, samples]));
const soundOf = ({ signal, samples }: GoldenRow): { samples: Float32Array; sampleRate: number } => ({
  samples: signals.get(signal)!.subarray(0, samples),
  sampleRate: 22050,
});

/**
 * Bounds that follow from those of the frames: 1e-4 of the value for what librosa gives in linear units, 0.01 for decibels and what is made of them.
 * A weighted statistic is bound like the plain one.
 */
function bound(column: string, expected: number): number {
  if (/^(mfcc|contrast)/.test(column)) return 0.01;
  if (column.startsWith('log')) return 1e-4;
  return 1e-4 * Math.max(Math.abs(expected), /^(chroma|flatness|zero)/.test(column) ? 1 : 0) + 1e-9;
}

/** Columns that are outside their bound, for people. */
function differences(layout: FeatureLayoutName, actual: Float32Array, expected: readonly number[], skip?: RegExp): string[] {
  const names = columnNames(featureLayout(layout, settings));
  expect(actual.length).toBe(expected.length);
  return names.flatMap((name, i) => {
    const gap = Math.abs(actual[i]! - expected[i]!);
    // A standard deviation of bandwidth over frames carries the bound of the bandwidth itself, which is large beside it.
    const reference = /_(std|weightedStd)$/.test(name) ? Math.max(expected[i]!, Math.abs(expected[names.indexOf(name.replace(/(s|weightedS)td$/, 'mean'))]!)) : expected[i]!;
    return gap <= bound(name, reference) || skip?.test(name) ? [] : [`${name}: expected ${expected[i]}, got ${actual[i]}`];
  });
}

/** librosa's own tuning of single clicks depends on its rounding, and with it the chroma. */
const unsettled = ({ signal, samples }: GoldenRow): RegExp | undefined => (signal === 'impulses.wav' || samples === 1 ? /^chroma/ : undefined);

describe.each(['composed operations', 'the kernel'])('features of whole tracks by %s', (strategy) => {
  let measurer: Measurer;
  beforeAll(async () => {
    const { device } = await openDevice('wasm');
    measurer = createMeasurer(settings, strategy === 'the kernel' ? device.trackKernel : undefined);
  });
  afterAll(() => measurer.dispose());

  it.each(rows.map((row) => ({ name: `${row.signal}, ${row.samples} samples`, row })))('equal librosa and NumPy: $name', async ({ row }) => {
    const sound = soundOf(row);
    const [features] = await measurer.measure([sound], measurer.frameCount(sound));
    expect(differences('seed', features!.seed, row.seed, unsettled(row))).toEqual([]);
    expect(differences('kin', features!.kin, row.kin, unsettled(row))).toEqual([]);
  });

  it('are those of the sound alone, whatever shares its batch', async () => {
    const sounds = rows.map(soundOf).filter((sound) => measurer.frameCount(sound) <= 80);
    const together = await measurer.measure(sounds, 80);
    for (const [i, sound] of sounds.entries()) {
      const [alone] = await measurer.measure([sound], measurer.frameCount(sound));
      expectClose(together[i]!, alone!);
    }
  });

  it.each([8, 31, 64])('do not depend on tiling a long track by %i frames', async (frames) => {
    const row = rows.find(({ signal, samples }) => signal === 'guit_em9.wav' && samples > 3000)!;
    const sound = soundOf(row);
    const [tiled] = await measurer.measure([sound], frames);
    const [whole] = await measurer.measure([sound], measurer.frameCount(sound));
    expectClose(tiled!, whole!);
  });

  it('leave no tensor behind', async () => {
    const sounds = rows.slice(0, 2).map(soundOf);
    await measurer.measure(sounds, 130);
    const before = tf.memory().numTensors;
    await measurer.measure(sounds, 130);
    await measurer.measure([sounds[0]!], 16);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('notice a row of another sound', async () => {
    const [one, other] = [rows[1]!, rows[2]!];
    const [features] = await measurer.measure([soundOf(one)], 80);
    expect(differences('kin', features!.kin, other.kin).length).toBeGreaterThan(100);
  });
});

/** float32 sums in another order differ in the last digits, no more. */
function expectClose(actual: TrackFeatures, expected: TrackFeatures): void {
  for (const layout of ['seed', 'kin'] as const) {
    const names = columnNames(featureLayout(layout, settings));
    for (const [i, name] of names.entries()) {
      const gap = Math.abs(actual[layout][i]! - expected[layout][i]!);
      const scale = Math.max(Math.abs(expected[layout][i]!), /^(mfcc|contrast)/.test(name) ? 20 : 1e-3);
      expect(gap, `${layout} ${name}: ${actual[layout][i]} against ${expected[layout][i]}`).toBeLessThanOrEqual(2e-4 * scale);
    }
  }
}
