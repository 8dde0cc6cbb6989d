import type { PcmLayout } from './pcm-layout.js';

/**
 * A plain float32 WAV file through node-wav.
 *
 * node-wav divides positive integers by 2^(n-1) - 1, which is up to 3e-5 off every other reader, loses a 24-bit -1.0, and misreads
 * odd chunks, cut files and unaligned buffers. What remains is float32, which is exact, in files whose header holds no surprise:
 * PcmLayout.nodeWav says which.
 *
 * @returns [channels][frames], or undefined where node-wav disagrees with our own reading of the header.
 */
export async function decodeNodeWav(whole: Uint8Array, layout: PcmLayout): Promise<Float32Array[] | undefined> {
  const { default: nodeWav } = await import('node-wav');
  // A fresh buffer that ends with the samples: node-wav asks that the rest of the buffer divides by four.
  const file = whole.slice(0, layout.dataOffset + layout.dataBytes).buffer as ArrayBuffer;
  const decoded = nodeWav.decode(file);
  const frames = layout.dataBytes / (4 * layout.channels);
  const agrees =
    decoded?.sampleRate === layout.sampleRate &&
    decoded.channelData.length === layout.channels &&
    decoded.channelData.every((channel) => channel.length === frames);
  return agrees ? decoded.channelData : undefined;
}
