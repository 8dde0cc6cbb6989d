import type { AdpcmCoding } from './adpcm.js';
import type { PcmEncoding } from './pcm.js';

/** What a header says: where the samples lie, and how they are to be read. */
export interface PcmLayout {
  /** Undefined where the samples are compressed; `codec` then names how. */
  readonly encoding: PcmEncoding | undefined;
  readonly codec: string;
  /** How blocks of ADPCM lie, where they are such. */
  readonly adpcm?: AdpcmCoding | undefined;
  /** Samples a channel that the header counts beside the bytes. */
  readonly codedFrames?: number;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Where the samples begin in the file. */
  readonly dataOffset: number;
  /** Bytes of samples that the file holds. */
  readonly dataBytes: number;
  /** Bytes of samples that the header promises; undefined where a streaming writer never filled it in. */
  readonly declaredBytes: number | undefined;
  /** True for the plain kind of WAV file that node-wav reads right. */
  readonly nodeWav: boolean;
}

/** Bytes of one frame: a sample of every channel. */
export function frameBytes(encoding: PcmEncoding, channels: number): number {
  return encoding.bytes * channels;
}

/** Bytes of one sample's container: what the block alignment says where it can be believed, else the bits rounded up. */
export function containerBytes(bits: number, blockAlign: number, channels: number): number {
  const needed = Math.ceil(bits / 8);
  const aligned = blockAlign / channels;
  return Number.isInteger(aligned) && aligned >= needed && aligned <= 4 ? aligned : needed;
}
