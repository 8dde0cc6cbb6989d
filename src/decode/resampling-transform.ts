/** A pass of a transform, as the kernel takes it: see kernels/resample/assembly/fft-passes.ts. */
export interface TransformPass {
  readonly radix: 2 | 3 | 4 | 5 | 7;
  /** Values that it divides by the radix, and how many it divides alike. */
  readonly length: number;
  readonly stride: number;
  /** Where its twiddles begin. */
  readonly twiddles: number;
}

/** The passes of a transform, behind the first, which is of radix 4; and the twiddles of all, those of the first at the start. */
export interface TransformPlan {
  readonly passes: readonly TransformPass[];
  readonly twiddles: Float32Array;
}

const RADICES = [7, 5, 3, 4, 2] as const;

/** How the kernel transforms `n` complex values, a multiple of 16 without a prime factor over 7. */
export function planTransform(n: number): TransformPlan {
  const passes: TransformPass[] = [];
  let numbers = (n / 4) * 6;
  for (let length = n / 4, stride = 4; length > 1; ) {
    const radix = RADICES.find((r) => length % r === 0)!;
    passes.push({ radix, length, stride, twiddles: numbers });
    length /= radix;
    stride *= radix;
    numbers += length * (radix - 1) * 2;
  }

  const twiddles = new Float32Array(numbers);
  for (let p = 0; p < n / 4; p++) {
    for (let j = 0; j < 3; j++) {
      const angle = (-2 * Math.PI * p * (j + 1)) / n;
      const at = (p >> 2) * 24 + j * 8 + (p & 3);
      twiddles[at] = Math.cos(angle);
      twiddles[at + 4] = Math.sin(angle);
    }
  }
  for (const { radix, length, twiddles: first } of passes) {
    for (let p = 0, at = first; p < length / radix; p++) {
      for (let j = 1; j < radix; j++, at += 2) {
        const angle = (-2 * Math.PI * p * j) / length;
        twiddles[at] = Math.cos(angle);
        twiddles[at + 1] = Math.sin(angle);
      }
    }
  }
  return { passes, twiddles };
}
