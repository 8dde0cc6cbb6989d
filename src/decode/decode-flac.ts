import type { FLACDecodedAudio, FLACDecoder } from '@wasm-audio-decoders/flac';
import { truncationWarning } from './decoded-sound.js';
import type { FileBytes } from './file-bytes.js';
import { createInstancePool } from './instance-pool.js';
import { missingOggEnd } from './ogg-end.js';
import { type ChannelBlock, openCompressed } from './open-compressed.js';
import type { SoundSource } from './sound-source.js';
import { fourCharacters } from './walk-chunks.js';
import { withoutPrinting } from './without-printing.js';

const pool = createInstancePool<FLACDecoder>(async () => {
  const { FLACDecoder: Decoder } = await import('@wasm-audio-decoders/flac');
  const decoder = new Decoder();
  await decoder.ready;
  return decoder;
});

/** Samples a channel that STREAMINFO promises; undefined where it promises none (0 means unknown) or is not there. */
async function promisedSamples(file: FileBytes, start: number, inOgg: boolean): Promise<number | undefined> {
  const head = await file.read(start, 512);
  // Ogg FLAC: a page header and its lacing values, then 0x7F FLAC, two version bytes, a count, and native FLAC from there on.
  const native = inOgg ? 27 + (head[26] ?? 0) + 9 : 0;
  if (fourCharacters(head, native) !== 'fLaC' || head.length < native + 26) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const samples = (view.getUint8(native + 21) & 15) * 2 ** 32 + view.getUint32(native + 22);
  return samples === 0 ? undefined : samples;
}

/** Added and taken away again, it rounds a double to an integer: four times as fast as Math.round. */
const ROUNDING = 1.5 * 2 ** 52;

/**
 * The package divides integers by 2^(bits - 1) - 1, so that the lowest comes out below -1. Up to 24 bits the integer can be told
 * from the float32 again, and is divided by 2^(bits - 1), as everywhere else; of 32 bits the scale alone is mended.
 */
function mendScale(block: FLACDecodedAudio): ChannelBlock {
  const fullScale = 2 ** (block.bitDepth - 1);
  const rounding = block.bitDepth <= 24 ? ROUNDING : 0;
  for (const channel of block.channelData) {
    for (let i = 0; i < channel.length; i++) {
      channel[i] = (channel[i]! * (fullScale - 1) + rounding - rounding) / fullScale;
    }
  }
  return block;
}

/**
 * FLAC, alone or in Ogg, by libFLAC in wasm.
 *
 * @param start where `fLaC` or `OggS` stands.
 * @throws anything, on damaged content: the decoder traps.
 */
export async function openFlac(file: FileBytes, start: number): Promise<SoundSource> {
  const inOgg = fourCharacters(await file.read(start, 4), 0) === 'OggS';
  const promised = await promisedSamples(file, start, inOgg);
  const decoder = await pool.take();
  return openCompressed(file, {
    decoder: 'flac-wasm',
    start,
    promised,
    decode: async (bytes) => mendScale(await withoutPrinting(() => decoder.decode(bytes))),
    flush: async () => mendScale(await withoutPrinting(() => decoder.flush())),
    release: () => pool.give(decoder),
    warning: (frames, sampleRate) =>
      promised === undefined && inOgg
        ? missingOggEnd(file, frames / sampleRate)
        : truncationWarning(frames / sampleRate, promised === undefined ? undefined : promised / sampleRate),
  });
}
