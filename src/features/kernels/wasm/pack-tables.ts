import type { ContrastBand } from '../../../tensor-dsp/index.js';

/** Tables in the form that the kernel reads: see assembly/. */

/**
 * The filterbank's bands as sparse rows: first bin, groups of four bins, and the weights, each row begun on 16 bytes.
 *
 * @param filterbank [nBins, nMels]
 */
export function packMelFilterbank(filterbank: Float64Array, nBins: number, nMels: number): Uint8Array {
  const rows = Array.from({ length: nMels }, (_, m) => {
    const at = (k: number): number => (k < nBins ? filterbank[k * nMels + m]! : 0);
    let first = 0;
    while (first < nBins && at(first) === 0) first++;
    let end = nBins;
    while (end > first && at(end - 1) === 0) end--;
    // A band without bins stays at the first ones, with nothing to add up.
    if (first === nBins) [first, end] = [0, 0];
    return { first, weights: Array.from({ length: Math.ceil((end - first) / 4) * 4 }, (_, i) => (first + i < end ? at(first + i) : 0)) };
  });
  const bytes = new Uint8Array(rows.reduce((sum, { weights }) => sum + 16 + 4 * weights.length, 0));
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const { first, weights } of rows) {
    view.setInt32(offset, first, true);
    view.setInt32(offset + 4, weights.length / 4, true);
    offset += 16;
    for (const weight of weights) {
      view.setFloat32(offset, weight, true);
      offset += 4;
    }
  }
  return bytes;
}

/** Four integers a band: start, end, count, 0. */
export function packContrastBands(bands: readonly ContrastBand[]): Uint8Array {
  return new Uint8Array(Int32Array.from(bands.flatMap(({ start, end, count }) => [start, end, count, 0])).buffer);
}

/** The matrix with rows padded to whole registers. */
export function packDct(matrix: Float64Array, nMels: number, nMfcc: number): Uint8Array {
  const stride = Math.ceil(nMfcc / 4) * 4;
  const packed = new Float32Array(nMels * stride);
  for (let m = 0; m < nMels; m++) for (let j = 0; j < nMfcc; j++) packed[m * stride + j] = matrix[m * nMfcc + j]!;
  return new Uint8Array(packed.buffer);
}
