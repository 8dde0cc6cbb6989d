import { SoundkinError } from '../../errors.js';

/**
 * Hann window of `winLength` samples in the middle of `nFft` zeros.
 *
 *   w[n] = 0.5 - 0.5 cos(2 pi n / winLength)
 *
 * Periodic, as for spectra (the symmetric one divides by winLength - 1 and is another window).
 *
 * @param nFft      samples of the frame, >= 1.
 * @param winLength samples of the window, 1 to nFft.
 * @returns [nFft], 0 to 1, float64.
 * @throws DSP_RANGE when winLength is no integer in that range.
 * @see librosa `filters.get_window('hann', fftbins=True)` and `util.pad_center`.
 */
export function hannWindow(nFft: number, winLength: number = nFft): Float64Array {
  if (!(Number.isInteger(winLength) && winLength >= 1 && winLength <= nFft)) {
    throw new SoundkinError(
      'DSP_RANGE',
      `tensor-dsp: expected winLength from 1 to nFft (${nFft}), got ${winLength}. Choose a shorter window or a longer nFft.`,
    );
  }
  const window = new Float64Array(nFft);
  const start = Math.floor((nFft - winLength) / 2);
  for (let n = 0; n < winLength; n++) window[start + n] = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / winLength);
  return window;
}

/**
 * What turns a frame into the second difference of its windowed self without rounding the large values first.
 *
 *   z[n+1] - 2 z[n] + z[n-1] = window[n] (x[n+1] - 2 x[n] + x[n-1]) + slope[n] (x[n+1] - x[n-1]) + bend[n] x[n+1],      z = window x
 *
 * @param window [nFft], zero at its first sample and, seen as periodic, one past its last: any Hann window.
 * @returns      slope[n] = window[n] - window[n-1] and bend[n] = window[n+1] - 2 window[n] + window[n-1], with window[-1] = window[nFft] = 0.
 */
export function windowDifferences(window: Float64Array): { slope: Float64Array; bend: Float64Array } {
  const at = (n: number): number => window[n] ?? 0;
  return {
    slope: window.map((value, n) => value - at(n - 1)),
    bend: window.map((value, n) => at(n + 1) - 2 * value + at(n - 1)),
  };
}
