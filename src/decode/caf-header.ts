import { SoundkinError } from '../errors.js';
import { type AdpcmCoding, adpcmCoding } from './adpcm.js';
import type { FileBytes } from './file-bytes.js';
import type { PcmLayout } from './pcm-layout.js';
import type { PcmEncoding } from './pcm.js';
import { fourCharacters } from './walk-chunks.js';

const DESCRIPTION_BYTES = 32;
const FLAG_FLOAT = 1;
const FLAG_LITTLE_ENDIAN = 2;
/** The samples' chunk begins with a count of edits. */
const EDIT_BYTES = 4;

interface Description {
  readonly encoding: PcmEncoding | undefined;
  readonly adpcm: AdpcmCoding | undefined;
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number;
}

function parseDescription(bytes: Uint8Array): Description {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const codec = fourCharacters(bytes, 8);
  const flags = view.getUint32(12);
  const channels = view.getUint32(24);
  const bigEndian = (flags & FLAG_LITTLE_ENDIAN) === 0;
  const size = view.getUint32(16) / channels;
  let encoding: PcmEncoding | undefined;
  if (codec === 'lpcm' && view.getUint32(20) === 1) {
    const isFloat = (flags & FLAG_FLOAT) !== 0;
    if (isFloat ? size === 4 || size === 8 : [1, 2, 3, 4, 8].includes(size)) encoding = { kind: isFloat ? 'float' : 'signed', bytes: size, bigEndian };
  } else if (codec === 'alaw' || codec === 'ulaw') encoding = { kind: codec === 'alaw' ? 'a-law' : 'mu-law', bytes: 1, bigEndian };
  return { encoding, adpcm: codec === 'ima4' ? adpcmCoding('ima4', channels) : undefined, codec: `CAF "${codec}"`, sampleRate: Math.round(view.getFloat64(0)), channels };
}

/**
 * The header of a Core Audio file, whose sizes have 64 bits.
 *
 * @throws DECODE_FAILED when the file ends before its samples or never describes them.
 */
export async function readCafHeader(file: FileBytes): Promise<PcmLayout> {
  let description: Description | undefined;
  let codedFrames: number | undefined;
  let data: { offset: number; size: number } | undefined;
  for (let position = 8; position + 12 <= file.size; ) {
    const header = await file.read(position, 12);
    const id = fourCharacters(header, 0);
    const size = Number(new DataView(header.buffer, header.byteOffset).getBigInt64(4));
    const offset = position + 12;
    if (id === 'desc') {
      const bytes = await file.read(offset, DESCRIPTION_BYTES);
      if (bytes.length < DESCRIPTION_BYTES) break;
      description = parseDescription(bytes);
    } else if (id === 'pakt') {
      const bytes = await file.read(offset, 16);
      if (bytes.length === 16) codedFrames = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(8));
    } else if (id === 'data') data = { offset: offset + EDIT_BYTES, size: size < 0 ? -1 : size - EDIT_BYTES };
    if (size < 0) break; // to the end
    position = offset + size;
  }
  if (description === undefined || data === undefined) {
    const missing = description === undefined ? 'a description' : 'samples';
    throw new SoundkinError('DECODE_FAILED', `decode: expected a whole header in "${file.path}", but it ends without ${missing}. The file is damaged.`);
  }
  const there = Math.max(0, file.size - data.offset);
  return {
    ...description,
    ...(codedFrames === undefined ? {} : { codedFrames }),
    dataOffset: data.offset,
    dataBytes: data.size < 0 ? there : Math.min(data.size, there),
    declaredBytes: data.size < 0 ? undefined : data.size,
    nodeWav: false,
  };
}
