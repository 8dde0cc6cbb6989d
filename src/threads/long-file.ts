import { statSync } from 'node:fs';
import type { AnalysisSettings } from '../config/analysis.js';
import { openSoundStream, type SoundStream } from '../decode/index.js';
import { hasPlainSamples } from './memory-budget.js';

/** Sounds up to here are measured from memory: 12.7 minutes at 22 050 Hz. */
const MOST_SAMPLES = 2 ** 24;
/** The kernel keeps a row of each of their frames: less than 1 KB, by default. */
const MOST_FRAMES = 2 ** 17;
/** The least that a second of sound is believed to take: 8-bit telephone sound, and half of what speech codecs are used at. */
const LEAST_BYTES = { plain: 8000, compressed: 750 } as const;
/** Assumed of files that keep their own rates. */
const USUAL_RATE = 44_100;

/** Samples up to which a sound is measured from memory, under some settings. */
export function mostInMemory({ hopLength }: AnalysisSettings): number {
  return Math.min(MOST_SAMPLES, MOST_FRAMES * hopLength);
}

/** Seconds of a sound that are held under some settings; more is long. */
export function mostSecondsInMemory(settings: AnalysisSettings): number {
  return mostInMemory(settings) / (settings.sampleRate || USUAL_RATE);
}

/**
 * Whether a file may hold a sound that is too long to be held in memory: by its size and its name's ending, and where plain samples leave it open, by the header. An
 * answer of true only means that the file is to be read with care: that costs nothing with compressed ones, whose decoders take longer to be asked than it would save.
 * A file that cannot be opened is not long: whoever decodes it tells why.
 *
 * @param most samples that may be held.
 */
export async function mayBeLong(path: string, { sampleRate, excerptSeconds }: AnalysisSettings, most: number): Promise<boolean> {
  const secondsAt = (rate: number): number => most / (sampleRate || rate);
  if (excerptSeconds > 0 && sampleRate > 0 && excerptSeconds < secondsAt(sampleRate)) return false;
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size < LEAST_BYTES[hasPlainSamples(path) ? 'plain' : 'compressed'] * secondsAt(USUAL_RATE)) return false;
  if (!hasPlainSamples(path)) return true;
  let stream: SoundStream | undefined;
  try {
    stream = await openSoundStream(path, { sampleRate, identify: false });
    const seconds = Math.min(excerptSeconds || Infinity, stream.expectedSeconds ?? Infinity);
    return seconds > secondsAt(stream.sampleRate);
  } catch {
    return false;
  } finally {
    await stream?.close();
  }
}
