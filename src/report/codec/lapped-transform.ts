import { FRAME, SHORT_FRAME } from './band-steps.js';
import { createCosineTransform } from './cosine-transform.js';

const long = createCosineTransform(FRAME);
const short = createCosineTransform(SHORT_FRAME);

/** The rising half of a sine window. */
function sineSlope(overlap: number): Float64Array {
  return Float64Array.from({ length: overlap }, (_, i) => Math.sin(((i + 0.5) / overlap) * (Math.PI / 2)));
}

const longSlope = sineSlope(FRAME);
const shortSlope = sineSlope(SHORT_FRAME);

/** Turns each pair of samples mirrored at a border by the window's angle, or back with `sign` -1. */
function fold(x: Float64Array, border: number, slope: Float64Array, sign: 1 | -1): void {
  const half = slope.length / 2;
  for (let i = 0; i < half; i++) {
    const before = x[border - 1 - i]!;
    const after = x[border + i]!;
    const high = slope[half + i]!;
    const low = sign * slope[half - 1 - i]!;
    x[border + i] = high * after + low * before;
    x[border - 1 - i] = high * before - low * after;
  }
}

function foldAll(x: Float64Array, isShort: Uint8Array, sign: 1 | -1): void {
  for (let frame = 0; frame < isShort.length; frame++) {
    const from = frame * FRAME;
    if (frame > 0) fold(x, from, isShort[frame] === 1 || isShort[frame - 1] === 1 ? shortSlope : longSlope, sign);
    if (isShort[frame] === 1) {
      for (let border = SHORT_FRAME; border < FRAME; border += SHORT_FRAME) fold(x, from + border, shortSlope, sign);
    }
  }
}

function transformAll(x: Float64Array, isShort: Uint8Array): void {
  for (let frame = 0; frame < isShort.length; frame++) {
    const from = frame * FRAME;
    if (isShort[frame] === 0) long(x, from);
    else for (let part = 0; part < FRAME; part += SHORT_FRAME) short(x, from + part);
  }
}

const shuffled = new Float64Array(FRAME);

/** A short frame's spectra one after the other become one spectrum by rising frequency, or back. */
function interleaveAll(x: Float64Array, isShort: Uint8Array, back: boolean): void {
  const parts = FRAME / SHORT_FRAME;
  for (let frame = 0; frame < isShort.length; frame++) {
    if (isShort[frame] === 0) continue;
    const from = frame * FRAME;
    for (let k = 0; k < SHORT_FRAME; k++) {
      for (let part = 0; part < parts; part++) {
        const apart = part * SHORT_FRAME + k;
        const together = k * parts + part;
        if (back) shuffled[apart] = x[from + together]!;
        else shuffled[together] = x[from + apart]!;
      }
    }
    x.set(shuffled, from);
  }
}

/**
 * The modified discrete cosine transform of a whole sound with two frame lengths, in place: an orthonormal transform, so an error of the spectrum is as large in the sound.
 *
 * Borders between frames overlap by a whole frame with a sine window, or by a short frame where either side is short: an attack is then not smeared over what is before
 * it. The sound's own beginning and end have no overlap, so nothing is delayed.
 *
 * @param x       [frames * FRAME] samples, in place.
 * @param isShort [frames] 1 where the frame is cut into short ones; their spectra are interleaved.
 * @see Princen, Johnson & Bradley 1987; Edler 1989 (switched windows); the folding as rotations: Malvar 1992.
 */
export function lappedTransform(x: Float64Array, isShort: Uint8Array): void {
  foldAll(x, isShort, 1);
  transformAll(x, isShort);
  interleaveAll(x, isShort, false);
}

/** Undoes {@link lappedTransform}. */
export function inverseLappedTransform(x: Float64Array, isShort: Uint8Array): void {
  interleaveAll(x, isShort, true);
  transformAll(x, isShort);
  foldAll(x, isShort, -1);
}
