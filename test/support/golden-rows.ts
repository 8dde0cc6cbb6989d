import { readFileSync } from 'node:fs';
import { createAnalysisSettings } from '../../src/config/analysis.js';
import { columnNames, featureLayout, type FeatureLayoutName } from '../../src/features/feature-set.js';
import { goldenCases } from './golden.js';

/** A track's rows as librosa and NumPy make them: test/golden/make_rows.py. */
export interface GoldenRow {
  readonly signal: string;
  readonly samples: number;
  readonly seed: number[];
  readonly kin: number[];
}

export const { rows } = JSON.parse(readFileSync(new URL('../golden/rows.json', import.meta.url), 'utf8')) as { rows: GoldenRow[] };
/** The settings of all rows. */
export const settings = createAnalysisSettings();
const signals = new Map(goldenCases().map(({ signal, samples }) => [`${signal}.wav`, samples]));
export const soundOf = ({ signal, samples }: GoldenRow): { samples: Float32Array; sampleRate: number } => ({
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
export function differences(layout: FeatureLayoutName, actual: Float32Array, expected: readonly number[], skip?: RegExp): string[] {
  const names = columnNames(featureLayout(layout, settings));
  if (actual.length !== expected.length) throw new Error(`expected ${expected.length} columns, got ${actual.length}`);
  return names.flatMap((name, i) => {
    const gap = Math.abs(actual[i]! - expected[i]!);
    // A standard deviation of bandwidth over frames carries the bound of the bandwidth itself, which is large beside it.
    const reference = /_(std|weightedStd)$/.test(name) ? Math.max(expected[i]!, Math.abs(expected[names.indexOf(name.replace(/(s|weightedS)td$/, 'mean'))]!)) : expected[i]!;
    return gap <= bound(name, reference) || skip?.test(name) ? [] : [`${name}: expected ${expected[i]}, got ${actual[i]}`];
  });
}

/** librosa's own tuning of single clicks depends on its rounding, and with it the chroma. */
export const unsettled = ({ signal, samples }: GoldenRow): RegExp | undefined => (signal === 'impulses.wav' || samples === 1 ? /^chroma/ : undefined);
