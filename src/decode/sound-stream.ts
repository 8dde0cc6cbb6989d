import { SoundkinError } from '../errors.js';
import { allFinite, type DecodedAudio, notFinite } from './decode-file.js';
import { inStage } from '../stage-seconds.js';
import type { Excerpt } from './excerpt.js';
import type { FileBytes } from './file-bytes.js';
import { checkedRate } from './mono-collector.js';
import { openSound } from './open-sound.js';
import { createResampler } from './resample.js';
import type { AudioFormat } from './sniff-format.js';

/** A sound that comes block by block, so that its length does not matter. */
export interface SoundStream extends AsyncIterable<Float32Array> {
  /** Hz, of the blocks. */
  readonly sampleRate: number;
  /** Hz, in the file. */
  readonly sourceSampleRate: number;
  /** In the file. */
  readonly channels: number;
  /** By content, whatever the name says. */
  readonly format: AudioFormat;
  /** How much sound will come: certain in files of plain samples, what the header promises in others, undefined where nothing tells. */
  readonly expectedSeconds: number | undefined;
  /**
   * The next block: mono, `blockSamples` of them, fewer only in the last; undefined at the end. It belongs to the caller. Nothing is
   * decoded ahead, so that memory is bounded however slow the reader is. One call at a time.
   *
   * @throws DECODE_FAILED when the file is damaged, or holds what is not a number; DECODE_READ when it can no longer be read.
   */
  read(): Promise<Float32Array | undefined>;
  /**
   * What decodeFile tells beside the samples, once all blocks are read.
   *
   * @throws INTERNAL before the end.
   */
  facts(): Promise<Omit<DecodedAudio, 'samples' | 'pcm16'>>;
  /** Ends it, at any time: the file, the decoder and its process are given back. Reading on then gives undefined. */
  close(): Promise<void>;
}

export interface StreamOptions {
  /** Hz, or 0 for the file's own. */
  readonly sampleRate: number;
  /** Of a block; default 2^19 (24 s at 22 050 Hz). */
  readonly blockSamples?: number;
  /** A part in place of the whole, cut before it is resampled. */
  readonly excerpt?: Excerpt;
  /** False leaves out the content's id: for a second reading of the same file. Default true. */
  readonly identify?: boolean;
  /** Told of the file once its format is known: for what else it holds. What it throws is thrown. */
  readonly onOpen?: (file: FileBytes, format: AudioFormat) => Promise<void>;
}

const BLOCK_SAMPLES = 2 ** 19;
/** Larger files are read in pieces. */
const MEMORY_BYTES = 2 ** 22;

/**
 * Opens one file as a stream of mono blocks: together they are decodeFile's samples, to the bit, in memory that does not grow with
 * the sound. The content's id is made of what is read on the way. `for await` reads it to the end, and closes it.
 *
 * @param path any file name.
 * @throws as decodeFile, as far as it can be told from the beginning; the rest when it is read.
 */
export async function openSoundStream(path: string, options: StreamOptions): Promise<SoundStream> {
  const { sampleRate, blockSamples = BLOCK_SAMPLES, excerpt, identify = true } = options;
  if (!(Number.isInteger(blockSamples) && blockSamples >= 1)) {
    throw new SoundkinError('INTERNAL', `decode: expected blocks of at least one sample, got ${blockSamples}. Leave blockSamples out.`);
  }
  const opened = await inStage('decode', () => openSound(path, { sampleRate, maxSeconds: Infinity, identify, onOpen: options.onOpen, memoryBytes: MEMORY_BYTES, ...(excerpt && { excerpt }) }));
  const { file, source, format } = opened;
  const closeAll = async (): Promise<void> => {
    await source.close();
    await file.close();
  };
  try {
    const sourceSampleRate = checkedRate(source.sampleRate);
    const rate = sampleRate === 0 ? sourceSampleRate : sampleRate;
    const resampler = await createResampler(sourceSampleRate, rate);
    const same = rate === sourceSampleRate;
    // What comes of one push is held at once: a low rate would make much of little.
    const pushSamples = Math.max(1, Math.floor((BLOCK_SAMPLES * sourceSampleRate) / Math.max(rate, sourceSampleRate)));

    let state: 'going' | 'ended' | 'closed' = 'going';
    let piece: Float32Array = new Float32Array(0);
    let ready: Float32Array = new Float32Array(0);
    let taken = 0;
    let given = 0;
    let warning: DecodedAudio['warning'];
    let contentId: string | undefined;

    /** More sound at the rate wanted; undefined behind the end. */
    const more = async (): Promise<Float32Array | undefined> => {
      if (state !== 'going') return undefined;
      if (piece.length === 0) {
        const next = await source.read();
        if (next === undefined) {
          warning = await source.warning();
          state = 'ended';
          return resampler.finish();
        }
        taken += next.length;
        piece = next;
      }
      const part = piece.subarray(0, pushSamples);
      piece = piece.subarray(part.length);
      return same ? part : resampler.push(part);
    };

    const nextBlock = async (): Promise<Float32Array | undefined> => {
      const block = new Float32Array(blockSamples);
      let length = 0;
      while (length < blockSamples) {
        if (ready.length === 0) {
          const part = await more();
          if (part === undefined) break;
          ready = part;
        }
        const part = ready.subarray(0, blockSamples - length);
        block.set(part, length);
        length += part.length;
        ready = ready.subarray(part.length);
      }
      return length === 0 ? undefined : length === blockSamples ? block : block.slice(0, length);
    };

    const stream: SoundStream = {
      sampleRate: rate,
      sourceSampleRate,
      channels: source.channels,
      format,
      expectedSeconds: source.frames === undefined ? undefined : source.frames / sourceSampleRate,
      read: async () => {
        if (state === 'closed') return undefined;
        try {
          const block = await inStage('decode', nextBlock);
          if (block === undefined && given === 0) throw new SoundkinError('DECODE_EMPTY', `decode: expected samples in "${path}", but it holds none. Record or copy it again.`);
          if (block !== undefined && !source.fromIntegers && !allFinite(block)) throw notFinite(path);
          given += block?.length ?? 0;
          return block;
        } catch (error) {
          await stream.close();
          throw error;
        }
      },
      facts: async () => {
        if (state !== 'ended' || ready.length > 0) {
          if (contentId === undefined) throw new SoundkinError('INTERNAL', `decode: expected "${path}" to be read to its end first, got a question after ${given} samples.`);
        }
        contentId ??= identify ? await inStage('decode', () => file.contentId()) : '';
        const frames = source.counted || excerpt !== undefined ? (opened.frames ?? taken) : taken;
        return {
          sampleRate: rate,
          sourceSampleRate,
          channels: source.channels,
          durationSeconds: frames / sourceSampleRate,
          format,
          decoder: source.decoder,
          contentId,
          ...(opened.excerpt === undefined ? {} : { excerpt: opened.excerpt }),
          ...(warning === undefined ? {} : { warning }),
        };
      },
      close: async () => {
        if (state === 'closed') return;
        state = 'closed';
        await closeAll();
      },
      async *[Symbol.asyncIterator]() {
        try {
          for (let block = await stream.read(); block !== undefined; block = await stream.read()) yield block;
        } finally {
          if (state === 'ended' && ready.length === 0) await stream.facts();
          await stream.close();
        }
      },
    };
    return stream;
  } catch (error) {
    await closeAll();
    throw error;
  }
}
