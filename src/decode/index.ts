/** Files as mono float32 at one sample rate, whatever their format; and the WAV files that are written. */
export { decodeFile, type DecodedAudio } from './decode-file.js';
export type { DecodeWarning } from './decoded-sound.js';
export { decodersHere, type DecoderHere } from './decoders-here.js';
export { encodeWav } from './encode-wav.js';
export { type AudioFormat, sniffFormat } from './sniff-format.js';
