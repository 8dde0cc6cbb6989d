import { hannWindow, windowDifferences } from '../../tables/window.js';

/** What the transform of `spectrumLayout` reads, in float64, in the order in which a buffer has it. */
export interface SpectrumTables {
  /** Hann's, of the frame's length, and what its differences leave of it: see `windowDifferences`. */
  readonly window: Float64Array;
  readonly slope: Float64Array;
  readonly bend: Float64Array;
  /** exp(-2 pi i q / nFft): real and imaginary part in float32, then what float32 leaves of each. */
  readonly roots: Float64Array;
  /** Squared gain of the second difference: (2 sin(pi k / nFft))^4. */
  readonly gainSquared: Float64Array;
}

/** Where each of them begins. */
export type SpectrumOffsets = Readonly<Record<keyof SpectrumTables, number>>;

/** @param winLength samples of the window, centred in the frame. */
export function spectrumTables(nFft: number, winLength: number = nFft): SpectrumTables {
  const window = hannWindow(nFft, winLength);
  const roots = new Float64Array(4 * nFft);
  for (let q = 0; q < nFft; q++) {
    const root = [Math.cos((-2 * Math.PI * q) / nFft), Math.sin((-2 * Math.PI * q) / nFft)] as const;
    roots.set([...root, ...root.map((value) => value - Math.fround(value))], 4 * q);
  }
  const gainSquared = Float64Array.from({ length: nFft / 2 + 1 }, (_, k) => (2 * Math.sin((Math.PI * k) / nFft)) ** 4);
  return { window, ...windowDifferences(window), roots, gainSquared };
}
