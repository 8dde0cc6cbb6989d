import { SoundkinError } from '../errors.js';
import { type AdpcmCoding, adpcmCoding } from './adpcm.js';
import type { FileBytes } from './file-bytes.js';
import { containerBytes, type PcmLayout } from './pcm-layout.js';
import type { PcmEncoding } from './pcm.js';
import { fourCharacters, walkChunks } from './walk-chunks.js';

const TAG_PCM = 0x0001;
const TAG_MS_ADPCM = 0x0002;
const TAG_FLOAT = 0x0003;
const TAG_IMA_ADPCM = 0x0011;
const TAG_EXTENSIBLE = 0xfffe;
const CODECS: Readonly<Record<number, string>> = {
  [TAG_MS_ADPCM]: 'Microsoft ADPCM',
  [TAG_IMA_ADPCM]: 'IMA ADPCM',
  0x0031: 'GSM 6.10',
  0x0050: 'MPEG layer I or II',
  0x0055: 'MP3',
  0x0161: 'Windows Media Audio',
  0x2000: 'AC-3',
};
/** Writers that stream cannot know a size: they leave 0, 0xFFFFFFFF, or the largest that is safe for signed 32-bit readers. */
const STREAMED_SIZE = 0x7fff_0000;

interface Format {
  readonly encoding: PcmEncoding | undefined;
  readonly codec: string;
  readonly adpcm: AdpcmCoding | undefined;
  readonly sampleRate: number;
  readonly channels: number;
  /** A description of float32 without surprises. */
  readonly plain32: boolean;
}

