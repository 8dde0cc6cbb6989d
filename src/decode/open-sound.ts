import { SoundkinError } from '../errors.js';
import { openFfmpeg } from './decode-ffmpeg.js';
import { openFlac } from './decode-flac.js';
import { openMp3 } from './decode-mp3.js';
import { openOgg } from './decode-ogg.js';
import { openPcm, readPcmLayout } from './decode-pcm.js';
import type { Wanted } from './decoded-sound.js';
import { type Excerpt, excerptFrames, type ExcerptPlace } from './excerpt.js';
import { type FileBytes, openFileBytes } from './file-bytes.js';
import { id3Bytes } from './mpeg-header.js';
import { withSecondOpinion } from './second-opinion.js';
import { type AudioFormat, sniffFormat } from './sniff-format.js';
import { cutSource, type SoundSource } from './sound-source.js';

/** A file, its format by content, and the decoder that stands at the beginning of what is wanted of it. */
export interface OpenSound {
  readonly file: FileBytes;
  readonly format: AudioFormat;
  readonly source: SoundSource;
  /** Samples of the whole sound where they are known, counted or promised. */
  readonly frames: number | undefined;
  /** Where the excerpt lies that was asked for. */
  readonly excerpt?: ExcerptPlace;
}

const HEAD_BYTES = 2 ** 16;
const MOST_TAGS = 8;

/** The format, and where it begins behind ID3 tags, which some programs put before any format. */
async function findStart(file: FileBytes): Promise<{ format: AudioFormat; start: number }> {
  if (file.size === 0) {
    throw new SoundkinError('DECODE_EMPTY', `decode: expected sound in "${file.path}", but the file is empty. Record or copy it again.`);
  }
  let start = 0;
  let head = await file.read(0, HEAD_BYTES);
  for (let tags = 0; tags < MOST_TAGS; tags++) {
    const tag = id3Bytes(head);
    if (tag === 0 || start + tag >= file.size) break;
    start += tag;
    head = await file.read(start, HEAD_BYTES);
  }
  // A tag is a promise of sound: what stands behind it, or the lack of it, is for the MP3 decoder to tell.
  const format = sniffFormat(head) ?? (start > 0 ? 'mp3' : undefined);
  if (format === undefined) {
    throw new SoundkinError('DECODE_NOT_AUDIO', `decode: expected sound in "${file.path}", but its content is no audio format that is known. Leave it out, or convert it to WAV or FLAC.`);
  }
  return { format, start };
}

async function byFfmpeg(path: string, { maxSeconds }: Wanted, what: string): Promise<SoundSource> {
  const source = await openFfmpeg(path, maxSeconds);
  if (source !== undefined) return source;
  throw new SoundkinError('DECODE_UNSUPPORTED', `decode: expected a format that is read without help, got ${what} in "${path}". Install ffmpeg, so that it is on the PATH, or convert the file to WAV or FLAC.`);
}

async function openSource(file: FileBytes, format: AudioFormat, start: number, wanted: Wanted): Promise<SoundSource> {
  const { path } = file;
  switch (format) {
    case 'wav':
    case 'rf64':
    case 'w64':
    case 'aiff':
    case 'au':
    case 'caf': {
      if (start > 0) return byFfmpeg(path, wanted, 'a tag in front of the header');
      const layout = await readPcmLayout(file, format);
      return layout.encoding === undefined && layout.adpcm === undefined ? byFfmpeg(path, wanted, layout.codec) : openPcm(file, layout, wanted);
    }
    case 'flac':
    case 'ogg-flac':
      return withSecondOpinion(path, () => openFlac(file, start));
    case 'mp3':
      return withSecondOpinion(path, () => openMp3(file, start));
    case 'ogg-vorbis':
    case 'ogg-opus':
      return withSecondOpinion(path, () => openOgg(file, format, start));
    case 'other':
      return byFfmpeg(path, wanted, 'a format that only ffmpeg reads');
  }
}

async function countFrames(source: SoundSource): Promise<number> {
  let frames = 0;
  try {
    for (let piece = await source.read(); piece !== undefined; piece = await source.read()) frames += piece.length;
  } finally {
    await source.close();
  }
  return frames;
}

/** The first piece in hand, so that it is known to be there. */
async function withFirstPiece(source: SoundSource): Promise<{ source: SoundSource; found: boolean }> {
  let first = await source.read().catch(async (error: unknown) => {
    await source.close();
    throw error;
  });
  const found = first !== undefined;
  const read = async (): Promise<Float32Array | undefined> => {
    const piece = first ?? (await source.read());
    first = undefined;
    return piece;
  };
  return { source: Object.assign(Object.create(source) as SoundSource, { read }), found };
}

/**
 * An excerpt of a sound. Its length is what the header says; where that says nothing, or too much, the sound is decoded once to count.
 *
 * @param open opens the sound from its beginning.
 */
async function openExcerpt(open: () => Promise<SoundSource>, excerpt: Excerpt): Promise<Pick<OpenSound, 'source' | 'frames' | 'excerpt'>> {
  let whole = await open();
  let { frames } = whole;
  for (let again = false; ; again = true) {
    if (again || (frames === undefined && excerpt.at !== 'start')) {
      frames = await countFrames(whole);
      whole = await open();
    }
    const { sampleRate } = whole;
    const { from, count } = excerptFrames(excerpt, frames ?? 0, sampleRate);
    const { source, found } = await withFirstPiece(cutSource(whole, from, count));
    if (found || again) {
      const seconds = Math.min(count, (frames ?? Infinity) - from) / sampleRate;
      return { source, frames, excerpt: { startSeconds: from / sampleRate, seconds } };
    }
    await source.close();
    whole = await open();
  }
}

export interface SoundRequest extends Wanted {
  readonly identify: boolean;
  /** Files up to this size are held in memory. */
  readonly memoryBytes?: number;
  readonly excerpt?: Excerpt;
  /** Told of the file once its format is known: for what else it holds. */
  readonly onOpen?: ((file: FileBytes, format: AudioFormat) => Promise<void>) | undefined;
}

/**
 * Opens a file by its content, at the beginning or at an excerpt. The caller closes source and file.
 *
 * @throws as decodeFile.
 */
export async function openSound(path: string, { identify, memoryBytes, excerpt, onOpen, ...wanted }: SoundRequest): Promise<OpenSound> {
  const file = await openFileBytes(path, memoryBytes, identify);
  try {
    const { format, start } = await findStart(file);
    await onOpen?.(file, format);
    const open = (): Promise<SoundSource> => openSource(file, format, start, wanted);
    if (excerpt !== undefined) return { file, format, ...(await openExcerpt(open, excerpt)) };
    const source = await open();
    return { file, format, source, frames: source.frames };
  } catch (error) {
    await file.close();
    throw error;
  }
}
