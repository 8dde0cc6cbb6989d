/** Hz of every preview: what is below 11 kHz is enough to know a sound. */
export const PREVIEW_RATE = 22_050;
/** Samples, and coefficients, of a frame: 23 ms at 22 050 Hz. */
export const FRAME = 512;
/** Samples of a short frame. */
export const SHORT_FRAME = 128;
/** The first coefficient of each band, and the end: bands of 86 Hz at first, of a third of an octave above. */
export const BAND_EDGES: readonly number[] = [0, 4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 76, 88, 104, 120, 140, 164, 192, 224, 264, 312, 368, 436, FRAME];
export const BANDS = BAND_EDGES.length - 1;

/** log2 of each band's coefficients, rounded: what a band's whole power has over that of one coefficient, in levels. */
const BAND_WIDTHS = Int32Array.from({ length: BANDS }, (_, band) => Math.round(Math.log2(BAND_EDGES[band + 1]! - BAND_EDGES[band]!)));

/** How fast a band's masking falls towards higher and lower bands, in levels of 3 dB a band. */
const UPWARD = 3;
const DOWNWARD = 8;
/** Eighths of a level between what reaches a band and its noise: 9 dB at PIVOT, and 2.5 dB more for every 10 dB that the band itself is louder. */
const MARGIN = 24;
const LOUDER = 2;
/** The level, -30 dB of full scale, at which MARGIN holds. */
const PIVOT = 20;
/** The finest step: two steps of 16 bits. */
const FINEST = 2;

/**
 * How coarsely each band may be quantised so that the noise is masked. All in whole numbers, so that encoder and decoder find the same on any machine.
 *
 * A level is 3 dB: band b has a power of 2^levels[b] a coefficient, in samples of 16 bits, and its step will be 2^(steps[b] / 2), whose noise lies 11 dB below that. The noise
 * follows the power that reaches a band from itself and its neighbours, so it rises and falls with the sound, in time and in frequency.
 *
 * @param levels [bands]
 * @param coarser levels to add: 0 is the usual quality.
 * @param steps  [bands] takes the result.
 * @see Zwicker & Fastl 1990 on masking's slopes; the numbers were chosen by noise-to-mask ratio on real sounds.
 */
export function bandSteps(levels: Int32Array, coarser: number, steps: Int32Array): void {
  let reach = -1000;
  for (let band = 0; band < BANDS; band++) {
    reach = Math.max(reach - UPWARD, levels[band]! + BAND_WIDTHS[band]!);
    steps[band] = reach;
  }
  reach = -1000;
  for (let band = BANDS - 1; band >= 0; band--) {
    reach = Math.max(reach - DOWNWARD, steps[band]!);
    const eighths = 8 * (reach - BAND_WIDTHS[band]!) - MARGIN - LOUDER * (levels[band]! - PIVOT);
    steps[band] = Math.max(FINEST, (eighths >> 3) + coarser);
  }
}
