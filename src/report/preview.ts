import { SoundkinError } from '../errors.js';
import { soundPeaks } from './peaks.js';

/** Seconds of a sound that its preview holds, unless told otherwise. */
export const PREVIEW_SECONDS = 6;
/** A preview that stops before its sound does is faded out over this long. */
const FADE_SECONDS = 0.4;
/** Samples handed to the encoder at once: its memory grows with them and never shrinks. */
const CHUNK_SAMPLES = 1152 * 16;

export interface Preview {
  /** MP3, mono, 48 or 64 kbit/s. */
  mp3: Uint8Array;
  /** Peak heights of what the preview plays; see {@link soundPeaks}. */
  peaks: Uint8Array;
}

type Mp3Encoder = Awaited<ReturnType<(typeof import('wasm-media-encoders'))['createMp3Encoder']>>;

let encoderOnce: Promise<Mp3Encoder> | null = null;

/** One encoder for the process: its wasm takes longer to start than a preview takes to encode. */
function mp3Encoder(): Promise<Mp3Encoder> {
  encoderOnce ??= import('wasm-media-encoders').then(({ createMp3Encoder }) => createMp3Encoder());
  return encoderOnce;
}

/** What a preview plays: the sound's first seconds at its own level, faded out where it is cut. */
function excerpt(samples: Float32Array, sampleRate: number, maxSeconds: number): Float32Array {
  const length = Math.min(samples.length, Math.round(maxSeconds * sampleRate));
  const clip = samples.slice(0, length);
  for (let i = 0; i < length; i++) {
    const sample = clip[i] ?? 0;
    // LAME turns one NaN into a frame of noise, and clips what is over full scale by itself.
    if (!Number.isFinite(sample)) clip[i] = 0;
  }
  if (length < samples.length) {
    const fade = Math.min(length, Math.round(FADE_SECONDS * sampleRate));
    for (let i = 0; i < fade; i++) {
      const at = length - fade + i;
      clip[at] = (clip[at] ?? 0) * Math.cos(((i + 1) / fade) * (Math.PI / 2)) ** 2;
    }
  }
  return clip;
}

/**
 * A short MP3 of a sound for the report, and its outline.
 *
 * The level is kept, but for the 0.95 that LAME leaves against clipping: how loud a sound is tells something. At most `maxSeconds` from the start, with a fade where the
 * sound is cut. 48 kbit/s up to 24 kHz, 64 above; rates that MP3 does not know are resampled by the encoder.
 *
 * @param samples    mono, any length >= 0.
 * @param sampleRate Hz, > 0.
 * @throws INTERNAL when the sample rate is no positive number, or the encoder gives up.
 */
export async function createPreview(
  samples: Float32Array,
  sampleRate: number,
  options: { maxSeconds?: number } = {},
): Promise<Preview> {
  if (!(sampleRate > 0) || !Number.isFinite(sampleRate)) {
    throw new SoundkinError(
      'INTERNAL',
      `report: expected a sample rate above 0 Hz for a preview, got ${sampleRate}. Please report this.`,
    );
  }
  const clip = excerpt(samples, sampleRate, options.maxSeconds ?? PREVIEW_SECONDS);
  const encoder = await mp3Encoder();
  // From here to the end nothing is awaited, so that two previews never meet in the one encoder.
  try {
    encoder.configure({ sampleRate: Math.round(sampleRate), channels: 1, bitrate: sampleRate <= 24_000 ? 48 : 64 });
    const parts: Uint8Array[] = [];
    for (let from = 0; from < clip.length; from += CHUNK_SAMPLES) {
      parts.push(encoder.encode([clip.subarray(from, from + CHUNK_SAMPLES)]).slice());
    }
    parts.push(encoder.finalize().slice());
    return { mp3: Buffer.concat(parts), peaks: soundPeaks(clip) };
  } catch (cause) {
    encoderOnce = null;
    throw new SoundkinError('INTERNAL', `report: expected an MP3 preview, got ${String(cause)}. Please report this.`, {
      cause,
    });
  }
}
