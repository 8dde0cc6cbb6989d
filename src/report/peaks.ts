/** Bars in the small picture of a waveform. */
export const PEAK_COUNT = 80;

/**
 * The outline of a sound for a small picture: the largest |sample| of `count` equal stretches, as 0..255.
 * Heights are relative to the sound's own peak, so that a quiet sound has a shape too; silence is all zeros.
 *
 * @param samples mono, any length; samples that are not finite count as 0.
 */
export function soundPeaks(samples: Float32Array, count: number = PEAK_COUNT): Uint8Array {
  const heights = new Float64Array(count);
  let top = 0;
  for (let bar = 0; bar < count; bar++) {
    const from = Math.floor((bar * samples.length) / count);
    // At least one sample a bar: a sound shorter than `count` repeats its samples rather than leaving gaps.
    const to = Math.min(samples.length, Math.max(from + 1, Math.floor(((bar + 1) * samples.length) / count)));
    let height = 0;
    for (let i = from; i < to; i++) {
      const level = Math.abs(samples[i]!);
      if (level > height && level < Infinity) height = level;
    }
    heights[bar] = height;
    if (height > top) top = height;
  }
  return Uint8Array.from(heights, (height) => (top > 0 ? Math.round((255 * height) / top) : 0));
}
