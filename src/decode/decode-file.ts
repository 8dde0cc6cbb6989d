import { messageOf, SoundkinError } from '../errors.js';
import { decodeFfmpeg } from './decode-ffmpeg.js';
import { decodeFlac } from './decode-flac.js';
import { decodeMp3 } from './decode-mp3.js';
import { decodeOgg } from './decode-ogg.js';
import { decodePcm, readPcmLayout } from './decode-pcm.js';
import { type DecodedSound, type DecodeWarning, seconds, type Wanted } from './decoded-sound.js';
import { type FileBytes, openFileBytes } from './file-bytes.js';
import { id3Bytes } from './mpeg-header.js';
import { type AudioFormat, sniffFormat } from './sniff-format.js';

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
  /** Of the file, before resampling. */
  readonly durationSeconds: number;
  /** By content, whatever the name says. */
  readonly format: AudioFormat;
  /** What decoded it: 'wav', 'node-wav', 'flac-wasm', 'mpg123-wasm', 'vorbis-wasm', 'opus-wasm' or 'ffmpeg'. */
  readonly decoder: string;
  /** The first 32 hexadecimal digits of the SHA-256 of the file's bytes; empty where it was not wanted. */
  readonly contentId: string;
  /** Set where the sound could be used, but is not all there. */
  readonly warning?: DecodeWarning;
}

/** Larger files are read in pieces where not all of them is needed. */
const WORTH_READING_WHOLE = 2 ** 18;
const HEAD_BYTES = 2 ** 16;
const MOST_TAGS = 8;

/** The format, and where it begins behind ID3 tags, which some programs put before any format. */
async function findStart(file: FileBytes): Promise<{ format: AudioFormat | undefined; start: number }> {
  let start = 0;
  let head = await file.read(0, HEAD_BYTES);
  for (let tags = 0; tags < MOST_TAGS; tags++) {
    const tag = id3Bytes(head);
    if (tag === 0 || start + tag >= file.size) break;
    start += tag;
    head = await file.read(start, HEAD_BYTES);
  }
  const format = sniffFormat(head);
  // A tag is a promise of sound: what stands behind it, or the lack of it, is for the MP3 decoder to tell.
  return { format: format ?? (start > 0 ? 'mp3' : undefined), start };
}

async function decodeByFfmpeg(path: string, wanted: Wanted, what: string): Promise<DecodedSound> {
  const decoded = await decodeFfmpeg(path, wanted);
  if (decoded !== undefined) return decoded;
  throw new SoundkinError('DECODE_UNSUPPORTED', `decode: expected a format that is read without help, got ${what} in "${path}". Install ffmpeg, so that it is on the PATH, or convert the file to WAV or FLAC.`);
}

/** A second opinion must bring this much more sound, in seconds and as a share, to be taken. */
const MORE_SECONDS = 0.1;
const MORE_SHARE = 1.01;

/**
 * Runs a wasm decoder; where it traps, finds nothing, or stops early, ffmpeg has a try, since it finds its way again after damage.
 * Without ffmpeg the first answer stands.
 */
async function orFfmpeg(path: string, wanted: Wanted, decode: () => Promise<DecodedSound>): Promise<DecodedSound> {
  let first: DecodedSound;
  try {
    first = await decode();
  } catch (error) {
    if (error instanceof SoundkinError && error.code !== 'DECODE_FAILED' && error.code !== 'DECODE_EMPTY') throw error;
    const second = await decodeFfmpeg(path, wanted).catch(() => undefined);
    if (second !== undefined) return second;
    if (error instanceof SoundkinError) throw error;
    throw new SoundkinError('DECODE_FAILED', `decode: expected to decode "${path}", but its decoder gave up: ${messageOf(error)}. The file is damaged; copy it again.`, { cause: error });
  }
  if (first.warning === undefined) return first;
  const second = await decodeFfmpeg(path, wanted).catch(() => undefined);
  const more = second !== undefined && second.durationSeconds > Math.max(first.durationSeconds * MORE_SHARE, first.durationSeconds + MORE_SECONDS);
  if (!more) return first;
  const message = `decode: expected "${path}" to be whole, but its decoder stopped after ${seconds(first.durationSeconds)}; ffmpeg found ${seconds(second.durationSeconds)}. The file is damaged: copy it again.`;
  return { warning: { code: 'DECODE_TRUNCATED', message }, ...second };
}

