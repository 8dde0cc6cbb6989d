/**
 * The discrete Fourier transform by its definition, in float64.
 *
 * @param frame any real values
 * @returns real and imaginary parts of bins 0 to floor(N / 2)
 */
export function naiveDft(frame: ArrayLike<number>): { real: Float64Array; imag: Float64Array } {
  const size = frame.length;
  const nBins = Math.floor(size / 2) + 1;
  const cos = Float64Array.from({ length: size }, (_, i) => Math.cos((2 * Math.PI * i) / size));
  const sin = Float64Array.from({ length: size }, (_, i) => Math.sin((2 * Math.PI * i) / size));
  const real = new Float64Array(nBins);
  const imag = new Float64Array(nBins);
  for (let k = 0; k < nBins; k++) {
    for (let n = 0; n < size; n++) {
      const turn = (k * n) % size;
      real[k]! += frame[n]! * cos[turn]!;
      imag[k]! -= frame[n]! * sin[turn]!;
    }
  }
  return { real, imag };
}

/** A short-time transform by its definition: every frame centred on t * hopLength with zeros around, times `window`. */
export function naiveStft(signal: ArrayLike<number>, window: ArrayLike<number>, hopLength: number): { real: Float64Array; imag: Float64Array }[] {
  const nFft = window.length;
  const half = Math.floor(nFft / 2);
  const frames = 1 + Math.floor((signal.length + 2 * half - nFft) / hopLength);
  return Array.from({ length: frames }, (_, t) =>
    naiveDft(Float64Array.from({ length: nFft }, (_unused, n) => (signal[t * hopLength + n - half] ?? 0) * window[n]!)),
  );
}
