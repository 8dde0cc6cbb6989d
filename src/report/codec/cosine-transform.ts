/** A fast cosine transform of one size, DCT-IV with orthonormal scale: its own inverse. */
export type CosineTransform = (samples: Float64Array, offset: number) => void;

/**
 * DCT-IV in place: X[k] = sqrt(2/n) * sum_j x[j] * cos(pi/n * (j + 1/2) * (k + 1/2)).
 *
 * By a complex transform of half the size, radix 4 with decimation in frequency, whose outputs are left in the order of their reversed digits.
 *
 * @param n twice a power of four.
 */
export function createCosineTransform(n: number): CosineTransform {
  const half = n / 2;
  const twiddleRe = new Float64Array(half);
  const twiddleIm = new Float64Array(half);
  const rootRe = new Float64Array(half);
  const rootIm = new Float64Array(half);
  const order = new Int32Array(half);
  const scale = (2 / n) ** 0.25; // it comes in twice
  for (let k = 0; k < half; k++) {
    const turn = (-Math.PI * (8 * k + 1)) / (8 * n);
    twiddleRe[k] = scale * Math.cos(turn);
    twiddleIm[k] = scale * Math.sin(turn);
    rootRe[k] = Math.cos((2 * Math.PI * k) / half);
    rootIm[k] = -Math.sin((2 * Math.PI * k) / half);
    let reversed = 0;
    for (let digit = 1, rest = k; digit < half; digit *= 4, rest >>= 2) reversed = reversed * 4 + (rest & 3);
    order[k] = reversed;
  }
  const re = new Float64Array(half);
  const im = new Float64Array(half);

  return (x, offset) => {
    for (let k = 0; k < half; k++) {
      const a = x[offset + 2 * k]!;
      const b = x[offset + n - 1 - 2 * k]!;
      const c = twiddleRe[k]!;
      const s = twiddleIm[k]!;
      re[k] = a * c - b * s;
      im[k] = a * s + b * c;
    }
    for (let size = half, stride = 1; size >= 4; size >>= 2, stride *= 4) {
      const q = size >> 2;
      for (let j = 0; j < q; j++) {
        const w1 = j * stride;
        const c1 = rootRe[w1]!;
        const s1 = rootIm[w1]!;
        const c2 = rootRe[2 * w1]!;
        const s2 = rootIm[2 * w1]!;
        const c3 = rootRe[3 * w1]!;
        const s3 = rootIm[3 * w1]!;
        for (let i = j; i < half; i += size) {
          const i1 = i + q;
          const i2 = i1 + q;
          const i3 = i2 + q;
          const sumRe = re[i]! + re[i2]!;
          const sumIm = im[i]! + im[i2]!;
          const differenceRe = re[i]! - re[i2]!;
          const differenceIm = im[i]! - im[i2]!;
          const oddRe = re[i1]! + re[i3]!;
          const oddIm = im[i1]! + im[i3]!;
          const turnedRe = im[i1]! - im[i3]!;
          const turnedIm = re[i3]! - re[i1]!;
          re[i] = sumRe + oddRe;
          im[i] = sumIm + oddIm;
          const aRe = differenceRe + turnedRe;
          const aIm = differenceIm + turnedIm;
          re[i1] = aRe * c1 - aIm * s1;
          im[i1] = aRe * s1 + aIm * c1;
          const bRe = sumRe - oddRe;
          const bIm = sumIm - oddIm;
          re[i2] = bRe * c2 - bIm * s2;
          im[i2] = bRe * s2 + bIm * c2;
          const cRe = differenceRe - turnedRe;
          const cIm = differenceIm - turnedIm;
          re[i3] = cRe * c3 - cIm * s3;
          im[i3] = cRe * s3 + cIm * c3;
        }
      }
    }
    for (let k = 0; k < half; k++) {
      const a = re[order[k]!]!;
      const b = im[order[k]!]!;
      const c = twiddleRe[k]!;
      const s = twiddleIm[k]!;
      x[offset + 2 * k] = a * c - b * s;
      x[offset + n - 1 - 2 * k] = -(a * s + b * c);
    }
  };
}
