import type { MPEGDecoder } from 'mpg123-decoder';
import { SoundkinError } from '../errors.js';
import { truncationWarning } from './decoded-sound.js';
import type { FileBytes } from './file-bytes.js';
import { createInstancePool } from './instance-pool.js';
import { findMpegStart, type MpegHeader, parseMpegHeader } from './mpeg-header.js';
import { openCompressed } from './open-compressed.js';
import type { SoundSource } from './sound-source.js';
import { fourCharacters } from './walk-chunks.js';
import { withoutPrinting } from './without-printing.js';

const pool = createInstancePool<MPEGDecoder>(async () => {
  const { MPEGDecoder: Decoder } = await import('mpg123-decoder');
  const decoder = new Decoder();
  await decoder.ready;
  return decoder;
});

const SEARCH_BYTES = 2 ** 16;
/** Counts of frames are sometimes one or two off; a loss is told from this many frames on, and half a percent. */
const FRAMES_OF_GRACE = 4;
const SHARE_OF_GRACE = 0.005;

/** Samples that a Xing or Info tag in the first frame promises, less the encoder's padding where LAME says how much. */
function promisedSamples(bytes: Uint8Array, start: number, header: MpegHeader): number | undefined {
  const tag = start + 4 + header.sideBytes;
  const name = fourCharacters(bytes, tag);
  if ((name !== 'Xing' && name !== 'Info') || tag + 12 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const flags = view.getUint32(tag + 4);
  if ((flags & 1) === 0) return undefined;
  const samples = view.getUint32(tag + 8) * header.frameSamples;
  const lame = tag + 8 + [4, 4, 100, 4].reduce((sum, size, bit) => sum + ((flags >> bit) & 1) * size, 0);
  if (lame + 24 > bytes.length || !/^L(AME|avc|avf)/.test(fourCharacters(bytes, lame))) return samples;
  const delays = (view.getUint8(lame + 21) << 16) | (view.getUint8(lame + 22) << 8) | view.getUint8(lame + 23);
  return Math.max(0, samples - (delays >> 12) - (delays & 0xfff));
}

/**
 * MP3 (and MPEG layers I and II) by mpg123 in wasm, without the encoder's padding.
 *
 * @param start where the stream begins, behind an ID3 tag.
 * @throws DECODE_NOT_AUDIO when no MPEG frame follows.
 */
export async function openMp3(file: FileBytes, start: number): Promise<SoundSource> {
  const head = await file.read(start, SEARCH_BYTES);
  const found = findMpegStart(head);
  const header = found === undefined ? undefined : parseMpegHeader(head, found);
  if (found === undefined || header === undefined) {
    throw new SoundkinError('DECODE_NOT_AUDIO', `decode: expected MP3 frames behind the tag of "${file.path}", got none. The file is damaged, or no sound.`);
  }
  const promised = promisedSamples(head, found, header);
  const grace = promised === undefined ? 0 : Math.max(FRAMES_OF_GRACE * header.frameSamples, SHARE_OF_GRACE * promised);
  const mono = header.channels === 1;
  const decoder = await pool.take();
  return openCompressed(file, {
    decoder: 'mpg123-wasm',
    start: start + found,
    promised,
    decode: (bytes) => withoutPrinting(() => decoder.decode(bytes)),
    // mpg123 gives mono as two equal channels.
    pick: (channels) => (mono ? channels.slice(0, 1) : channels),
    release: async () => {
      await decoder.reset();
      pool.give(decoder);
    },
    warning: (frames, sampleRate) => {
      const cut = promised !== undefined && frames + grace < promised;
      return truncationWarning(frames / sampleRate, cut ? promised / sampleRate : undefined);
    },
  });
}
