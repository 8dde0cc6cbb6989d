import { SoundkinError } from '../errors.js';
import type { DecodeWarning } from './decoded-sound.js';
import type { FileBytes } from './file-bytes.js';
import { mixChannels } from './pcm.js';
import type { SoundSource } from './sound-source.js';

/** A block as the wasm decoders give it. */
export interface ChannelBlock {
  readonly channelData: readonly Float32Array[];
  readonly sampleRate: number;
}

type Blocks = ChannelBlock | readonly ChannelBlock[];

/** What opens and ends one compressed stream. */
export interface CompressedStream {
  readonly decoder: string;
  /** Where the stream begins in the file. */
  readonly start: number;
  /** Samples a channel that the file promises. */
  readonly promised: number | undefined;
  /** Takes a piece of the file, gives what could be decoded so far. */
  decode(bytes: Uint8Array): Blocks | Promise<Blocks>;
  /** Ends the stream. A decoder that is stopped early is flushed as well: the next file must find it empty. */
  flush?(): Blocks | Promise<Blocks>;
  /** Picks the channels that count; all of them where it is not given. */
  pick?(channels: readonly Float32Array[]): readonly Float32Array[];
  /** Gives the decoder back, once, when nothing went wrong. */
  release(): void | Promise<void>;
  /** What is to be said of an end after so many samples a channel. */
  warning(frames: number, sampleRate: number): DecodeWarning | undefined | Promise<DecodeWarning | undefined>;
}

const PIECE_BYTES = 2 ** 16;
/** Where nothing tells how much a piece will become. */
const FIRST_BYTES = 2 ** 13;
const LEAST_BYTES = 2 ** 9;
/** Samples a channel that a piece should not become more than. Silence can be packed ten thousand times denser than sound: half a megabyte of FLAC may be ten hours. */
const PIECE_SAMPLES = 2 ** 22;

/** Bytes of the next piece, when one of `bytes` became so many samples. Nothing says nothing: decoders keep what may not be all of a frame. */
function nextPiece(bytes: number, samples: number): number {
  if (samples === 0) return bytes;
  const fitting = (bytes * PIECE_SAMPLES) / samples;
  return Math.max(LEAST_BYTES, Math.min(PIECE_BYTES, 2 * bytes, Math.floor(fitting)));
}

/**
 * Feeds a file to a decoder piece by piece, as its sound is asked for.
 *
 * @throws DECODE_EMPTY when nothing comes out; what the decoder throws. Reading throws DECODE_FAILED when the rate changes on the way.
 */
export async function openCompressed(file: FileBytes, stream: CompressedStream): Promise<SoundSource> {
  let offset = stream.start;
  let state: 'going' | 'ended' | 'given back' = 'going';
  let frames = 0;
  const { promised } = stream;
  let pieceBytes = promised === undefined ? FIRST_BYTES : nextPiece(PIECE_BYTES, (PIECE_BYTES * promised) / file.size);

  let waiting: ChannelBlock[] = [];
  /** @returns the samples a channel that came. */
  const add = (blocks: Blocks): number => {
    let samples = 0;
    for (const block of 'channelData' in blocks ? [blocks] : blocks) {
      const channelData = stream.pick?.(block.channelData) ?? block.channelData;
      if ((channelData[0]?.length ?? 0) > 0) waiting.push({ channelData, sampleRate: block.sampleRate });
      samples += channelData[0]?.length ?? 0;
    }
    return samples;
  };
  const nextBlock = async (): Promise<ChannelBlock | undefined> => {
    while (waiting.length === 0 && state === 'going') {
      try {
        if (offset < file.size) {
          const bytes = await file.read(offset, pieceBytes);
          offset += pieceBytes;
          pieceBytes = nextPiece(pieceBytes, add(await stream.decode(bytes)));
        } else {
          state = 'ended';
          if (stream.flush !== undefined) add(await stream.flush());
          state = 'given back';
          await stream.release();
        }
      } catch (error) {
        state = 'given back'; // to nobody: its memory may be damaged
        throw error;
      }
    }
    return waiting.shift();
  };
  const close = async (): Promise<void> => {
    waiting = [];
    if (state === 'given back') return;
    state = 'given back';
    try {
      await stream.flush?.();
      await stream.release();
    } catch {
      // A decoder that does not come to an end serves no other file.
    }
  };

  let first = await nextBlock();
  if (first === undefined) {
    throw new SoundkinError('DECODE_EMPTY', `decode: expected sound in "${file.path}", but not one frame of it could be decoded. The file is empty or damaged.`);
  }
  const { sampleRate } = first;
  return {
    sampleRate,
    channels: first.channelData.length,
    decoder: stream.decoder,
    frames: stream.promised,
    counted: false,
    fromIntegers: false,
    read: async () => {
      const block = first ?? (await nextBlock());
      first = undefined;
      if (block === undefined) return undefined;
      if (block.sampleRate !== sampleRate) {
        throw new SoundkinError('DECODE_FAILED', `decode: expected one sample rate in "${file.path}", got ${sampleRate} Hz and then ${block.sampleRate} Hz. Split the file where it changes.`);
      }
      frames += block.channelData[0]!.length;
      return mixChannels(block.channelData);
    },
    warning: async () => stream.warning(frames, sampleRate),
    close,
  };
}
