import nodeWav from 'node-wav';

/**
 * A 16-bit mono WAV file, written by node-wav.
 *
 * @param samples mono, -1 to 1; louder ones are clipped. Not changed.
 * @param sampleRate Hz.
 * @returns the file's bytes, 44 of them header.
 */
export function encodeWav(samples: Float32Array, sampleRate: number): Uint8Array {
  const file = nodeWav.encode([samples], { sampleRate, float: false, bitDepth: 16 });
  return new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
}
