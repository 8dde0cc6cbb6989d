import { type DecodeWarning, seconds } from './decoded-sound.js';
import type { FileBytes } from './file-bytes.js';
import { fourCharacters } from './walk-chunks.js';

/** The longest Ogg page: the last one must begin within so many bytes of the end. */
const LONGEST_PAGE = 65_307;
const END_OF_STREAM = 4;
const HEAD_BYTES = 512;

/** The last page of an Ogg file. */
interface LastPage {
  /** Whether it is whole, and says that the stream ends there. */
  readonly ends: boolean;
  readonly serial: number;
  /** Samples up to its end; undefined where no packet ends in it. */
  readonly samples: number | undefined;
}

async function findLastPage(file: FileBytes): Promise<LastPage | undefined> {
  // Twice the length, so that a little rubbish at the end (a tag of another kind) does not hide it.
  const offset = Math.max(0, file.size - 2 * LONGEST_PAGE);
  const tail = await file.read(offset, 2 * LONGEST_PAGE);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  for (let at = tail.length - 27; at >= 0; at--) {
    if (tail[at] !== 0x4f || fourCharacters(tail, at) !== 'OggS' || tail[at + 4] !== 0) continue;
    const segments = tail[at + 26]!;
    let page = 27 + segments;
    for (let i = 0; i < segments; i++) page += tail[at + 27 + i] ?? 0;
    const granule = view.getBigInt64(at + 6, true);
    return {
      ends: (tail[at + 5]! & END_OF_STREAM) !== 0 && at + page <= tail.length,
      serial: view.getUint32(at + 14, true),
      samples: granule < 0n ? undefined : Number(granule),
    };
  }
  return undefined;
}

/**
 * Samples a channel that the last page of an Ogg Vorbis or Opus file counts.
 *
 * @param start where the stream begins.
 * @returns undefined where it does not tell, or where another stream ends the file: then streams are chained or mixed.
 */
export async function oggSamples(file: FileBytes, start: number): Promise<number | undefined> {
  const head = await file.read(start, HEAD_BYTES);
  const last = await findLastPage(file);
  if (last?.samples === undefined || head.length < 58) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  if (last.serial !== view.getUint32(14, true)) return undefined;
  const payload = 27 + head[26]!;
  // Opus counts samples that its decoder leaves out at the beginning, too.
  const skipped = fourCharacters(head, payload) === 'Opus' && payload + 12 <= head.length ? view.getUint16(payload + 10, true) : 0;
  return last.samples > skipped ? last.samples - skipped : undefined;
}

/** The warning about an Ogg file without its end. Such a file does not say how long it is meant to be: only that its end is missing can be told. */
export async function missingOggEnd(file: FileBytes, durationSeconds: number): Promise<DecodeWarning | undefined> {
  const last = await findLastPage(file);
  if (last?.ends === true) return undefined;
  return {
    code: 'DECODE_TRUNCATED',
    message: `decode: expected an Ogg stream with its last page, got ${seconds(durationSeconds)} of sound without: the file ends early. What is there was used; copy the file again if there is more.`,
  };
}
