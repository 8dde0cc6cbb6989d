import { describe, expect, it } from 'vitest';
import { createResamplingFilter } from '../../src/decode/resampling-filter.js';

const PAIRS = [
  [44100, 22050],
  [48000, 22050],
  [32000, 22050],
  [96000, 22050],
  [192000, 22050],
  [176400, 22050],
  [11025, 22050],
  [8000, 22050],
  [44101, 22050],
  [22051, 22050],
  [6_144_000, 22050],
  [100, 22050],
  [44100, 1000],
  [8000, 384_000],
] as const;

describe.each(PAIRS)('the filter from %i Hz to %i Hz', (source, target) => {
  const { up, down, taps, before, rows, exact, table } = createResamplingFilter(source, target);
  const row = (i: number): Float32Array => table.subarray(i * taps, (i + 1) * taps);

  it('is a table of bounded size, its windows of a length that the kernel takes', () => {
    expect(up * source).toBe(down * target);
    expect(taps % 8).toBe(0);
    expect(table).toHaveLength((exact ? rows : rows + 1) * taps);
    expect(table.length).toBeLessThanOrEqual(2 ** 19);
    if (exact) expect(rows).toBe(up);
  });

  it('passes a constant at every phase', () => {
    for (let i = 0; i < table.length / taps; i++) expect(row(i).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
  });

  it('is symmetric about the time of the result: no delay', () => {
    const peak = table.reduce((largest, value) => Math.max(largest, value), 0);
    // The response at n - phase / rows is the one at -n + phase / rows: row `rows - phase`, read backwards.
    for (const i of [0, 1, Math.floor(rows / 3), rows - 1].filter((i) => i < rows)) {
      const mirrored = i === 0 ? row(0) : row(rows - i);
      const centre = i === 0 ? 2 * before : 2 * before + 1;
      const values = row(i);
      let worst = 0;
      for (let n = 0; n < taps; n++) {
        const other = centre - n;
        worst = Math.max(worst, Math.abs(values[n]! - (other >= 0 && other < taps ? mirrored[other]! : 0)));
      }
      expect(worst).toBeLessThan(3e-7 * peak);
    }
  });
});

it('between the rows of a table for odd rates lies what the exact one would have, to -118 dB', () => {
  const odd = createResamplingFilter(44101, 22050);
  expect(odd.exact).toBe(false);
  const { taps, rows, table } = odd;
  for (const i of [0, 100, rows - 2]) {
    // A table of half the density errs by four times as much as this one.
    let worst = 0;
    for (let n = 0; n < taps; n++) worst = Math.max(worst, Math.abs(table[(i + 1) * taps + n]! - (table[i * taps + n]! + table[(i + 2) * taps + n]!) / 2));
    expect(worst / 4).toBeLessThan(1e-6);
  }
});
