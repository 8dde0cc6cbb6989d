import type { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import { decodeStream } from './decode-stream.js';
import type { DecodedSound, Wanted } from './decoded-sound.js';
import type { FileBytes } from './file-bytes.js';
import { createInstancePool } from './instance-pool.js';
import { missingOggEnd } from './ogg-end.js';
import { withoutPrinting } from './without-printing.js';

const vorbisPool = createInstancePool<OggVorbisDecoder>(async () => {
  const { OggVorbisDecoder: Decoder } = await import('@wasm-audio-decoders/ogg-vorbis');
  const decoder = new Decoder();
  await decoder.ready;
  return decoder;
});

/**
 * Vorbis or Opus in Ogg, in wasm. Opus is always decoded at 48 kHz.
 *
 * @param start where `OggS` stands.
 * @throws anything, on damaged content.
 */
export async function decodeOgg(
  file: FileBytes,
  format: 'ogg-vorbis' | 'ogg-opus',
  start: number,
  wanted: Wanted,
): Promise<DecodedSound> {
  const stream = format === 'ogg-vorbis' ? await decodeVorbis(file, start, wanted) : await decodeOpus(file, start, wanted);
  const durationSeconds = stream.frames / stream.sourceSampleRate;
  const warning = stream.stopped ? undefined : await missingOggEnd(file, durationSeconds);
  return {
    samples: stream.samples,
    sourceSampleRate: stream.sourceSampleRate,
    channels: stream.channels,
    durationSeconds,
    decoder: format === 'ogg-vorbis' ? 'vorbis-wasm' : 'opus-wasm',
    ...(warning === undefined ? {} : { warning }),
  };
}

function decodeVorbis(file: FileBytes, start: number, wanted: Wanted): ReturnType<typeof decodeStream> {
  return vorbisPool.with((decoder) =>
    decodeStream(file, start, wanted, {
      decode: (bytes) => withoutPrinting(() => decoder.decode(bytes)),
      flush: () => withoutPrinting(() => decoder.flush()),
    }),
  );
}

async function decodeOpus(file: FileBytes, start: number, wanted: Wanted): ReturnType<typeof decodeStream> {
  const { decoder: createDecoder } = await import('@audio/decode-opus');
  const decoder = await createDecoder(); // 0.05 ms: all of them share one module
  try {
    return await decodeStream(file, start, wanted, {
      decode: (bytes) => withoutPrinting(() => decoder.decode(bytes)),
      flush: () => withoutPrinting(() => decoder.flush()),
    });
  } finally {
    decoder.free();
  }
}
