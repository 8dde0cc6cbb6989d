/**
 * The first `nOut` columns of the orthonormal DCT-II of `nIn` values.
 *
 *   D[n, k] = sqrt((k == 0 ? 1 : 2) / nIn) cos(pi k (2n + 1) / (2 nIn))
 *
 * @returns [nIn, nOut] row-major, float64.
 * @see scipy `fft.dct(type=2, norm='ortho')`, as librosa's `mfcc` calls it.
 */
export function dctMatrix(nIn: number, nOut: number): Float64Array {
  const matrix = new Float64Array(nIn * nOut);
  for (let n = 0; n < nIn; n++) {
    for (let k = 0; k < nOut; k++) {
      matrix[n * nOut + k] = Math.sqrt((k === 0 ? 1 : 2) / nIn) * Math.cos((Math.PI * k * (2 * n + 1)) / (2 * nIn));
    }
  }
  return matrix;
}
