import type { DecodeWarning } from './decoded-sound.js';

/** One sound, open: mono pieces at the file's own rate, decoded when they are asked for. */
export interface SoundSource {
  /** Hz, in the file. */
  readonly sampleRate: number;
  /** In the file. */
  readonly channels: number;
  /** What decodes it; may change when another has to go on. */
  readonly decoder: string;
  /** Samples a channel: of plain samples what the file holds, else what its header promises; undefined where nothing tells. */
  readonly frames: number | undefined;
  /** Whether `frames` is counted, no promise. */
  readonly counted: boolean;
  /** Whether the samples were integers: none of them can be NaN or infinite. */
  readonly fromIntegers: boolean;
  /** The same as 16-bit integers, filled as pieces are read, where they were wanted and are such in the file. */
  readonly pcm16?: Int16Array;
  /** The next piece, never empty, at the file's rate; undefined at the end. It belongs to the caller. */
  read(): Promise<Float32Array | undefined>;
  /** Leaves out so many samples that nobody needs, where that is cheaper than reading them. To be called before `read`. */
  skip?(frames: number): void;
  /** What is to be said of the end, once `read` has come to it. */
  warning(): Promise<DecodeWarning | undefined>;
  /** Ends it, at any time; once is enough, and more do no harm. */
  close(): Promise<void>;
}

/**
 * A part of a sound, which is then decoded no further than wanted.
 *
 * @param from the first sample that is wanted, at the source's rate.
 * @param count samples from there on.
 */
export function cutSource(source: SoundSource, from: number, count: number): SoundSource {
  let left = from;
  if (source.skip !== undefined) {
    source.skip(from);
    left = 0;
  }
  let wanted = count;
  return {
    sampleRate: source.sampleRate,
    channels: source.channels,
    get decoder() {
      return source.decoder;
    },
    frames: source.frames === undefined ? undefined : Math.max(0, Math.min(count, source.frames - from)),
    counted: source.counted,
    fromIntegers: source.fromIntegers,
    read: async () => {
      while (wanted > 0) {
        const piece = await source.read();
        if (piece === undefined) return undefined;
        const part = piece.subarray(Math.min(left, piece.length)).subarray(0, wanted);
        left = Math.max(0, left - piece.length);
        wanted -= part.length;
        if (part.length > 0) return part;
      }
      return undefined;
    },
    // How the sound ends is not known where it is left before its end.
    warning: () => (wanted > 0 ? source.warning() : Promise.resolve(undefined)),
    close: () => source.close(),
  };
}