async function decodeByFormat(file: FileBytes, format: AudioFormat, start: number, wanted: Wanted): Promise<DecodedSound> {
  const { path } = file;
  switch (format) {
    case 'wav':
    case 'rf64':
    case 'w64':
    case 'aiff': {
      if (start > 0) return decodeByFfmpeg(path, wanted, 'a tag in front of the header');
      const layout = await readPcmLayout(file, format);
      return layout.encoding === undefined
        ? decodeByFfmpeg(path, wanted, layout.codec)
        : decodePcm(file, layout, wanted);
    }
    case 'flac':
    case 'ogg-flac':
      return orFfmpeg(path, wanted, () => decodeFlac(file, start, wanted));
    case 'mp3':
      return orFfmpeg(path, wanted, () => decodeMp3(file, start, wanted));
    case 'ogg-vorbis':
    case 'ogg-opus':
      return orFfmpeg(path, wanted, () => decodeOgg(file, format, start, wanted));
    case 'other':
      return decodeByFfmpeg(path, wanted, 'a format that only ffmpeg reads');
  }
}

function allFinite(samples: Float32Array): boolean {
  for (let i = 0; i < samples.length; i++) if (!Number.isFinite(samples[i])) return false;
  return true;
}

/**
 * One file as mono float32 at the rate wanted: the values of `librosa.load(path, sr=sampleRate, mono=True)`, to the
 * bit for PCM and FLAC at their own rate. Resampling is a filter of our own with the response of `soxr_hq`.
 *
 * The format is told from the content, never from the name. A file that ends early is decoded as far as it goes, with a warning.
 *
 * @param path any file name.
 * @param options.sampleRate Hz, or 0 for the file's own.
 * @param options.maxSeconds how much sound is wanted from the beginning: the rest is not decoded, and nothing is said of how the file ends. Default all.
 * @param options.pcm16 also give the file's own 16-bit integers, where it holds such: see DecodedAudio.pcm16.
 * @param options.identify false leaves out the content's id, for which all of the file has to be read. Default true.
 * @throws DECODE_READ when it cannot be read; DECODE_EMPTY when it holds no samples; DECODE_NOT_AUDIO when its content is no
 *   sound; DECODE_UNSUPPORTED when only ffmpeg reads it and there is none; DECODE_FAILED when it is damaged.
 */
export async function decodeFile(path: string, options: { readonly sampleRate: number; readonly maxSeconds?: number; readonly pcm16?: boolean; readonly identify?: boolean }): Promise<DecodedAudio> {
  const { sampleRate, maxSeconds = Infinity, pcm16 = false, identify = true } = options;
  const file = await (identify ? openFileBytes(path) : openFileBytes(path, WORTH_READING_WHOLE));
  try {
    if (file.size === 0) {
      throw new SoundkinError('DECODE_EMPTY', `decode: expected sound in "${path}", but the file is empty. Record or copy it again.`);
    }
    const { format, start } = await findStart(file);
    if (format === undefined) {
      throw new SoundkinError('DECODE_NOT_AUDIO', `decode: expected sound in "${path}", but its content is no audio format that is known. Leave it out, or convert it to WAV or FLAC.`);
    }
    const { fromIntegers, ...sound } = await decodeByFormat(file, format, start, { sampleRate, maxSeconds, pcm16 });
    if (fromIntegers !== true && !allFinite(sound.samples)) {
      throw new SoundkinError('DECODE_FAILED', `decode: expected finite samples in "${path}", but it holds samples that are not numbers. Export it again.`);
    }
    const rate = sampleRate === 0 ? sound.sourceSampleRate : sampleRate;
    return {
      ...sound,
      // Decoders stop at the end of a block.
      samples: sound.samples.length > maxSeconds * rate ? sound.samples.subarray(0, Math.ceil(maxSeconds * rate)) : sound.samples,
      sampleRate: rate,
      format,
      contentId: identify ? await file.contentId() : '',
    };
  } finally {
    await file.close();
  }
}
