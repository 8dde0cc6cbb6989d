import { decodeFile } from '../decode/index.js';
import { messageOf, SoundkinError } from '../errors.js';
import type { OnProgress } from '../progress.js';
import { scan } from '../scan/index.js';
import type { FileProblem } from './extract.js';

export interface SampleOptions {
  readonly sounds: readonly string[];
  /** Files at most, taken evenly from all. */
  readonly files: number;
  /** Minutes of sound at most. */
  readonly minutes: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** A file that is measured, and its sound at its own rate. */
export interface SampledFile {
  readonly path: string;
  readonly size: number;
  readonly samples: Float32Array;
  readonly sampleRate: number;
  readonly contentId: string;
  /** Only its beginning was wanted. */
  readonly isCut: boolean;
  /** What the first decoding took. */
  readonly seconds: number;
}

export interface Sample {
  readonly files: readonly SampledFile[];
  /** Sounds in the paths given. */
  readonly found: number;
  readonly problems: readonly FileProblem[];
}

/**
 * Some of the sounds in files and folders, decoded.
 *
 * @throws SCAN_NOT_FOUND; SCAN_EMPTY when there is no sound, or none of those tried could be decoded.
 */
export async function sampleFiles({ sounds, files, minutes, signal, onProgress }: SampleOptions): Promise<Sample> {
  const { tracks, problems } = await scan(sounds, onProgress === undefined ? {} : { onProgress });
  const count = Math.min(files, tracks.length);
  const chosen = Array.from({ length: count }, (_, i) => tracks[Math.floor((i * tracks.length) / count)]!);
  const sample: SampledFile[] = [];
  const failed: FileProblem[] = [...problems];
  let left = minutes * 60;
  for (const [i, { root, absolutePath, path, size }] of chosen.entries()) {
    if (left <= 0 || signal?.aborted === true) break;
    const started = performance.now();
    try {
      const { samples, sampleRate, contentId } = await decodeFile(absolutePath, { sampleRate: 0, maxSeconds: left });
      const seconds = samples.length / sampleRate;
      sample.push({ path: absolutePath, size, samples, sampleRate, contentId, isCut: seconds >= left, seconds: (performance.now() - started) / 1000 });
      left -= seconds;
    } catch (error) {
      failed.push({ root, path, code: error instanceof SoundkinError ? error.code : 'DECODE_FAILED', message: messageOf(error) });
    }
    onProgress?.({ stage: 'decode', done: i + 1, total: chosen.length, item: path });
  }
  if (sample.length === 0 && signal?.aborted !== true) {
    throw new SoundkinError('SCAN_EMPTY', `bench: expected a sound that can be decoded, got none among ${chosen.length} tried. Name a folder with others, or run it with --hardware alone.`, { details: { problems: failed } });
  }
  return { files: sample, found: tracks.length, problems: failed };
}
