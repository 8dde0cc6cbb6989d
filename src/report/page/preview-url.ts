import { PREVIEW_RATE } from '../codec/band-steps.js';
import { decodeSound } from '../codec/decode-sound.js';

/** Samples as a WAV file, which every browser plays and can seek in. */
function wav(samples: Int16Array): Blob {
  const header = new DataView(new ArrayBuffer(44));
  const text = (at: number, name: string): void => [...name].forEach((letter, i) => header.setUint8(at + i, letter.charCodeAt(0)));
  text(0, 'RIFF');
  header.setUint32(4, 36 + samples.byteLength, true);
  text(8, 'WAVEfmt ');
  header.setUint32(16, 16, true);
  header.setUint16(20, 1, true); // PCM
  header.setUint16(22, 1, true); // mono
  header.setUint32(24, PREVIEW_RATE, true);
  header.setUint32(28, PREVIEW_RATE * 2, true);
  header.setUint16(32, 2, true);
  header.setUint16(34, 16, true);
  text(36, 'data');
  header.setUint32(40, samples.byteLength, true);
  const data = new DataView(new ArrayBuffer(samples.byteLength));
  samples.forEach((sample, i) => data.setInt16(2 * i, sample, true));
  return new Blob([header, data], { type: 'audio/wav' });
}

/**
 * A preview's sound under an address that an audio element plays. The caller revokes it.
 *
 * @throws where the text is no base64.
 */
export function previewUrl(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return URL.createObjectURL(wav(decodeSound(bytes)));
}
