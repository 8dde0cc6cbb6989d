import { SoundkinError } from '../../errors.js';
import { roundHalfToEven } from './chroma-filterbank.js';
import { fftFrequencies } from './frequencies.js';

/** One octave band of the spectral contrast: bins [start, end), and how many of them make a peak and a valley. */
export interface ContrastBand {
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

/** The octave bands of librosa's defaults: below fMin, then nBands octaves upwards. */
export interface ContrastSettings {
  readonly sampleRate: number;
  readonly nFft: number;
  /** Hz of the lowest octave's edge, default 200. */
  readonly fMin?: number;
  /** Octaves above fMin, default 6. */
  readonly nBands?: number;
  /** Share of a band's bins that makes a peak and a valley, default 0.02; always at least one bin. */
  readonly quantile?: number;
}

/**
 * @returns nBands + 1 bands. Neighbours share no bin but the lower edge: a band begins one bin early, and all but the last drop their top bin.
 * @throws DSP_RANGE when the top band begins above Nyquist, or holds no bin.
 * @see Jiang et al. 2002; librosa `spectral_contrast`, whose rounding of the bands this keeps.
 */
export function contrastBands({ sampleRate, nFft, fMin = 200, nBands = 6, quantile = 0.02 }: ContrastSettings): ContrastBand[] {
  const edges = [0, ...Array.from({ length: nBands + 1 }, (_, i) => fMin * 2 ** i)];
  if (edges[nBands]! >= sampleRate / 2) {
    throw new SoundkinError(
      'DSP_RANGE',
      `tensor-dsp: expected a sample rate above ${2 * edges[nBands]!} Hz for the spectral contrast, got ${sampleRate} Hz. Resample to 22050 Hz.`,
    );
  }
  const binHz = fftFrequencies(sampleRate, nFft);
  return Array.from({ length: nBands + 1 }, (_, band) => {
    const low = edges[band]!;
    const high = edges[band + 1]!;
    let start = binHz.findIndex((hz) => hz >= low);
    let end = binHz.findLastIndex((hz) => hz <= high) + 1;
    if (band > 0) start -= 1;
    if (band === nBands) end = binHz.length;
    const bins = end - start;
    if (band < nBands) end -= 1;
    if (end <= start) {
      throw new SoundkinError(
        'DSP_RANGE',
        `tensor-dsp: expected bins between ${low} and ${high} Hz for the spectral contrast, got none with nFft ${nFft}. Choose a longer nFft.`,
      );
    }
    return { start, end, count: Math.min(Math.max(roundHalfToEven(quantile * bins), 1), end - start) };
  });
}
