import { type DecodeWarning, seconds } from './decoded-sound.js';
import type { FileBytes } from './file-bytes.js';
import { fourCharacters } from './walk-chunks.js';

/** The longest Ogg page: the last one must begin within so many bytes of the end. */
const LONGEST_PAGE = 65_307;
const END_OF_STREAM = 4;

/** Whether the last page of an Ogg file is whole, and says that the stream ends there. */
export async function endsWithLastPage(file: FileBytes): Promise<boolean> {
  // Twice the length, so that a little rubbish at the end (a tag of another kind) does not hide it.
  const offset = Math.max(0, file.size - 2 * LONGEST_PAGE);
  const tail = await file.read(offset, 2 * LONGEST_PAGE);
  for (let at = tail.length - 27; at >= 0; at--) {
    if (tail[at] !== 0x4f || fourCharacters(tail, at) !== 'OggS' || tail[at + 4] !== 0) continue;
    const segments = tail[at + 26]!;
    let page = 27 + segments;
    for (let i = 0; i < segments; i++) page += tail[at + 27 + i] ?? 0;
    return (tail[at + 5]! & END_OF_STREAM) !== 0 && at + page <= tail.length;
  }
  return false;
}

/** The warning about an Ogg file without its end. Such a file does not say how long it is meant to be: only that its end is missing can be told. */
export async function missingOggEnd(file: FileBytes, durationSeconds: number): Promise<DecodeWarning | undefined> {
  if (await endsWithLastPage(file)) return undefined;
  return {
    code: 'DECODE_TRUNCATED',
    message: `decode: expected an Ogg stream with its last page, got ${seconds(durationSeconds)} of sound without: the file ends early. What is there was used; copy the file again if there is more.`,
  };
}
