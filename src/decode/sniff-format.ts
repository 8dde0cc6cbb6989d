import { findMpegStart, id3Bytes } from './mpeg-header.js';

/** What a file's bytes say it is. 'other' is a container that is known here but read by ffmpeg alone. */
export type AudioFormat =
  'wav' | 'rf64' | 'w64' | 'aiff' | 'au' | 'caf' | 'flac' | 'mp3' | 'ogg-vorbis' | 'ogg-opus' | 'ogg-flac' | 'other';

/** Bytes that are enough to tell most sounds from other files: the longest MP3 frame, twice. */
export const SNIFF_BYTES = 4096;

const W64_RIFF = [0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6, 0x28, 0xdb, 0x04, 0xc1, 0x00, 0x00];
const ASF = [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11];

/** First bytes of what only ffmpeg reads. */
const OTHER_STARTS: readonly (string | readonly number[])[] = [
  ASF, // WMA
  'wvpk', // WavPack
  'MAC ', // Monkey's Audio
  'TTA1', // True Audio
  'MPCK', // Musepack 8
  'MP+', // Musepack 7
  '#!AMR',
  'DSD ',
  'FRM8', // DSDIFF
  'ADIF', // AAC without frames
  'NIST_1A', // Sphere
  'Creative Voice File',
  [0x1a, 0x45, 0xdf, 0xa3], // Matroska and WebM
];
/** Brands of ISO media files that are pictures. */
const PICTURE_BRANDS = ['heic', 'heix', 'hevc', 'mif1', 'msf1', 'avif', 'avis', 'jxl ', 'crx '];

function has(bytes: Uint8Array, offset: number, pattern: string | readonly number[]): boolean {
  if (offset + pattern.length > bytes.length) return false;
  for (let i = 0; i < pattern.length; i++) {
    const expected = typeof pattern === 'string' ? pattern.charCodeAt(i) : pattern[i];
    if (bytes[offset + i] !== expected) return false;
  }
  return true;
}

/** AAC in ADTS frames: the sync word, a known rate, and a second frame where the bytes reach that far. */
function isAdts(bytes: Uint8Array): boolean {
  const isFrame = (at: number): boolean =>
    bytes[at] === 0xff && (bytes[at + 1]! & 0xf6) === 0xf0 && ((bytes[at + 2]! >> 2) & 15) < 13;
  if (bytes.length < 7 || !isFrame(0)) return false;
  const frameBytes = ((bytes[3]! & 3) << 11) | (bytes[4]! << 3) | (bytes[5]! >> 5);
  return frameBytes >= 7 && (frameBytes + 3 > bytes.length || isFrame(frameBytes));
}

function sniffOgg(bytes: Uint8Array): AudioFormat {
  const payload = 27 + (bytes[26] ?? 0);
  // A second stream that begins before the first goes on: several at once (video, or a skeleton), which ffmpeg tells apart.
  let next = payload;
  for (let i = 27; i < payload; i++) next += bytes[i] ?? 0;
  if (has(bytes, next, 'OggS') && ((bytes[next + 5] ?? 0) & 2) !== 0) return 'other';
  if (has(bytes, payload, '\x01vorbis')) return 'ogg-vorbis';
  if (has(bytes, payload, 'OpusHead')) return 'ogg-opus';
  if (has(bytes, payload, '\x7fFLAC')) return 'ogg-flac';
  return 'other';
}

/**
 * The format that a file's first bytes say, whatever its name.
 *
 * MP3 has no magic number: a frame header counts when a second frame follows it, as far as `head` reaches.
 *
 * @param head the first bytes, 64 or more where the file has them; SNIFF_BYTES leave less to chance, 64 KiB also find an MP3
 *   that begins with rubbish.
 * @returns undefined where nothing known begins like this.
 */
export function sniffFormat(head: Uint8Array): AudioFormat | undefined {
  if ((has(head, 0, 'RIFF') || has(head, 0, 'RIFX')) && has(head, 8, 'WAVE')) return 'wav';
  if ((has(head, 0, 'RF64') || has(head, 0, 'BW64')) && has(head, 8, 'WAVE')) return 'rf64';
  if (has(head, 0, 'riff') && has(head, 4, W64_RIFF)) return 'w64';
  if (has(head, 0, 'FORM')) {
    if (has(head, 8, 'AIFF') || has(head, 8, 'AIFC')) return 'aiff';
    return has(head, 8, '8SVX') ? 'other' : undefined;
  }
  if (has(head, 0, '.snd')) return 'au';
  if (has(head, 0, 'caff')) return 'caf';
  if (has(head, 0, 'fLaC')) return 'flac';
  if (has(head, 0, 'OggS')) return sniffOgg(head);
  const id3 = id3Bytes(head);
  if (id3 > 0) return (id3 < head.length ? sniffFormat(head.subarray(id3)) : undefined) ?? 'mp3';
  if (has(head, 4, 'ftyp')) return PICTURE_BRANDS.some((brand) => has(head, 8, brand)) ? undefined : 'other';
  if (OTHER_STARTS.some((start) => has(head, 0, start)) || isAdts(head)) return 'other';
  return findMpegStart(head) === undefined ? undefined : 'mp3';
}
