/**
 * Tables for a real discrete Fourier transform made of two small matrix products (Cooley & Tukey 1965, one step):
 * every backend multiplies matrices well, and few have a transform of their own.
 *
 * With N = n1Size * n2Size, n = n1 + n1Size n2 and k = n2Size k1 + k2,
 *
 *   X[k] = sum_n1  W_n1Size^(n1 k1)  W_N^(n1 k2)  sum_n2 W_n2Size^(n2 k2) x[n],      W_M = exp(-2 pi i / M)
 *
 * The signal is real, so the inner sum is made for the first half of k2 alone; the rest are conjugates.
 */
export interface FourierTables {
  readonly n1Size: number;
  readonly n2Size: number;
  /** Number of k2 that are computed: floor(n2Size / 2) + 1. */
  readonly k2Count: number;
  /** Inner transform, [n2Size, 2 k2Count]: real columns, then imaginary ones. */
  readonly inner: Float64Array;
  /** Twiddle factors W_N^(n1 k2), real and imaginary, each [n1Size, k2Count]. */
  readonly twiddleReal: Float64Array;
  readonly twiddleImag: Float64Array;
  /** Outer transform of stacked real and imaginary parts, [2 n1Size, 2 n1Size]. */
  readonly outer: Float64Array;
  /** For each bin, its place k2 * n1Size + k1 among the outer results. */
  readonly binPlace: Int32Array;
  /** For each bin, -1 where that place holds the conjugate of the bin, else 1. */
  readonly binConjugate: Float64Array;
}

/** The divisor n1Size of nFft for which the two products cost least: 2 n2Size + 4 n1Size operations a sample. */
function innerFactor(nFft: number): number {
  let best = 1;
  let cost = Infinity;
  for (let n1 = 1; n1 <= nFft; n1++) {
    if (nFft % n1 === 0 && 2 * (nFft / n1) + 4 * n1 < cost) {
      best = n1;
      cost = 2 * (nFft / n1) + 4 * n1;
    }
  }
  return best;
}

/** @param nFft samples, any integer >= 1; a prime costs nFft operations a sample. */
export function fourierTables(nFft: number): FourierTables {
  const n1Size = innerFactor(nFft);
  const n2Size = nFft / n1Size;
  const k2Count = Math.floor(n2Size / 2) + 1;
  // The integer product is reduced before it meets pi, so that no accuracy is lost to large angles.
  const angle = (product: number, size: number): number => (-2 * Math.PI * (product % size)) / size;

  const inner = new Float64Array(n2Size * 2 * k2Count);
  for (let n2 = 0; n2 < n2Size; n2++) {
    for (let k2 = 0; k2 < k2Count; k2++) {
      inner[n2 * 2 * k2Count + k2] = Math.cos(angle(n2 * k2, n2Size));
      inner[n2 * 2 * k2Count + k2Count + k2] = Math.sin(angle(n2 * k2, n2Size));
    }
  }

  const twiddleReal = new Float64Array(n1Size * k2Count);
  const twiddleImag = new Float64Array(n1Size * k2Count);
  for (let n1 = 0; n1 < n1Size; n1++) {
    for (let k2 = 0; k2 < k2Count; k2++) {
      twiddleReal[n1 * k2Count + k2] = Math.cos(angle(n1 * k2, nFft));
      twiddleImag[n1 * k2Count + k2] = Math.sin(angle(n1 * k2, nFft));
    }
  }

  const outer = new Float64Array(4 * n1Size * n1Size);
  for (let n1 = 0; n1 < n1Size; n1++) {
    for (let k1 = 0; k1 < n1Size; k1++) {
      const cos = Math.cos(angle(n1 * k1, n1Size));
      const sin = Math.sin(angle(n1 * k1, n1Size));
      const fromReal = n1 * 2 * n1Size;
      const fromImag = (n1Size + n1) * 2 * n1Size;
      outer[fromReal + k1] = cos;
      outer[fromReal + n1Size + k1] = sin;
      outer[fromImag + k1] = -sin;
      outer[fromImag + n1Size + k1] = cos;
    }
  }

  const nBins = Math.floor(nFft / 2) + 1;
  const binPlace = new Int32Array(nBins);
  const binConjugate = new Float64Array(nBins);
  for (let k = 0; k < nBins; k++) {
    const direct = k % n2Size < k2Count;
    const source = direct ? k : nFft - k;
    binPlace[k] = (source % n2Size) * n1Size + Math.floor(source / n2Size);
    binConjugate[k] = direct ? 1 : -1;
  }
  return { n1Size, n2Size, k2Count, inner, twiddleReal, twiddleImag, outer, binPlace, binConjugate };
}
