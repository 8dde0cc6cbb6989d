import { SoundkinError } from '../errors.js';
import type { FileBytes } from './file-bytes.js';
import type { PcmLayout } from './pcm-layout.js';
import type { PcmEncoding } from './pcm.js';

const ENCODINGS: Readonly<Record<number, Omit<PcmEncoding, 'bigEndian'>>> = {
  1: { kind: 'mu-law', bytes: 1 },
  2: { kind: 'signed', bytes: 1 },
  3: { kind: 'signed', bytes: 2 },
  4: { kind: 'signed', bytes: 3 },
  5: { kind: 'signed', bytes: 4 },
  6: { kind: 'float', bytes: 4 },
  7: { kind: 'float', bytes: 8 },
  27: { kind: 'a-law', bytes: 1 },
};
const HEADER_BYTES = 24;
const UNKNOWN_SIZE = 0xffff_ffff;

/**
 * The header of a Sun or NeXT sound (AU, SND).
 *
 * @throws DECODE_FAILED when the file ends before its samples.
 */
export async function readAuHeader(file: FileBytes): Promise<PcmLayout> {
  const bytes = await file.read(0, HEADER_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const dataOffset = bytes.length < HEADER_BYTES ? 0 : view.getUint32(4);
  if (dataOffset < HEADER_BYTES) {
    throw new SoundkinError('DECODE_FAILED', `decode: expected a whole header in "${file.path}", but it ends without a place for samples. The file is damaged.`);
  }
  const size = view.getUint32(8);
  const coding = view.getUint32(12);
  const encoding = ENCODINGS[coding];
  const there = Math.max(0, file.size - dataOffset);
  const unknown = size === UNKNOWN_SIZE || size === 0;
  return {
    encoding: encoding && { ...encoding, bigEndian: true },
    codec: `AU encoding ${coding}`,
    sampleRate: view.getUint32(16),
    channels: view.getUint32(20),
    dataOffset,
    dataBytes: unknown ? there : Math.min(size, there),
    declaredBytes: unknown ? undefined : size,
    nodeWav: false,
  };
}
