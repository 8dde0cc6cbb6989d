import { clean, cleanTags, type Tags } from './clean-tags.js';
import { infoTags, tagChunks } from './riff-tags.js';

/** A file that is already open: decode's `FileBytes`, or anything like it. */
export interface TaggedFile {
  readonly path: string;
  readonly size: number;
  /** The whole file where it is held in memory. */
  readonly whole: Uint8Array | undefined;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** What music-metadata calls the formats, so that it does not have to guess: random bytes pass for MPEG with it. */
const MIME_TYPES: Readonly<Record<string, string>> = {
  wav: 'audio/wav',
  aiff: 'audio/aiff',
  flac: 'audio/flac',
  mp3: 'audio/mpeg',
  'ogg-vorbis': 'audio/ogg',
  'ogg-opus': 'audio/ogg',
  'ogg-flac': 'audio/ogg',
};

/** An ID3v1 tag is the last 128 bytes of a file; an APE tag's footer is 32 bytes before it, or at the end. */
const TAIL_BYTES = 160;

/**
 * Title, artist, album and genre as a file's own tags say them.
 *
 * A file that cannot hold tags, or whose tags make no sense, has none: what is wrong with its sound is decode's to tell.
 *
 * @param format by content, as decode says.
 * @returns null where nothing is told.
 */
export async function readTags(file: TaggedFile, format: string): Promise<Tags | null> {
  try {
    if (format === 'wav' || format === 'rf64' || format === 'aiff') {
      // Most samples have no tags: a look at the chunks' names is a hundred times as fast as the parser.
      const chunks = await tagChunks(file, format);
      if (chunks.others) return cleanTags(await parse(file, format));
      return chunks.info === undefined ? null : infoTags(await file.read(chunks.info.offset, chunks.info.size));
    }
    if (format === 'w64' || format === 'au' || format === 'caf') return null;
    if (format === 'mp3' && !(await hasMp3Tags(file))) return null;
    return cleanTags(await parse(file, format));
  } catch {
    return null;
  }
}

async function hasMp3Tags(file: TaggedFile): Promise<boolean> {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  if (text(await file.read(0, 3)) === 'ID3') return true;
  const tail = text(await file.read(Math.max(0, file.size - TAIL_BYTES), TAIL_BYTES));
  return tail.includes('APETAGEX') || tail.slice(-128, -125) === 'TAG';
}

async function parse(file: TaggedFile, format: string): Promise<Partial<Tags>> {
  const { parseBuffer, parseFile } = await import('music-metadata');
  const options = { duration: false, skipCovers: true };
  const mimeType = MIME_TYPES[format];
  const { common } = file.whole === undefined ? await parseFile(file.path, options) : await parseBuffer(file.whole, { path: file.path, ...(mimeType && { mimeType }) }, options);
  return { title: clean(common.title), artist: clean(common.artist), album: clean(common.album), genre: clean(common.genre?.[0]) };
}
