import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { TABLE_BOUND } from './tolerance.js';

/** A matrix of librosa's, [rows, columns]: every `stride`-th value and the sum of each row. */
export interface ReferenceMatrix {
  readonly shape: readonly [number, number];
  readonly stride: number;
  readonly values: readonly number[];
  readonly row_sums: readonly number[];
}

interface ReferenceTables {
  readonly mel: readonly (ReferenceMatrix & { sample_rate: number; n_fft: number; n_mels: number })[];
  readonly chroma: readonly (ReferenceMatrix & { sample_rate: number; n_fft: number; n_chroma: number; tuning: number })[];
  readonly dct: readonly (ReferenceMatrix & { n_in: number; n_out: number })[];
  readonly window: readonly { n_fft: number; win_length: number; values: readonly number[] }[];
  readonly contrast: readonly { sample_rate: number; n_fft: number; bands: readonly { start: number; end: number; count: number; holes: number }[] }[];
  readonly mel_frequencies: { n: number; fmin: number; fmax: number; values: readonly number[] };
  readonly hz_to_mel: readonly (readonly [hz: number, mel: number])[];
  readonly hz_to_octs: readonly (readonly [hz: number, tuning: number, binsPerOctave: number, octs: number])[];
  readonly fft_frequencies: readonly { sample_rate: number; n_fft: number; values: readonly number[] }[];
}

/** librosa's and scipy's own tables in float64, made by test/golden/make_tables.py. */
export const referenceTables = JSON.parse(readFileSync(new URL('../golden/tables.json', import.meta.url), 'utf8')) as ReferenceTables;

/** Holds numbers to others, to TABLE_BOUND of the largest. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, what = 'values'): void {
  expect(actual.length, `number of ${what}`).toBe(expected.length);
  const largest = Math.max(...Array.from(expected, Math.abs), 1e-300);
  const worst = Math.max(0, ...Array.from(expected, (value, i) => Math.abs(actual[i]! - value)));
  expect(worst / largest, what).toBeLessThan(TABLE_BOUND);
}

/** Holds one of our tables, [columns, rows] row-major, to a matrix of librosa's, which is its transpose. */
export function expectTransposeOf(table: Float64Array, reference: ReferenceMatrix): void {
  const [rows, columns] = reference.shape;
  expect(table.length).toBe(rows * columns);
  const transposed = Float64Array.from({ length: rows * columns }, (_, i) => table[(i % columns) * rows + Math.floor(i / columns)]!);
  expectClose(transposed.filter((_, i) => i % reference.stride === 0), reference.values);
  const sums = Float64Array.from({ length: rows }, (_, row) => transposed.subarray(row * columns, (row + 1) * columns).reduce((a, b) => a + b, 0));
  expectClose(sums, reference.row_sums, 'sums of rows');
}
