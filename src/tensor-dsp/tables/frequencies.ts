/** Hz of each bin of an nFft-point real transform: k sampleRate / nFft, k = 0 … floor(nFft / 2). librosa `fft_frequencies`. */
export function fftFrequencies(sampleRate: number, nFft: number): Float64Array {
  return Float64Array.from({ length: Math.floor(nFft / 2) + 1 }, (_, k) => (k * sampleRate) / nFft);
}

// Slaney's scale: linear below 1 kHz (200/3 Hz a mel), 27 mels for each factor of 6.4 above.
const HZ_PER_MEL = 200 / 3;
const BREAK_HZ = 1000;
const BREAK_MEL = BREAK_HZ / HZ_PER_MEL;
const LOG_STEP = Math.log(6.4) / 27;

/** Hz to mel on Slaney's scale (Auditory Toolbox, 1998). librosa `hz_to_mel(htk=False)`. */
export function hzToMel(hz: number): number {
  return hz < BREAK_HZ ? hz / HZ_PER_MEL : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP;
}

/** Mel to Hz on Slaney's scale, the inverse of `hzToMel`. librosa `mel_to_hz(htk=False)`. */
export function melToHz(mel: number): number {
  return mel < BREAK_MEL ? mel * HZ_PER_MEL : BREAK_HZ * Math.exp(LOG_STEP * (mel - BREAK_MEL));
}

/** `count` frequencies in Hz, evenly spaced in mels from fMin to fMax, both included. librosa `mel_frequencies`. */
export function melFrequencies(count: number, fMin: number, fMax: number): Float64Array {
  const low = hzToMel(fMin);
  const step = (hzToMel(fMax) - low) / (count - 1);
  return Float64Array.from({ length: count }, (_, i) => melToHz(low + i * step));
}

/**
 * Octaves above A0's octave mark (27.5 Hz for A440).
 *
 * @param tuning deviation from A440 in fractions of one of `binsPerOctave`.
 * @see librosa `hz_to_octs`.
 */
export function hzToOcts(hz: number, tuning = 0, binsPerOctave = 12): number {
  return Math.log2(hz / ((440 * 2 ** (tuning / binsPerOctave)) / 16));
}
