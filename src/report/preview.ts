import { PREVIEW_RATE } from './codec/band-steps.js';
import { openSoundEncoder, type EncodeSound } from './codec/sound-encoder.js';
import { soundPeaks } from './peaks.js';

export { PREVIEW_RATE };
/** Seconds of a sound that its preview holds, unless told otherwise. */
export const PREVIEW_SECONDS = 6;
/** A preview that stops before its sound does is faded out over this long. */
const FADE_SECONDS = 0.4;

export interface Preview {
  /** What the page's `decodeSound` plays; see `codec/sound-encoder.ts`. */
  sound: Uint8Array;
  /** Peak heights of what the preview plays; see {@link soundPeaks}. */
  peaks: Uint8Array;
}

let opening: Promise<EncodeSound> | undefined;

/** Room for what is being encoded: nothing waits between filling and reading it. */
let room = new Float32Array(0);

/** What a preview plays: the sound's first seconds at its own level, faded out where it is cut. On loan until the next call. */
function excerpt(samples: Float32Array, maxSeconds: number): Float32Array {
  const length = Math.min(samples.length, Math.round(maxSeconds * PREVIEW_RATE));
  if (length === samples.length) return samples;
  if (room.length < length) room = new Float32Array(length);
  const clip = room.subarray(0, length);
  clip.set(samples.subarray(0, length));
  const fade = Math.min(length, Math.round(FADE_SECONDS * PREVIEW_RATE));
  for (let i = 0; i < fade; i++) clip[length - fade + i]! *= Math.cos(((i + 1) / fade) * (Math.PI / 2)) ** 2;
  return clip;
}

/**
 * A short sound for the report, in about 50 kbit/s, and its outline.
 *
 * The level is kept: how loud a sound is tells something. At most `maxSeconds` from the start, with a fade where the sound is cut.
 *
 * @param samples mono at {@link PREVIEW_RATE}, any length >= 0. Samples that are not finite are silent, those beyond full scale are clipped.
 * @throws INTERNAL when the encoder is not where it was installed.
 */
export async function createPreview(samples: Float32Array, options: { maxSeconds?: number } = {}): Promise<Preview> {
  opening ??= openSoundEncoder();
  const encodeSound = await opening;
  const clip = excerpt(samples, options.maxSeconds ?? PREVIEW_SECONDS);
  return { sound: encodeSound(clip), peaks: soundPeaks(clip) };
}
