import { SoundkinError } from '../errors.js';
import { inStage } from '../stage-seconds.js';
import type { DecodeWarning } from './decoded-sound.js';
import type { Excerpt, ExcerptPlace } from './excerpt.js';
import type { FileBytes } from './file-bytes.js';
import { createMonoCollector } from './mono-collector.js';
import { openSound } from './open-sound.js';
import type { AudioFormat } from './sniff-format.js';

/** One sound, ready to be measured. */
export interface DecodedAudio {
  /** Mono: the mean of the channels; at `sampleRate`. */
  readonly samples: Float32Array;
  /** The same as 16-bit integers, where that was asked for and the file holds such: one channel, at that rate. */
  readonly pcm16?: Int16Array;
  /** Hz. */
  readonly sampleRate: number;
  /** Hz, in the file. */
  readonly sourceSampleRate: number;
  /** In the file. */
  readonly channels: number;
  /** Of the file, before resampling; of an excerpt too, as far as the file tells. */
  readonly durationSeconds: number;
  /** By content, whatever the name says. */
  readonly format: AudioFormat;
  /** What decoded it: 'wav', 'node-wav', 'flac-wasm', 'mpg123-wasm', 'vorbis-wasm', 'opus-wasm' or 'ffmpeg'; two of them where ffmpeg had to go on behind damage. */
  readonly decoder: string;
  /** The first 32 hexadecimal digits of the SHA-256 of the file's bytes; empty where it was not wanted. */
  readonly contentId: string;
  /** Where the excerpt lies, when one was asked for. */
  readonly excerpt?: ExcerptPlace;
  /** Set where the sound could be used, but is not all there. */
  readonly warning?: DecodeWarning;
}

/** Larger files are read in pieces where not all of them is needed. */
const WORTH_READING_WHOLE = 2 ** 18;
/** A header may promise anything: it is believed as far as a file of this size makes likely. */
const LIKELY_SAMPLES_A_BYTE = 64;

/** Whether all are numbers, none of them infinite. */
export function allFinite(samples: Float32Array): boolean {
  for (let i = 0; i < samples.length; i++) if (!Number.isFinite(samples[i])) return false;
  return true;
}

export function notFinite(path: string): SoundkinError {
  return new SoundkinError('DECODE_FAILED', `decode: expected finite samples in "${path}", but it holds samples that are not numbers. Export it again.`);
}

export interface DecodeOptions {
  /** Hz, or 0 for the file's own. */
  readonly sampleRate: number;
  /** How much sound is wanted from the beginning: the rest is not decoded, and nothing is said of how the file ends. Default all. */
  readonly maxSeconds?: number;
  /** A part in place of the whole, cut before it is resampled. Not together with `maxSeconds`. */
  readonly excerpt?: Excerpt;
  /** Also give the file's own 16-bit integers, where it holds such: see DecodedAudio.pcm16. Not with an excerpt. */
  readonly pcm16?: boolean;
  /** False leaves out the content's id, for which all of the file has to be read. Default true. */
  readonly identify?: boolean;
  /** Told of the file once its format is known: for what else it holds. What it throws is thrown. */
  readonly onOpen?: (file: FileBytes, format: AudioFormat) => Promise<void>;
}

/**
 * One file as mono float32 at the rate wanted: the values of `librosa.load(path, sr=sampleRate, mono=True)`, to the
 * bit for PCM and FLAC at their own rate. Resampling is a filter of our own with the response of `soxr_hq`.
 *
 * The format is told from the content, never from the name. A file that ends early is decoded as far as it goes, with a warning.
 *
 * @param path any file name.
 * @throws DECODE_READ when it cannot be read; DECODE_EMPTY when it holds no samples; DECODE_NOT_AUDIO when its content is no
 *   sound; DECODE_UNSUPPORTED when only ffmpeg reads it and there is none; DECODE_FAILED when it is damaged.
 * @see openSoundStream for sounds of any length.
 */
export function decodeFile(path: string, options: DecodeOptions): Promise<DecodedAudio> {
  return inStage('decode', () => decodeWhole(path, options));
}

async function decodeWhole(path: string, options: DecodeOptions): Promise<DecodedAudio> {
  const { sampleRate, maxSeconds = Infinity, excerpt, identify = true } = options;
  const pcm16Wanted = options.pcm16 === true && excerpt === undefined;
  const opened = await openSound(path, { sampleRate, maxSeconds, pcm16: pcm16Wanted, identify, onOpen: options.onOpen, ...(identify ? {} : { memoryBytes: WORTH_READING_WHOLE }), ...(excerpt && { excerpt }) });
  const { file, source, format } = opened;
  try {
    const sourceSampleRate = source.sampleRate;
    const wantedFrames = Math.ceil(maxSeconds * sourceSampleRate);
    const expected = source.frames === undefined || (!source.counted && source.frames > LIKELY_SAMPLES_A_BYTE * file.size) ? undefined : Math.min(source.frames, wantedFrames);
    const collector = await createMonoCollector(sourceSampleRate, sampleRate, expected);
    let ended = false;
    while (!ended && collector.taken - collector.beyond < wantedFrames) {
      const piece = await source.read();
      if (piece === undefined) ended = true;
      else collector.push(piece, 'owned');
    }
    // How a sound ends is not known where it was left before.
    const warning = ended ? await source.warning() : undefined;
    const gathered = collector.finish();
    if (!source.fromIntegers && !allFinite(gathered)) throw notFinite(path);
    if (gathered.length === 0) throw new SoundkinError('DECODE_EMPTY', `decode: expected samples in "${path}", but it holds none. Record or copy it again.`);
    const rate = sampleRate === 0 ? sourceSampleRate : sampleRate;
    const frames = source.counted || excerpt !== undefined ? (opened.frames ?? collector.taken) : collector.taken;
    return {
      // Decoders stop at the end of a block.
      samples: gathered.length > maxSeconds * rate ? gathered.subarray(0, Math.ceil(maxSeconds * rate)) : gathered,
      ...(source.pcm16 === undefined ? {} : { pcm16: source.pcm16 }),
      sampleRate: rate,
      sourceSampleRate,
      channels: source.channels,
      durationSeconds: frames / sourceSampleRate,
      format,
      decoder: source.decoder,
      contentId: identify ? await file.contentId() : '',
      ...(opened.excerpt === undefined ? {} : { excerpt: opened.excerpt }),
      ...(warning === undefined ? {} : { warning }),
    };
  } finally {
    await source.close();
    await file.close();
  }
}
