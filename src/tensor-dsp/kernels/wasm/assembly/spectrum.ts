/** Power spectra of frames of any even length: powers of two by a transform of their own, the others by Bluestein's. */
import { bluesteinBytes, framePowers, setupBluestein } from './bluestein';
import { fftBytes, framePower, setupFft } from './fft';

/** Zeros kept behind the bins, so that whole registers can be read. */
const PADDING = 7;

let bins: i32 = 0;
let isPowerOf2: bool = false;

@inline
function suitsFft(nFft: i32): bool {
  return nFft >= 64 && popcnt(nFft) === 1;
}

/** Bytes that `setupSpectrum` needs for tables and buffers. */
export function spectrumBytes(nFft: i32): i32 {
  return suitsFft(nFft) ? fftBytes(nFft / 2) : bluesteinBytes(nFft / 2);
}

/**
 * @param nFft   even
 * @param window f64[nFft]
 * @param memory aligned to 64
 */
export function setupSpectrum(nFft: i32, window: usize, memory: usize): void {
  bins = nFft / 2 + 1;
  isPowerOf2 = suitsFft(nFft);
  if (isPowerOf2) setupFft(nFft / 2, window, memory);
  else setupBluestein(nFft / 2, window, memory);
}

/**
 * The power spectrum of one of a row of frames, which are asked for in turn. Where it is no more work, two are made at once, at even `t`.
 *
 * @param frame  f32, hop samples from one frame to the next
 * @param power  f32[2][stride], stride >= bins + PADDING: the frame's own if `t` is even, the next one's behind
 * @returns      where it is
 */
@inline
export function spectrumOf(frame: usize, hop: i32, t: i32, count: i32, power: usize, stride: i32): usize {
  if (isPowerOf2) {
    framePower(frame, power);
    zeroPadding(power);
    return power;
  }
  const next = power + ((<usize>stride) << 2);
  if (t & 1) return next;
  framePowers(frame, t + 1 < count ? frame + ((<usize>hop) << 2) : frame, power, next);
  zeroPadding(power);
  zeroPadding(next);
  return power;
}

/** What was left there by an earlier track could be no number, which even a weight of zero does not silence. */
@inline
function zeroPadding(power: usize): void {
  const end = power + ((<usize>bins) << 2);
  v128.store(end, f32x4.splat(0));
  v128.store(end, f32x4.splat(0), 4 * (PADDING - 4));
}

/** Bytes of the two spectra that `spectrumOf` goes between. */
export function spectraBytes(nFft: i32): i32 {
  return 8 * spectrumStride(nFft);
}

/** Floats from one spectrum to the next. */
export function spectrumStride(nFft: i32): i32 {
  return (nFft / 2 + 1 + PADDING + 3) & ~3;
}

/**
 * The powers of `count` frames alone.
 *
 * @param scratch f32, `spectraBytes` bytes
 */
export function measurePowers(samples: usize, hop: i32, count: i32, power: usize, stride: i32, scratch: usize): void {
  for (let t = 0; t < count; t++) {
    const spectrum = spectrumOf(samples + ((<usize>(t * hop)) << 2), hop, t, count, scratch, stride);
    memory.copy(power + ((<usize>(t * stride)) << 2), spectrum, (<usize>stride) << 2);
  }
}
