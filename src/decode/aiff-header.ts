import { SoundkinError } from '../errors.js';
import { adpcmCoding } from './adpcm.js';
import type { FileBytes } from './file-bytes.js';
import { frameBytes, type PcmLayout } from './pcm-layout.js';
import type { PcmEncoding } from './pcm.js';
import { fourCharacters, walkChunks } from './walk-chunks.js';

/** Compression types of AIFF-C that are none: how their samples lie. Of the integer ones without a size, the bits tell it. */
const ENCODINGS: Readonly<Record<string, { kind: PcmEncoding['kind']; bytes?: number; bigEndian: boolean }>> = {
  NONE: { kind: 'signed', bigEndian: true },
  twos: { kind: 'signed', bigEndian: true },
  sowt: { kind: 'signed', bigEndian: false },
  'raw ': { kind: 'unsigned', bytes: 1, bigEndian: true },
  in24: { kind: 'signed', bytes: 3, bigEndian: true },
  in32: { kind: 'signed', bytes: 4, bigEndian: true },
  '42ni': { kind: 'signed', bytes: 3, bigEndian: false },
  '23ni': { kind: 'signed', bytes: 4, bigEndian: false },
  fl32: { kind: 'float', bytes: 4, bigEndian: true },
  FL32: { kind: 'float', bytes: 4, bigEndian: true },
  fl64: { kind: 'float', bytes: 8, bigEndian: true },
  FL64: { kind: 'float', bytes: 8, bigEndian: true },
  alaw: { kind: 'a-law', bytes: 1, bigEndian: true },
  ALAW: { kind: 'a-law', bytes: 1, bigEndian: true },
  ulaw: { kind: 'mu-law', bytes: 1, bigEndian: true },
  ULAW: { kind: 'mu-law', bytes: 1, bigEndian: true },
};

/** The 80-bit number in which AIFF keeps the sample rate: a sign, 15 bits of exponent, 64 of mantissa with its leading one. */
function readExtended(view: DataView, offset: number): number {
  const exponent = (view.getUint16(offset) & 0x7fff) - 16_383;
  const mantissa = view.getUint32(offset + 2) * 2 ** 32 + view.getUint32(offset + 6);
  return mantissa * 2 ** (exponent - 63);
}

/**
 * The header of an AIFF or AIFF-C file.
 *
 * @throws DECODE_FAILED when the file ends before its samples or never describes them.
 */
export async function readAiffHeader(file: FileBytes): Promise<PcmLayout> {
  const isAifc = fourCharacters(await file.read(8, 4), 0) === 'AIFC';
  let common: { channels: number; frames: number; bits: number; sampleRate: number; type: string } | undefined;
  let sound: { offset: number; size: number } | undefined;

  for await (const chunk of walkChunks(file, 12, false)) {
    if (chunk.id === 'COMM') {
      const bytes = await file.read(chunk.offset, 22);
      if (bytes.length < 18) break;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      common = {
        channels: view.getUint16(0),
        frames: view.getUint32(2),
        bits: view.getUint16(6),
        sampleRate: Math.round(readExtended(view, 8)),
        type: isAifc && chunk.size >= 22 && bytes.length >= 22 ? fourCharacters(bytes, 18) : 'NONE',
      };
    } else if (chunk.id === 'SSND') {
      const bytes = await file.read(chunk.offset, 4);
      if (bytes.length < 4) break;
      const skipped = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0); // block alignment puts bytes before the samples
      sound = { offset: chunk.offset + skipped, size: chunk.size - skipped };
    }
    if (common !== undefined && sound !== undefined) break;
  }
  if (common === undefined || sound === undefined) {
    const missing = common === undefined ? 'a common chunk' : 'a sound chunk';
    throw new SoundkinError('DECODE_FAILED', `decode: expected a whole header in "${file.path}", but it ends without ${missing}. The file is damaged.`);
  }

  const { channels, frames, bits, sampleRate, type } = common;
  const known = ENCODINGS[type];
  const bytes = known?.bytes ?? Math.ceil(bits / 8);
  const encoding = known !== undefined && bytes >= 1 && bytes <= (known.kind === 'float' ? 8 : 4) ? { ...known, bytes } : undefined;
  const there = Math.max(0, file.size - sound.offset);
  // The count of frames is the promise; a chunk that says less, is believed about the end.
  const adpcm = type === 'ima4' ? adpcmCoding('ima4', channels) : undefined;
  // Of ima4 packets are counted.
  const frameSize = encoding === undefined ? adpcm?.blockBytes : frameBytes(encoding, channels);
  const promised = frameSize === undefined || frames === 0 ? sound.size : frames * frameSize;
  const inChunk = sound.size > 0 && sound.size < promised ? sound.size : promised;
  const streamed = promised < 0;
  return {
    encoding,
    adpcm,
    codec: `AIFF-C "${type}"`,
    sampleRate,
    channels,
    dataOffset: sound.offset,
    dataBytes: streamed ? there : Math.min(inChunk, there),
    declaredBytes: streamed ? undefined : promised,
    nodeWav: false,
  };
}
