import type { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import type { FileBytes } from './file-bytes.js';
import { createInstancePool } from './instance-pool.js';
import { missingOggEnd, oggSamples } from './ogg-end.js';
import { createOggLinks } from './ogg-links.js';
import { type ChannelBlock, openCompressed } from './open-compressed.js';
import type { SoundSource } from './sound-source.js';
import { withoutPrinting } from './without-printing.js';

const vorbisPool = createInstancePool<OggVorbisDecoder>(async () => {
  const { OggVorbisDecoder: Decoder } = await import('@wasm-audio-decoders/ogg-vorbis');
  const decoder = new Decoder();
  await decoder.ready;
  return decoder;
});

interface PieceDecoder {
  decode(bytes: Uint8Array): ChannelBlock | Promise<ChannelBlock>;
  flush(): ChannelBlock | Promise<ChannelBlock>;
}

/** Decodes the links of a chain one after the other, each from its own beginning: the packages would go on with the first one's tables. */
function linkByLink(decoder: PieceDecoder, identification: string): { decode(bytes: Uint8Array): Promise<ChannelBlock[]>; flush(): Promise<ChannelBlock[]> } {
  const links = createOggLinks(identification);
  const decode = (bytes: Uint8Array): ChannelBlock | Promise<ChannelBlock> => withoutPrinting(() => decoder.decode(bytes));
  const flush = (): ChannelBlock | Promise<ChannelBlock> => withoutPrinting(() => decoder.flush());
  return {
    decode: async (bytes) => {
      const [first, ...more] = links.push(bytes);
      const blocks = [await decode(first)];
      for (const part of more) blocks.push(await flush(), await decode(part));
      return blocks;
    },
    flush: async () => [await decode(links.rest()), await flush()],
  };
}

/**
 * Vorbis or Opus in Ogg, in wasm. Opus is always decoded at 48 kHz.
 *
 * @param start where `OggS` stands.
 * @throws anything, on damaged content.
 */
export async function openOgg(file: FileBytes, format: 'ogg-vorbis' | 'ogg-opus', start: number): Promise<SoundSource> {
  const facts = {
    start,
    promised: await oggSamples(file, start),
    warning: (frames: number, sampleRate: number) => missingOggEnd(file, frames / sampleRate),
  };
  if (format === 'ogg-vorbis') {
    const decoder = await vorbisPool.take();
    return openCompressed(file, { ...facts, decoder: 'vorbis-wasm', ...linkByLink(decoder, '\x01vorbis'), release: () => vorbisPool.give(decoder) });
  }
  const { decoder: createDecoder } = await import('@audio/decode-opus');
  const decoder = await createDecoder(); // 0.05 ms: all of them share one module
  return openCompressed(file, {
    ...facts,
    decoder: 'opus-wasm',
    decode: (bytes) => withoutPrinting(() => decoder.decode(bytes)),
    flush: () => withoutPrinting(() => decoder.flush()),
    release: () => decoder.free(),
  });
}
