import { createKaiserSinc } from './kaiser-sinc.js';
import { resamplingRatio } from './resampling-ratio.js';

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
export interface ResamplingResponse {
  /** It is 0 from here on, to either side. */
  readonly half: number;
  /** Read at multiples of this, it has the same gains up to the stop-band. */
  readonly step: number;
  /** Fills `row` with the values at start, start + step, ... */
  fill(row: Float64Array, start: number, step: number): void;
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
export function resamplingResponse(sourceRate: number, targetRate: number): ResamplingResponse {
  // Each halving of the rate is a stage of its own there, of which nothing is seen but that the others have to reject more.
  let halvings = 0;
  while (sourceRate / 2 ** halvings >= 4 * targetRate) halvings++;
  const [source, target] = [sourceRate, targetRate * 2 ** halvings];
  const { up, down } = resamplingRatio(source, target);
  const stages = ATTENUATION + 20 * Math.log10(halvings + 1);

  if (Math.max(up, down) < 5 || up * down < 12) {
    const grid = Math.max(up, down);
    const sharp = sharpFilter(stages, grid);
    return {
      half: sharp.half,
      step: 1 / grid,
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
    step: 1 / (2 * grid),
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
