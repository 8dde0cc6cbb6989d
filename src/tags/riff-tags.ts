import { clean, cleanTags, type Tags } from './clean-tags.js';
import type { TaggedFile } from './read-tags.js';

interface Place {
  readonly offset: number;
  readonly size: number;
}

/** Larger lists hold pictures, not words. */
const MOST_INFO_BYTES = 2 ** 16;
/** A damaged file may seem to have any number of chunks. */
const MOST_CHUNKS = 256;

const FIELDS: Readonly<Record<string, keyof Tags>> = { INAM: 'title', IART: 'artist', IPRD: 'album', IGNR: 'genre' };

const idOf = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
const sizeOf = (bytes: Uint8Array, at: number, littleEndian: boolean): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, littleEndian);

/** Where a RIFF or IFF file's tags are: its INFO list, and whether there are some of another kind. */
export async function tagChunks(file: TaggedFile, format: 'wav' | 'rf64' | 'aiff'): Promise<{ info: Place | undefined; others: boolean }> {
  const littleEndian = format !== 'aiff' && idOf(await file.read(0, 4), 0) !== 'RIFX';
  let info: Place | undefined;
  let dataSize = 0;
  for (let at = 12, chunks = 0; at + 12 <= file.size && chunks < MOST_CHUNKS; chunks++) {
    const head = await file.read(at, 12);
    const id = idOf(head, 0);
    let size = sizeOf(head, 4, littleEndian);
    if (id === 'ds64') {
      const sizes = await file.read(at + 16, 8);
      dataSize = sizeOf(sizes, 0, true) + sizeOf(sizes, 4, true) * 2 ** 32;
    }
    if (id === 'data' && format === 'rf64' && size === 0xffffffff) size = dataSize;
    if (id === 'id3 ' || id === 'ID3 ' || id === 'NAME' || id === 'AUTH') return { info, others: true };
    if (id === 'LIST' && idOf(head, 8) === 'INFO' && size <= MOST_INFO_BYTES) info ??= { offset: at + 12, size: size - 4 };
    at += 8 + size + (size % 2);
  }
  return { info, others: false };
}

/** The tags of an INFO list: UTF-8 where it is such, otherwise Latin-1. */
export function infoTags(bytes: Uint8Array): Tags | null {
  const tags: { -readonly [K in keyof Tags]?: string | null } = {};
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = sizeOf(bytes, at + 4, true);
    const field = FIELDS[idOf(bytes, at)];
    if (field !== undefined) tags[field] ??= clean(textOf(bytes.subarray(at + 8, at + 8 + size)));
    at += 8 + size + (size % 2);
  }
  return cleanTags(tags);
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const text = end === -1 ? bytes : bytes.subarray(0, end);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(text);
  } catch {
    return String.fromCharCode(...text);
  }
}
