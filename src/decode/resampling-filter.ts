import { resamplingRatio, type ResamplingRatio } from './resampling-ratio.js';
import { resamplingResponse } from './resampling-response.js';

/** A low-pass filter, sampled for every phase that a pair of rates needs. */
export interface ResamplingFilter extends ResamplingRatio {
  /** Samples that a window has, a multiple of 8. */
  readonly taps: number;
  /** How many of them lie before the sample that the result lies at or behind. */
  readonly before: number;
  /** Phases in the table: `up`, or as many as are needed to read between them, and one more. */
  readonly rows: number;
  readonly exact: boolean;
  /** [rows (+ 1 unless exact), taps]; every row sums to 1. */
  readonly table: Float32Array;
}

/** Numbers that a table of every phase may have: 2 MiB. */
const MOST_NUMBERS = 2 ** 19;
/** Reading between the lines of a table with 1024 of them a sample of the lower rate errs by less than -118 dB. */
const ROWS_BETWEEN = 1024;

/**
 * A table of the filter's response at every phase, to weigh windows of the source with.
 *
 * @param sourceRate Hz, an integer >= 1.
 * @param targetRate Hz, an integer >= 1, another one.
 * @see resamplingResponse
 */
export function createResamplingFilter(sourceRate: number, targetRate: number): ResamplingFilter {
  const { up, down } = resamplingRatio(sourceRate, targetRate);
  const response = resamplingResponse(sourceRate, targetRate);
  const samples = Math.max(1, sourceRate / targetRate); // of the source in one of the lower rate
  const reach = Math.ceil(response.half * samples);
  // The window reaches `reach` samples to either side; it may be longer behind, where it is filled up with zeros.
  const taps = 8 * Math.ceil((2 * reach) / 8);
  const before = reach - 1;
  const exact = up * taps <= MOST_NUMBERS;
  const rows = exact ? up : Math.max(4, 2 ** Math.ceil(Math.log2(ROWS_BETWEEN / samples)));

  const table = new Float32Array((exact ? rows : rows + 1) * taps);
  const row = new Float64Array(2 * reach);
  for (let offset = 0, phase = 0; offset < table.length; offset += taps, phase++) {
    response.fill(row, (-before - phase / rows) / samples, 1 / samples);
    const sum = row.reduce((total, value) => total + value, 0);
    for (let i = 0; i < row.length; i++) table[offset + i] = row[i]! / sum;
  }
  return { up, down, taps, before, rows, exact, table };
}
