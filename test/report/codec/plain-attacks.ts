import { FRAME } from '../../../src/report/codec/band-steps.js';

/** Samples over which power is measured: 3 ms at 22 050 Hz. */
const STRETCH = 64;
/** An attack is this many times the power before it. */
const RISE = 8;
/** What is left of a past power after one stretch: an ear forgets within some 20 ms. */
const MEMORY = 0.7;
/** Power of a sample below which nothing is an attack: -64 dB of full scale, differentiated. */
const QUIET = 400;

/**
 * Frames with an attack, whose noise must not be spread over the silence before it.
 *
 * @param x [frames * FRAME] samples of 16 bits' scale.
 * @returns [frames] 1 where the power of the signal's difference, in which attacks stand out, rises at once.
 */
export function plainAttacks(x: Float64Array): Uint8Array {
  const isShort = new Uint8Array(x.length / FRAME);
  let past = Infinity;
  let before = 0;
  for (let from = 0; from < x.length; from += STRETCH) {
    let power = 0;
    for (let i = from; i < from + STRETCH; i++) {
      const sample = x[i]!;
      power += (sample - before) * (sample - before);
      before = sample;
    }
    if (power > RISE * past + STRETCH * QUIET) {
      isShort[Math.floor(from / FRAME)] = 1;
      if (from > 0) isShort[Math.floor((from - STRETCH) / FRAME)] = 1;
    }
    past = from === 0 ? power : Math.max(power, MEMORY * past);
  }
  return isShort;
}
