import { createKaiserSinc } from './kaiser-sinc.js';

/** A low-pass filter, sampled for every phase that a pair of rates needs. */
export interface ResamplingFilter {
  /** Result k lies at k * down / up samples of the source; the two have no common divisor. */
  readonly up: number;
  readonly down: number;
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

// What soxr does at its "HQ". Frequencies are in units of the lower of the two Nyquist frequencies; the constants are fitted
// to impulse responses measured at nine pairs of rates.
const PASSBAND_END = 0.91374366;
const STOPBAND_START = 1;
const DB_PER_BIT = 20 * Math.log10(2);
/** 20 bits, and one for the ripple in the pass-band. */
const ATTENUATION = 21 * DB_PER_BIT;
/** The second filter's window; its attenuation is always the same. */
const GENTLE_BETA = 14.061;
const GENTLE_WIDTH = 15.26;
/** The -6 dB point of the second filter, in parts of its transition band from the upper end. */
const GENTLE_CUTOFF = 0.57196;

/** Numbers that a table of every phase may have: 2 MiB. */
const MOST_NUMBERS = 2 ** 19;
/** Reading between the lines of a table with 1024 of them a sample of the lower rate errs by less than -118 dB. */
const ROWS_BETWEEN = 1024;

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** The filter that limits the band, its taps `grid` to a sample of the lower rate. */
function sharpFilter(attenuation: number, grid: number): { half: number; at: (t: number) => number } {
  const more = attenuation - ATTENUATION;
  const beta = 13.04 + 0.11137 * more + 1.6e-5 * more ** 2;
  const width = 8.3023 + 0.6365 * (beta - 13.04);
  const transition = (STOPBAND_START - PASSBAND_END) / 2 / grid;
  const order = 4 * Math.floor((Math.ceil(width / transition + 1) + 2) / 4);
  const half = (order + 1) / 2 / grid;
  return { half, at: createKaiserSinc((PASSBAND_END + STOPBAND_START) / 2, half, beta) };
}

/** The filter that reads between the taps of the sharp one: soxr lets it take 0.01 dB off the end of the pass-band. */
function gentleFilter(grid: number, lowersRate: boolean): { half: number; at: (t: number) => number } {
  const stopbandStart = 2 * grid - (PASSBAND_END + 0.7 * (STOPBAND_START - PASSBAND_END));
  const transition = stopbandStart - PASSBAND_END;
  const taps = Math.floor((GENTLE_WIDTH * grid) / transition) + 1;
  const half = (taps + (lowersRate ? taps % 2 : 0)) / 2 / grid;
  return { half, at: createKaiserSinc(stopbandStart - GENTLE_CUTOFF * transition, half, GENTLE_BETA) };
}

/** The response of one or both filters at times in samples of the lower rate. */
interface Response {
  readonly half: number;
  /** Fills `row` with the values at start, start + step, ... */
  fill(row: Float64Array, start: number, step: number): void;
}

function responseOf(sourceRate: number, targetRate: number): Response {
  // Each halving of the rate is a stage of its own there, of which nothing is seen but that the others have to reject more.
  let halvings = 0;
  while (sourceRate / 2 ** halvings >= 4 * targetRate) halvings++;
  const [source, target] = [sourceRate, targetRate * 2 ** halvings];
  const divisor = greatestCommonDivisor(source, target);
  const [up, down] = [target / divisor, source / divisor];
  const stages = ATTENUATION + 20 * Math.log10(halvings + 1);

  if (Math.max(up, down) < 5 || up * down < 12) {
    const sharp = sharpFilter(stages, Math.max(up, down));
    return {
      half: sharp.half,
      fill: (row, start, step) => {
        for (let i = 0; i < row.length; i++) row[i] = sharp.at(start + i * step);
      },
    };
  }

  const lowersRate = source > target;
  const grid = !lowersRate ? 2 : source < 2 * target ? (2 * source) / target : source / target;
  const sharp = sharpFilter(stages + DB_PER_BIT, grid);
  const gentle = gentleFilter(grid, lowersRate);
  const last = Math.floor(sharp.half * grid);
  const sharpTaps = Float64Array.from({ length: 2 * last + 1 }, (_, k) => sharp.at((k - last) / grid));
  return {
    half: sharp.half + gentle.half,
    fill: (row, start, step) => {
      const reach = gentle.half * grid;
      // Grid points a step: 2, 1, 1/2, 1/4, ... Every so many steps the gentle filter meets the grid at the same places.
      const pointsPerStep = step * grid;
      const period = Math.max(1, Math.round(1 / pointsPerStep));
      const points = Math.max(1, Math.round(pointsPerStep));
      for (let i = 0; i < period && i < row.length; i++) {
        const place = (start + i * step) * grid;
        const first = Math.ceil(place - reach);
        const weights: number[] = [];
        for (let k = first; k <= place + reach; k++) weights.push(gentle.at((place - k) / grid));
        for (let at = i, k = first + last; at < row.length; at += period, k += points) {
          let sum = 0;
          for (let j = Math.max(0, -k); j < weights.length && k + j < sharpTaps.length; j++) sum += weights[j]! * sharpTaps[k + j]!;
          row[at] = sum;
        }
      }
    },
  };
}

/**
 * The linear-phase filter that soxr's "HQ" (librosa's default, `soxr_hq`) comes to between two rates.
 *
 * soxr chains up to a few filters; here they are one. A Kaiser-windowed sinc falls from 0.914 to 1.0 of the lower Nyquist
 * frequency, and unless the rates stand in a ratio of small numbers, a second one, many times shorter, reads between its
 * taps. The impulse responses differ by -125 to -140 dB, about as much as soxr's own rounding. Between rates of the second
 * kind soxr also loses what rings before the sound's start, so that its first few results may differ by up to -55 dB.
 *
 * @param sourceRate Hz, an integer >= 1.
 * @param targetRate Hz, an integer >= 1, another one.
 */
export function createResamplingFilter(sourceRate: number, targetRate: number): ResamplingFilter {
  const divisor = greatestCommonDivisor(sourceRate, targetRate);
  const [up, down] = [targetRate / divisor, sourceRate / divisor];
  const response = responseOf(sourceRate, targetRate);
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
