/** ADPCM in blocks that can each be decoded alone. */
export interface AdpcmCoding {
  readonly kind: 'ms' | 'ima' | 'ima4';
  readonly channels: number;
  /** Bytes of a block, and samples a channel that it holds. */
  readonly blockBytes: number;
  readonly blockFrames: number;
}

const MS_ADAPTATION = [230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230];
const MS_FIRST = [256, 512, 0, 192, 240, 460, 392];
const MS_SECOND = [0, -256, 0, 64, 0, -208, -232];
const MS_LEAST_DELTA = 16;
const MS_HEAD_BYTES = 7;

const IMA_INDEX = [-1, -1, -1, -1, 2, 4, 6, 8];
const IMA_LAST_INDEX = 88;
const IMA_STEPS = [
  7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371,
  408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132,
  7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
];
const IMA4_BYTES = 34;
const IMA4_FRAMES = 64;
const MOST_BLOCK_BYTES = 2 ** 16;

/**
 * The coding that a header describes.
 *
 * @param blockBytes what the header says; not needed of ima4, whose packets are all alike.
 * @returns undefined where the blocks hold not one sample, or are none that a writer makes.
 */
export function adpcmCoding(kind: AdpcmCoding['kind'], channels: number, blockBytes = 0): AdpcmCoding | undefined {
  if (channels < 1) return undefined;
  if (kind === 'ima4') return { kind, channels, blockBytes: IMA4_BYTES * channels, blockFrames: IMA4_FRAMES };
  if (blockBytes > MOST_BLOCK_BYTES) return undefined;
  if (kind === 'ms') {
    const nibbles = 2 * (blockBytes - MS_HEAD_BYTES * channels);
    return channels > 2 || nibbles < 0 ? undefined : { kind, channels, blockBytes, blockFrames: 2 + Math.floor(nibbles / channels) };
  }
  // A head of 4 bytes a channel, then 4 bytes of each channel in turn.
  const groups = Math.floor(blockBytes / (4 * channels)) - 1;
  return groups < 0 ? undefined : { kind, channels, blockBytes, blockFrames: 1 + 8 * groups };
}

const clipped = (value: number): number => (value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value);

function decodeMsBlock(block: Uint8Array, channels: number, frames: number, out: Int16Array, at: number): void {
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const predictors = [0, 0];
  const deltas = [0, 0];
  for (let channel = 0; channel < channels; channel++) {
    predictors[channel] = Math.min(block[channel]!, MS_FIRST.length - 1);
    deltas[channel] = view.getInt16(channels + 2 * channel, true);
    out[at + channels + channel] = view.getInt16(3 * channels + 2 * channel, true);
    out[at + channel] = view.getInt16(5 * channels + 2 * channel, true);
  }
  const head = MS_HEAD_BYTES * channels;
  for (let i = 2 * channels, nibble = 0; i < frames * channels; i++, nibble++) {
    const byte = block[head + (nibble >> 1)]!;
    const code = (nibble & 1) === 0 ? byte >> 4 : byte & 15;
    const channel = channels === 1 ? 0 : i & 1;
    const predictor = predictors[channel]!;
    const delta = deltas[channel]!;
    const predicted = (out[at + i - channels]! * MS_FIRST[predictor]! + out[at + i - 2 * channels]! * MS_SECOND[predictor]!) >> 8;
    out[at + i] = clipped(predicted + (code < 8 ? code : code - 16) * delta);
    // Kept in 32 bits: a damaged block could let it grow without end.
    deltas[channel] = Math.max(MS_LEAST_DELTA, (MS_ADAPTATION[code]! * delta) >> 8);
  }
}

/** IMA nibbles of one channel, four bits a sample, the lower half of a byte first. */
class ImaChannel {
  value = 0;
  index = 0;

  start(value: number, index: number): void {
    this.value = value;
    this.index = Math.min(index, IMA_LAST_INDEX);
  }

  next(code: number): number {
    const step = IMA_STEPS[this.index]!;
    this.index = Math.max(0, Math.min(IMA_LAST_INDEX, this.index + IMA_INDEX[code & 7]!));
    const change = (step >> 3) + ((code & 4) === 0 ? 0 : step) + ((code & 2) === 0 ? 0 : step >> 1) + ((code & 1) === 0 ? 0 : step >> 2);
    this.value = clipped(this.value + ((code & 8) === 0 ? change : -change));
    return this.value;
  }
}

function decodeImaBlock(block: Uint8Array, channels: number, frames: number, out: Int16Array, at: number, ima: ImaChannel): void {
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  for (let channel = 0; channel < channels; channel++) {
    ima.start(view.getInt16(4 * channel, true), block[4 * channel + 2]!);
    out[at + channel] = ima.value;
    for (let i = 1; i < frames; i++) {
      const group = (i - 1) >> 3;
      const byte = block[4 * channels * (group + 1) + 4 * channel + (((i - 1) & 7) >> 1)]!;
      out[at + i * channels + channel] = ima.next((i & 1) === 1 ? byte & 15 : byte >> 4);
    }
  }
}

function decodeIma4Block(block: Uint8Array, channels: number, out: Int16Array, at: number, ima: ImaChannel): void {
  for (let channel = 0; channel < channels; channel++) {
    const start = IMA4_BYTES * channel;
    const head = (block[start]! << 8) | block[start + 1]!;
    ima.start(((head & 0xff80) << 16) >> 16, head & 0x7f);
    for (let i = 0; i < IMA4_FRAMES; i++) {
      const byte = block[start + 2 + (i >> 1)]!;
      out[at + i * channels + channel] = ima.next((i & 1) === 0 ? byte & 15 : byte >> 4);
    }
  }
}

/**
 * Whole blocks of ADPCM as 16-bit integers: Microsoft's, IMA's as in WAV, and Apple's ima4. The samples are libsndfile's, to the
 * bit; ffmpeg multiplies where IMA adds shifted steps, and so differs in the last bits.
 *
 * @param bytes whole blocks; a cut one at the end is left out.
 * @returns [frames * channels], interleaved.
 */
export function decodeAdpcm(bytes: Uint8Array, { kind, channels, blockBytes, blockFrames }: AdpcmCoding): Int16Array {
  const blocks = Math.floor(bytes.length / blockBytes);
  const out = new Int16Array(blocks * blockFrames * channels);
  const ima = new ImaChannel();
  for (let i = 0; i < blocks; i++) {
    const block = bytes.subarray(i * blockBytes, (i + 1) * blockBytes);
    const at = i * blockFrames * channels;
    if (kind === 'ms') decodeMsBlock(block, channels, blockFrames, out, at);
    else if (kind === 'ima') decodeImaBlock(block, channels, blockFrames, out, at, ima);
    else decodeIma4Block(block, channels, out, at, ima);
  }
  return out;
}
