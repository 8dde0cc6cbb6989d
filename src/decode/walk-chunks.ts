import type { FileBytes } from './file-bytes.js';

/** One chunk of a RIFF or IFF file. */
export interface Chunk {
  readonly id: string;
  /** Where its content begins in the file. */
  readonly offset: number;
  /** Bytes of content, as its header says; may reach past the end of the file. */
  readonly size: number;
}

/** Ids that a chunk may have here; for telling a missing pad byte. */
const KNOWN_IDS = new Set(
  'fmt ,data,fact,LIST,bext,JUNK,junk,PAD ,FLLR,cue ,smpl,inst,acid,iXML,id3 ,ID3 ,PEAK,ds64,cart,axml,chna,_PMX,COMM,SSND,MARK,INST,NAME,AUTH,ANNO,COMT,(c) ,APPL,FVER,CHAN,MIDI,AESD,basc,trns,cate,Utf8'.split(','),
);

/** Four bytes as text. */
export function fourCharacters(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(bytes[offset] ?? 0, bytes[offset + 1] ?? 0, bytes[offset + 2] ?? 0, bytes[offset + 3] ?? 0);
}

/**
 * The chunks of a file in order, until it ends or stops making sense. Chunks begin at even offsets, after a pad byte
 * where one has an odd size; some writers forget that byte, and are understood too.
 *
 * @param start  where the first chunk begins.
 * @param littleEndian true for RIFF, false for RIFX and IFF.
 * @param realSize the true size of a chunk whose 32 bits cannot hold it (RF64), by id.
 */
export async function* walkChunks(
  file: FileBytes,
  start: number,
  littleEndian: boolean,
  realSize: (id: string, size: number) => number = (_, size) => size,
): AsyncGenerator<Chunk, void> {
  let position = start;
  while (position + 8 <= file.size) {
    const header = await file.read(position, 8);
    if (header.length < 8) return;
    const id = fourCharacters(header, 0);
    const declared = new DataView(header.buffer, header.byteOffset).getUint32(4, littleEndian);
    const size = realSize(id, declared);
    yield { id, offset: position + 8, size };
    position += 8 + size;
    if (size % 2 === 1) {
      const peek = await file.read(position, 5);
      const unpadded = KNOWN_IDS.has(fourCharacters(peek, 0)) && !KNOWN_IDS.has(fourCharacters(peek, 1));
      if (!unpadded) position += 1;
    }
  }
}
