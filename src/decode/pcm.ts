import { aLaw, muLaw } from './g711.js';
import { mixWithKernel, type KernelSamples } from './pcm-kernel.js';

/** How one sample lies in a file. Integers are left-justified: 20 bits in 3 bytes have four zero bits below. */
export interface PcmEncoding {
  readonly kind: 'unsigned' | 'signed' | 'float' | 'a-law' | 'mu-law';
  /** Bytes of one sample: 1 to 4, or 8; 4 or 8 for floats. */
  readonly bytes: number;
  readonly bigEndian: boolean;
}

type Numbers = Int16Array | Int32Array | Float32Array;

/** The samples as numbers that the machine reads at once, and what one of them is worth. */
function readNumbers(block: Uint8Array, encoding: PcmEncoding): { numbers: Numbers; scale: number } {
  const { kind, bytes } = encoding;
  const count = Math.floor(block.length / bytes);
  if (bytes === 1) {
    const numbers = new Int16Array(count);
    if (kind === 'a-law' || kind === 'mu-law') {
      const table = kind === 'a-law' ? aLaw() : muLaw();
      for (let i = 0; i < count; i++) numbers[i] = table[block[i]!]!;
    } else {
      const flip = kind === 'unsigned' ? 0x80 : 0;
      for (let i = 0; i < count; i++) numbers[i] = (block[i]! ^ flip) << 8;
    }
    return { numbers, scale: 1 / 32768 };
  }
  if (bytes === 3) {
    const numbers = new Int32Array(count);
    const [low, high] = encoding.bigEndian ? [2, 0] : [0, 2];
    for (let i = 0, at = 0; i < count; i++, at += 3) {
      numbers[i] = (block[at + low]! << 8) | (block[at + 1]! << 16) | (block[at + high]! << 24);
    }
    return { numbers, scale: 2 ** -31 };
  }
  // Typed arrays read the machine's own order, little-endian wherever Node runs, at multiples of their element's size.
  let source = block;
  if (encoding.bigEndian || block.byteOffset % bytes !== 0) source = block.slice(0, count * bytes);
  if (encoding.bigEndian) {
    const swapped = Buffer.from(source.buffer, source.byteOffset, source.length);
    if (bytes === 2) swapped.swap16();
    else if (bytes === 4) swapped.swap32();
    else swapped.swap64();
  }
  const { buffer, byteOffset } = source;
  if (kind === 'float') {
    // Doubles become float32 before they are mixed, as in libsndfile.
    return { numbers: bytes === 4 ? new Float32Array(buffer, byteOffset, count) : new Float32Array(new Float64Array(buffer, byteOffset, count)), scale: 1 };
  }
  if (bytes === 8) {
    const halves = new Int32Array(buffer, byteOffset, 2 * count);
    return { numbers: Float32Array.from({ length: count }, (_, i) => (halves[2 * i + 1]! + (halves[2 * i]! >>> 0) * 2 ** -32) * 2 ** -31), scale: 1 };
  }
  return bytes === 2
    ? { numbers: new Int16Array(buffer, byteOffset, count), scale: 1 / 32768 }
    : { numbers: new Int32Array(buffer, byteOffset, count), scale: 2 ** -31 };
}

/** The mean of interleaved channels, summed in float32 in the order of the channels, as NumPy does. */
function mixInterleaved(numbers: Numbers, scale: number, channels: number): Float32Array {
  const frames = Math.floor(numbers.length / channels);
  const mono = new Float32Array(frames);
  if (channels === 1) {
    for (let i = 0; i < frames; i++) mono[i] = numbers[i]! * scale;
  } else if (channels === 2) {
    for (let i = 0, at = 0; i < frames; i++, at += 2) {
      mono[i] = (Math.fround(numbers[at]! * scale) + Math.fround(numbers[at + 1]! * scale)) / 2;
    }
  } else {
    for (let i = 0, at = 0; i < frames; i++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) sum = Math.fround(sum + Math.fround(numbers[at++]! * scale));
      mono[i] = sum / channels;
    }
  }
  return mono;
}

/** The kernel for samples that nearly all files have; undefined for others. */
function kernelSamples({ kind, bytes, bigEndian }: PcmEncoding, channels: number): KernelSamples | undefined {
  if (bigEndian || channels > 2) return undefined;
  if (kind === 'float') return bytes === 4 && channels === 2 ? 'stereoFloat' : undefined;
  if (kind !== 'signed' || bytes < 2 || bytes > 4) return undefined;
  return `${channels === 1 ? 'mono' : 'stereo'}${(8 * bytes) as 16 | 24 | 32}`;
}

/**
 * Interleaved PCM bytes as mono float32: every sample over its full scale (v / 2^(bits - 1), so 16 bits over 32768), then
 * the mean of the channels. These are the values of libsndfile and librosa.to_mono, to the bit.
 *
 * @param block whole frames; a cut frame at the end is left out. Not changed.
 * @returns [frames], a fresh array.
 */
export function pcmToMono(block: Uint8Array, encoding: PcmEncoding, channels: number): Float32Array {
  const samples = kernelSamples(encoding, channels);
  if (samples !== undefined) return mixWithKernel(samples, block, encoding.bytes * channels);
  const { numbers, scale } = readNumbers(block, encoding);
  return mixInterleaved(numbers, scale, channels);
}

/**
 * The mean of channels that lie apart, as librosa.to_mono.
 *
 * @param channelData [channels][frames], all of one length. Not changed.
 * @returns [frames]; of one channel the very same array.
 */
export function mixChannels(channelData: readonly Float32Array[]): Float32Array {
  const [first, second] = channelData;
  if (first === undefined) return new Float32Array(0);
  if (second === undefined) return first;
  const mono = new Float32Array(first.length);
  if (channelData.length === 2) {
    for (let i = 0; i < mono.length; i++) mono[i] = (first[i]! + second[i]!) / 2;
    return mono;
  }
  for (const channel of channelData) for (let i = 0; i < mono.length; i++) mono[i] = mono[i]! + channel[i]!;
  for (let i = 0; i < mono.length; i++) mono[i] = mono[i]! / channelData.length;
  return mono;
}
