import { SPECTRUM_PADDING } from '../../../tensor-dsp/kernels/wasm/power-frames.js';
import type { ContrastBand } from '../../../tensor-dsp/tables/contrast-bands.js';

/** Tables in the form that the kernel reads: see assembly/ here and in tensor-dsp. */

/** A pitch class's share of a bin is left out where it is this much smaller than the largest of that bin. */
const NEGLIGIBLE = 1e-8;
/** Bins that are read in one step of a pitch class. */
const CHROMA_STEP = 8;

/** Integers and floats of four bytes, written one after the other. */
function createWriter(): { ints(...values: number[]): void; float(value: number): void; packed(): Uint8Array } {
  let ints = new Int32Array(2 ** 14);
  let floats = new Float32Array(ints.buffer);
  let length = 0;
  const makeRoom = (more: number): void => {
    if (length + more <= ints.length) return;
    const larger = new Int32Array(2 * (length + more));
    larger.set(ints);
    ints = larger;
    floats = new Float32Array(ints.buffer);
  };
  return {
    ints: (...values) => {
      makeRoom(values.length);
      ints.set(values, length);
      length += values.length;
    },
    float: (value) => {
      makeRoom(1);
      floats[length++] = value;
    },
    packed: () => new Uint8Array(ints.buffer.slice(0, 4 * length)),
  };
}

/**
 * The filterbank's bands as sparse rows, four side by side: the bytes to their first bins, groups of four bins, and the weights group by group.
 *
 * @param filterbank [nBins, nMels]
 */
export function packMelFilterbank(filterbank: Float64Array, nBins: number, nMels: number): Uint8Array {
  const weight = (k: number, m: number): number => (k < nBins && m < nMels ? filterbank[k * nMels + m]! : 0);
  const spanOf = (m: number): { first: number; end: number } => {
    let first = 0;
    while (first < nBins && weight(first, m) === 0) first++;
    let end = nBins;
    while (end > first && weight(end - 1, m) === 0) end--;
    // A band without bins stays at the first ones, with nothing to add up.
    return first === nBins ? { first: 0, end: 0 } : { first, end };
  };
  const writer = createWriter();
  for (let m = 0; m < nMels; m += 4) {
    const spans = [0, 1, 2, 3].map((i) => spanOf(m + i));
    const groups = Math.max(...spans.map(({ first, end }) => Math.ceil((end - first) / 4)));
    // All four are read as far as the longest, and none beyond the padding.
    const firsts = spans.map(({ first }) => Math.min(first, nBins + SPECTRUM_PADDING - 4 * groups));
    writer.ints(...firsts.map((first) => 4 * first), groups, 0, 0, 0);
    for (let g = 0; g < groups; g++) {
      for (let i = 0; i < 4; i++) for (let lane = 0; lane < 4; lane++) writer.float(weight(firsts[i]! + 4 * g + lane, m + i));
    }
  }
  return writer.packed();
}

/** Four integers a band: start, end, count, 0. */
export function packContrastBands(bands: readonly ContrastBand[]): Uint8Array {
  return new Uint8Array(Int32Array.from(bands.flatMap(({ start, end, count }) => [start, end, count, 0])).buffer);
}

/**
 * The matrix for bands that are folded in two: for eight coefficients at a time, and each of the lower half of the bands, four even coefficients and four
 * odd ones.
 *
 * @param matrix [nMels, nMfcc]
 */
export function packDct(matrix: Float64Array, nMels: number, nMfcc: number): Uint8Array {
  const writer = createWriter();
  const halves = Math.ceil(nMels / 2);
  for (let first = 0; first < nMfcc; first += 8) {
    for (let m = 0; m < halves; m++) {
      // The middle of an odd number of bands is its own mirror, where odd coefficients have no weight.
      const isMiddle = 2 * m + 1 === nMels;
      const at = (coefficient: number): number => (coefficient < nMfcc ? matrix[m * nMfcc + coefficient]! : 0);
      for (let i = 0; i < 8; i += 2) writer.float(at(first + i));
      for (let i = 0; i < 8; i += 2) writer.float(isMiddle ? 0 : at(first + i + 1));
    }
  }
  return writer.packed();
}

/**
 * The filterbank's pitch classes as runs of bins that matter to them: how many runs, then each one's bytes to its first bin, its steps, and the weights.
 *
 * A bin is left out of a class where its weight is below 1e-8 of the bin's largest: all that is left out of a frame is below 1e-7 of its strongest class.
 *
 * @param filterbank [nBins, nChroma]
 */
export function packChromaFilterbank(filterbank: Float64Array, nBins: number, nChroma: number): Uint8Array {
  const floor = new Float64Array(nBins);
  for (let k = 0; k < nBins; k++) {
    for (let c = 0; c < nChroma; c++) floor[k] = Math.max(floor[k]!, NEGLIGIBLE * filterbank[k * nChroma + c]!);
  }
  const writer = createWriter();
  for (let c = 0; c < nChroma; c++) {
    const runs: { first: number; steps: number }[] = [];
    let end = 0;
    for (let k = 0; k < nBins; k++) {
      if (k < end || filterbank[k * nChroma + c]! <= floor[k]!) continue;
      const last = runs.at(-1);
      // A gap of less than a step costs less than a run of its own.
      if (last !== undefined && k - end < CHROMA_STEP) last.steps = Math.floor((k - last.first) / CHROMA_STEP) + 1;
      else runs.push({ first: k, steps: 1 });
      const { first, steps } = runs.at(-1)!;
      end = first + CHROMA_STEP * steps;
    }
    // What the last run reads beyond the bins, the padding covers.
    writer.ints(runs.length, 0, 0, 0);
    for (const { first, steps } of runs) {
      writer.ints(4 * first, steps, 0, 0);
      for (let k = first; k < first + CHROMA_STEP * steps; k++) writer.float(k < nBins ? filterbank[k * nChroma + c]! : 0);
    }
  }
  return writer.packed();
}

/** The most bytes that `packChromaFilterbank` makes. */
export function mostChromaBytes(nBins: number, nChroma: number): number {
  const runs = Math.ceil(nBins / (2 * CHROMA_STEP)) + 1;
  return nChroma * (16 + 16 * runs + 4 * (nBins + CHROMA_STEP * (runs + 1)));
}
