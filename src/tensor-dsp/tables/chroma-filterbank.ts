import { hzToOcts } from './frequencies.js';

/** What a chroma filterbank depends on. */
export interface ChromaFilterbankSettings {
  readonly sampleRate: number;
  readonly nFft: number;
  /** Pitch classes an octave, default 12. */
  readonly nChroma?: number;
  /** Deviation from A440 in fractions of a pitch class, -0.5 to 0.5, default 0. */
  readonly tuning?: number;
}

/** Octave at which the dominance window is centred, and its width in octaves. */
const CENTRE_OCTAVE = 5;
const OCTAVE_WIDTH = 2;

/**
 * Gaussian bumps that fold a spectrum onto pitch classes, C first, strongest around the fifth octave.
 *
 * @returns [nBins, nChroma] row-major, 0 to 1, float64: a power spectrum times this is its raw chroma.
 * @see Ellis 2007, "Chroma feature analysis and synthesis"; librosa `filters.chroma`, transposed.
 */
export function chromaFilterbank({ sampleRate, nFft, nChroma = 12, tuning = 0 }: ChromaFilterbankSettings): Float64Array {
  const position = new Float64Array(nFft);
  for (let k = 1; k < nFft; k++) position[k] = nChroma * hzToOcts((k * sampleRate) / nFft, tuning, nChroma);
  position[0] = position[1]! - 1.5 * nChroma; // 0 Hz has no pitch: put it one and a half octaves below bin 1

  const nBins = Math.floor(nFft / 2) + 1;
  const half = roundHalfToEven(nChroma / 2);
  const toC = 3 * Math.floor(nChroma / 12); // positions count from A: turn them so that column 0 is C
  const weights = new Float64Array(nBins * nChroma);
  for (let k = 0; k < nBins; k++) {
    const width = k + 1 < nFft ? Math.max(position[k + 1]! - position[k]!, 1) : 1;
    const row = weights.subarray(k * nChroma, (k + 1) * nChroma);
    let squares = 0;
    for (let c = 0; c < nChroma; c++) {
      const distance = remainder(position[k]! - c + half + 10 * nChroma, nChroma) - half;
      const bump = Math.exp(-0.5 * ((2 * distance) / width) ** 2);
      row[(c - toC + nChroma) % nChroma] = bump;
      squares += bump * bump;
    }
    const dominance = Math.exp(-0.5 * ((position[k]! / nChroma - CENTRE_OCTAVE) / OCTAVE_WIDTH) ** 2);
    const gain = squares > 0 ? dominance / Math.sqrt(squares) : dominance;
    for (let c = 0; c < nChroma; c++) row[c]! *= gain;
  }
  return weights;
}

/** The remainder with the sign of the divisor, as numpy's. */
function remainder(value: number, divisor: number): number {
  return value - divisor * Math.floor(value / divisor);
}

/** Rounding as numpy's: a half goes to the even neighbour. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
