import { describe, expect, it } from 'vitest';
import { fourierTables } from '../../../src/tensor-dsp/tables/fourier.js';
import { naiveDft } from '../../support/naive-dft.js';
import { noise } from '../../support/signals.js';
import { expectClose } from '../../support/tables.js';

/** The transform that the tables describe, by plain loops in float64: inner product, twiddle, outer product, bins. */
function transform(x: ArrayLike<number>): { real: Float64Array; imag: Float64Array } {
  const { n1Size, n2Size, k2Count, inner, twiddleReal, twiddleImag, outer, binPlace, binConjugate } = fourierTables(x.length);
  const places = { real: new Float64Array(k2Count * n1Size), imag: new Float64Array(k2Count * n1Size) };
  for (let k2 = 0; k2 < k2Count; k2++) {
    const turned = new Float64Array(2 * n1Size);
    for (let n1 = 0; n1 < n1Size; n1++) {
      let [re, im] = [0, 0];
      for (let n2 = 0; n2 < n2Size; n2++) {
        re += x[n1 + n1Size * n2]! * inner[n2 * 2 * k2Count + k2]!;
        im += x[n1 + n1Size * n2]! * inner[n2 * 2 * k2Count + k2Count + k2]!;
      }
      const [c, s] = [twiddleReal[n1 * k2Count + k2]!, twiddleImag[n1 * k2Count + k2]!];
      turned[n1] = re * c - im * s;
      turned[n1Size + n1] = re * s + im * c;
    }
    for (let k1 = 0; k1 < n1Size; k1++) {
      for (let i = 0; i < 2 * n1Size; i++) {
        places.real[k2 * n1Size + k1]! += turned[i]! * outer[i * 2 * n1Size + k1]!;
        places.imag[k2 * n1Size + k1]! += turned[i]! * outer[i * 2 * n1Size + n1Size + k1]!;
      }
    }
  }
  return {
    real: Float64Array.from(binPlace, (place) => places.real[place]!),
    imag: Float64Array.from(binPlace, (place, k) => places.imag[place]! * binConjugate[k]!),
  };
}

describe('fourierTables', () => {
  it('make the discrete Fourier transform, for every length to 66', () => {
    for (let nFft = 1; nFft <= 66; nFft++) {
      const x = noise(nFft, nFft);
      const [got, expected] = [transform(x), naiveDft(x)];
      expectClose([...got.real, ...got.imag], [...expected.real, ...expected.imag], `transform of ${nFft} samples`);
    }
  });

  it.each([400, 1000, 1023, 1024, 2047, 2048])('and for %i', (nFft) => {
    const x = noise(nFft, nFft);
    const [got, expected] = [transform(x), naiveDft(x)];
    expectClose([...got.real, ...got.imag], [...expected.real, ...expected.imag]);
  });

  it('splits a length so that the products stay small', () => {
    expect(fourierTables(2048)).toMatchObject({ n1Size: 32, n2Size: 64 });
    expect(fourierTables(31).n1Size).toBe(1);
  });
});
