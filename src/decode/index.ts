/** Files as mono float32 at one sample rate, whatever their format; and the WAV files that are written. */
export { decodeFile, type DecodedAudio, type DecodeOptions } from './decode-file.js';
export type { DecodeWarning } from './decoded-sound.js';
export { decodersHere, type DecoderHere } from './decoders-here.js';
export type { FileBytes } from './file-bytes.js';
export { identifyFile } from './identify-file.js';
export { encodeWav } from './encode-wav.js';
export { type Excerpt, excerptOf, type ExcerptPlace, excerptSettings, excerptText, parseExcerpt } from './excerpt.js';
export { type AudioFormat, sniffFormat } from './sniff-format.js';
export { openSoundStream, type SoundStream, type StreamOptions } from './sound-stream.js';
