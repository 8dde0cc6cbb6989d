/** One MPEG audio frame header (ISO 11172-3 and 13818-3, and the unofficial 2.5). */
export interface MpegHeader {
  /** 1, 2 or 2.5. */
  readonly version: 1 | 2 | 2.5;
  readonly layer: 1 | 2 | 3;
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  /** Samples a channel in one frame. */
  readonly frameSamples: number;
  /** Bytes from this header to the next. */
  readonly frameBytes: number;
  /** Bytes of the side information behind the header: where a Xing tag begins. */
  readonly sideBytes: number;
}

// kbit/s by the header's bitrate index, 1 to 14.
const BITRATES: Readonly<Record<string, readonly number[]>> = {
  '1-1': [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  '1-2': [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '1-3': [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '2-1': [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  '2-2': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  '2-3': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const VERSION_1_RATES = [44100, 48000, 32000];

/** The MPEG audio frame header at an offset, or undefined where these four bytes are none. Free-format streams are not known. */
export function parseMpegHeader(bytes: Uint8Array, offset: number): MpegHeader | undefined {
  if (offset + 4 > bytes.length || bytes[offset] !== 0xff) return undefined;
  const second = bytes[offset + 1]!;
  const third = bytes[offset + 2]!;
  const fourth = bytes[offset + 3]!;
  const version = [2.5, undefined, 2, 1][(second >> 3) & 3] as 1 | 2 | 2.5 | undefined;
  const layer = [undefined, 3, 2, 1][(second >> 1) & 3] as 1 | 2 | 3 | undefined;
  const baseRate = VERSION_1_RATES[(third >> 2) & 3];
  if (second < 0xe0 || version === undefined || layer === undefined || baseRate === undefined) return undefined;
  const bitrate = BITRATES[`${Math.floor(version)}-${layer}`]?.[(third >> 4) - 1];
  if (bitrate === undefined || (fourth & 3) === 2) return undefined; // emphasis 2 is reserved

  const sampleRate = baseRate / (version === 1 ? 1 : version === 2 ? 2 : 4);
  const padding = (third >> 1) & 1;
  const channels = fourth >> 6 === 3 ? 1 : 2;
  const frameSamples = layer === 1 ? 384 : layer === 2 || version === 1 ? 1152 : 576;
  const frameBytes =
    layer === 1
      ? (Math.floor((12_000 * bitrate) / sampleRate) + padding) * 4
      : Math.floor((frameSamples * 125 * bitrate) / sampleRate) + padding;
  const sideBytes = version === 1 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
  return { version, layer, sampleRate, channels, frameSamples, frameBytes, sideBytes };
}

const TAGS_BETWEEN_FRAMES = ['TAG', 'ID3', 'APETAGEX', 'LYRICSBEGIN'];

function startsWith(bytes: Uint8Array, offset: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[offset + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** How many frames of one kind follow each other from an offset on; Infinity where the bytes end before the chain does. */
function chainLength(bytes: Uint8Array, offset: number): number {
  const first = parseMpegHeader(bytes, offset);
  if (first === undefined) return 0;
  let position = offset;
  for (let count = 0; ; count++) {
    if (position + 4 > bytes.length) return Infinity;
    const header = parseMpegHeader(bytes, position);
    const same =
      header?.version === first.version && header.layer === first.layer && header.sampleRate === first.sampleRate;
    if (header === undefined || !same) {
      return TAGS_BETWEEN_FRAMES.some((tag) => startsWith(bytes, position, tag)) ? Infinity : count;
    }
    position += header.frameBytes;
  }
}

/**
 * Where MPEG audio begins: at the first byte when a second frame follows the first there (or the bytes end before it can be seen),
 * else at the first chain of four frames. Two bytes of 0xFF alone are no evidence: any binary file holds them.
 *
 * @returns an offset into `bytes`, or undefined.
 */
export function findMpegStart(bytes: Uint8Array): number | undefined {
  if (chainLength(bytes, 0) >= 2) return 0;
  for (let offset = bytes.indexOf(0xff, 1); offset >= 0; offset = bytes.indexOf(0xff, offset + 1)) {
    const frames = chainLength(bytes, offset);
    // At the end of the bytes a chain that "could go on" is one header long by chance: ask for room for four frames.
    const room = bytes.length - offset > 4 * 1441;
    if (room && frames >= 4) return offset;
  }
  return undefined;
}

/** Bytes of the ID3v2 tag that begins here, header and footer included; 0 where none does. Needs 10 bytes. */
export function id3Bytes(bytes: Uint8Array, offset = 0): number {
  if (!startsWith(bytes, offset, 'ID3') || offset + 10 > bytes.length) return 0;
  const sizes = [6, 7, 8, 9].map((i) => bytes[offset + i]!);
  if (sizes.some((size) => size > 127)) return 0;
  const footer = (bytes[offset + 5]! & 0x10) === 0 ? 0 : 10;
  return 10 + footer + sizes.reduce((sum, size) => sum * 128 + size, 0);
}