/** The content of a `fmt ` chunk: WAVEFORMATEX, or WAVEFORMATEXTENSIBLE with the tag in its GUID. */
function parseFormat(bytes: Uint8Array, littleEndian: boolean, path: string): Format {
  if (bytes.length < 16) {
    throw new SoundkinError('DECODE_FAILED', `decode: expected a whole header in "${path}", got a format chunk of ${bytes.length} bytes. The file is damaged.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const outerTag = view.getUint16(0, littleEndian);
  const tag = outerTag === TAG_EXTENSIBLE && bytes.length >= 26 ? view.getUint16(24, littleEndian) : outerTag;
  const channels = view.getUint16(2, littleEndian);
  const sampleRate = view.getUint32(4, littleEndian);
  const blockAlign = view.getUint16(12, littleEndian);
  const bits = view.getUint16(14, littleEndian);

  const bigEndian = !littleEndian;
  let encoding: PcmEncoding | undefined;
  if (tag === TAG_PCM && bits >= 1 && bits <= 32) {
    const size = containerBytes(bits, blockAlign, channels);
    encoding = { kind: size === 1 ? 'unsigned' : 'signed', bytes: size, bigEndian };
  } else if (tag === TAG_PCM && bits === 64) {
    encoding = { kind: 'signed', bytes: 8, bigEndian };
  } else if (tag === TAG_FLOAT && (bits === 32 || bits === 64)) {
    encoding = { kind: 'float', bytes: bits / 8, bigEndian };
  } else if (tag === 0x0006 || tag === 0x0007) {
    encoding = { kind: tag === 0x0006 ? 'a-law' : 'mu-law', bytes: 1, bigEndian };
  }
  return {
    encoding,
    codec: CODECS[tag] ?? `format 0x${tag.toString(16).padStart(4, '0')} with ${bits} bits`,
    adpcm: bits === 4 && littleEndian && (tag === TAG_MS_ADPCM || tag === TAG_IMA_ADPCM) ? adpcmCoding(tag === TAG_MS_ADPCM ? 'ms' : 'ima', channels, blockAlign) : undefined,
    sampleRate,
    channels,
    plain32: outerTag === TAG_FLOAT && bits === 32 && blockAlign === channels * 4 && littleEndian,
  };
}

/** Whether no sensible chunk stands where the samples are said to end, although bytes do. */
async function goesOn(file: FileBytes, offset: number): Promise<boolean> {
  const next = await file.read(offset, 8);
  if (next.length === 0) return false;
  const looksLikeId = next.length === 8 && /^[\x20-\x7e]{4}$/.test(fourCharacters(next, 0));
  const size = next.length === 8 ? new DataView(next.buffer, next.byteOffset).getUint32(4, true) : Infinity;
  return !(looksLikeId && offset + 8 + size <= file.size + 1);
}

/** Whether a writer never knew the size of the samples: it streamed them, or there are more than 32 bits can count. */
async function isUnknown(file: FileBytes, offset: number, size: number): Promise<boolean> {
  if (size === 0xffff_ffff) return true;
  if (size === 0) return goesOn(file, offset);
  if (offset + size > file.size) return size >= STREAMED_SIZE && size < 2 ** 32;
  return size < 2 ** 32 && file.size > 2 ** 32 && (await goesOn(file, offset + size + (size % 2)));
}

async function dataSizes(
  file: FileBytes,
  offset: number,
  size: number,
): Promise<Pick<PcmLayout, 'dataBytes' | 'declaredBytes'>> {
  const there = Math.max(0, file.size - offset);
  const unknown = await isUnknown(file, offset, size);
  return { dataBytes: unknown ? there : Math.min(size, there), declaredBytes: unknown ? undefined : size };
}

function noSamples(path: string, what: string): SoundkinError {
  return new SoundkinError('DECODE_FAILED', `decode: expected a whole header in "${path}", but it ends without ${what}. The file is damaged.`);
}

/**
 * The header of a RIFF, RIFX, RF64 or BW64 file.
 *
 * @throws DECODE_FAILED when the file ends before its samples, or describes them twice over or not at all.
 */
export async function readWavHeader(file: FileBytes): Promise<PcmLayout> {
  const form = fourCharacters(await file.read(0, 4), 0);
  const littleEndian = form !== 'RIFX';
  let format: Format | undefined;
  let largeDataSize: number | undefined;
  let codedFrames: number | undefined;
  let odd = false;
  const realSize = (id: string, size: number): number =>
    id === 'data' && size === 0xffff_ffff && largeDataSize !== undefined ? largeDataSize : size;

  for await (const chunk of walkChunks(file, 12, littleEndian, realSize)) {
    if (chunk.id === 'ds64') {
      const sizes = await file.read(chunk.offset, 16);
      if (sizes.length === 16) largeDataSize = Number(new DataView(sizes.buffer, sizes.byteOffset).getBigUint64(8, true));
    } else if (chunk.id === 'fmt ') {
      format = parseFormat(await file.read(chunk.offset, Math.min(chunk.size, 40)), littleEndian, file.path);
    } else if (chunk.id === 'fact') {
      const count = await file.read(chunk.offset, 4);
      if (count.length === 4) codedFrames = new DataView(count.buffer, count.byteOffset).getUint32(0, littleEndian);
    } else if (chunk.id === 'data') {
      if (format === undefined) throw noSamples(file.path, 'a format chunk before its samples');
      const sizes = await dataSizes(file, chunk.offset, chunk.size);
      const { plain32, ...facts } = format;
      const whole = sizes.dataBytes === sizes.declaredBytes && sizes.dataBytes % (4 * format.channels) === 0;
      return {
        ...facts,
        ...(codedFrames === undefined ? {} : { codedFrames }),
        dataOffset: chunk.offset,
        ...sizes,
        nodeWav: form === 'RIFF' && plain32 && whole && !odd && chunk.offset % 4 === 0,
      };
    }
    odd ||= chunk.size % 2 === 1;
  }
  throw noSamples(file.path, format === undefined ? 'a format chunk' : 'a chunk of samples');
}

const GUID_FORMAT = 'fmt ';
const GUID_DATA = 'data';

/**
 * The header of a Sony Wave64 file: chunks named by 16 bytes of which the first four are RIFF's, sizes of 64 bits that count
 * their own 24 bytes, and every chunk at a multiple of 8.
 *
 * @throws DECODE_FAILED when the file ends before its samples.
 */
export async function readW64Header(file: FileBytes): Promise<PcmLayout> {
  let format: Format | undefined;
  let position = 40;
  while (position + 24 <= file.size) {
    const header = await file.read(position, 24);
    const id = fourCharacters(header, 0);
    const size = Number(new DataView(header.buffer, header.byteOffset).getBigUint64(16, true)) - 24;
    if (size < 0) break;
    if (id === GUID_FORMAT) format = parseFormat(await file.read(position + 24, Math.min(size, 40)), true, file.path);
    else if (id === GUID_DATA && format !== undefined) {
      const { plain32: _, ...facts } = format;
      const dataBytes = Math.min(size, file.size - position - 24);
      return { ...facts, dataOffset: position + 24, dataBytes, declaredBytes: size, nodeWav: false };
    }
    position += 24 + Math.ceil(size / 8) * 8;
  }
  throw noSamples(file.path, format === undefined ? 'a format chunk' : 'a chunk of samples');
}
