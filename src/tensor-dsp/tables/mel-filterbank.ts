import { fftFrequencies, melFrequencies } from './frequencies.js';

/** What a mel filterbank depends on. */
export interface MelFilterbankSettings {
  readonly sampleRate: number;
  readonly nFft: number;
  readonly nMels: number;
  /** Hz, default 0. */
  readonly fMin?: number;
  /** Hz, default sampleRate / 2. */
  readonly fMax?: number;
}

/**
 * Triangular filters, evenly spaced on Slaney's mel scale, each of the same area.
 *
 * A band narrower than a bin may be empty: its column is zero (librosa warns and does the same).
 *
 * @returns [nBins, nMels] row-major, >= 0, float64: a spectrum times this is its mel spectrum.
 * @see librosa `filters.mel(htk=False, norm='slaney')`, transposed.
 */
export function melFilterbank({ sampleRate, nFft, nMels, fMin = 0, fMax = sampleRate / 2 }: MelFilterbankSettings): Float64Array {
  const binHz = fftFrequencies(sampleRate, nFft);
  const edges = melFrequencies(nMels + 2, fMin, fMax);
  const weights = new Float64Array(binHz.length * nMels);
  for (let m = 0; m < nMels; m++) {
    const [low, centre, high] = [edges[m]!, edges[m + 1]!, edges[m + 2]!];
    const area = 2 / (high - low);
    for (let k = 0; k < binHz.length; k++) {
      const rise = (binHz[k]! - low) / (centre - low);
      const fall = (high - binHz[k]!) / (high - centre);
      weights[k * nMels + m] = area * Math.max(0, Math.min(rise, fall));
    }
  }
  return weights;
}
