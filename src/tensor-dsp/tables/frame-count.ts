/**
 * Frames that a centred analysis makes of a signal: 1 + floor((samples + 2 floor(nFft / 2) - nFft) / hopLength).
 *
 * @see librosa `stft(center=True)`.
 */
export function frameCount(samples: number, nFft: number, hopLength: number): number {
  return 1 + Math.floor((samples + 2 * Math.floor(nFft / 2) - nFft) / hopLength);
}
