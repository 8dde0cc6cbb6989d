import { SoundkinError } from '../errors.js';
import { type AdpcmCoding, decodeAdpcm } from './adpcm.js';
import { truncationWarning, type Wanted } from './decoded-sound.js';
import type { FileBytes } from './file-bytes.js';
import type { PcmLayout } from './pcm-layout.js';
import { pcmToMono } from './pcm.js';
import type { SoundSource } from './sound-source.js';

const PIECE_BYTES = 2 ** 20;

/**
 * A file of ADPCM blocks, read some at a time. A count of samples in the header cuts off what fills up the last block.
 *
 * @throws DECODE_EMPTY when it holds not one block.
 */
export function openAdpcm(file: FileBytes, layout: PcmLayout, coding: AdpcmCoding, { maxSeconds }: Wanted): SoundSource {
  const { blockBytes, blockFrames, channels } = coding;
  const there = Math.floor(layout.dataBytes / blockBytes) * blockFrames;
  if (there === 0) {
    throw new SoundkinError('DECODE_EMPTY', `decode: expected samples in "${file.path}", but it holds not one block of them. Record or copy it again.`);
  }
  const declared = layout.declaredBytes === undefined ? undefined : Math.floor(layout.declaredBytes / blockBytes) * blockFrames;
  // A count that leaves out a whole block is another's: of all channels, or of bytes.
  const counts = layout.codedFrames !== undefined && layout.codedFrames > (declared ?? there) - blockFrames && layout.codedFrames <= (declared ?? there);
  const promised = counts ? layout.codedFrames : declared;
  const frames = Math.min(there, promised ?? there);
  const wantedFrames = Math.min(frames, Math.ceil(maxSeconds * layout.sampleRate));
  const step = Math.max(1, Math.floor(PIECE_BYTES / blockBytes));
  let done = 0;
  return {
    sampleRate: layout.sampleRate,
    channels,
    decoder: 'wav',
    frames,
    counted: true,
    fromIntegers: true,
    read: async () => {
      if (done >= wantedFrames) return undefined;
      const block = Math.floor(done / blockFrames);
      const blocks = Math.min(step, Math.ceil(wantedFrames / blockFrames) - block);
      const integers = decodeAdpcm(await file.read(layout.dataOffset + block * blockBytes, blocks * blockBytes), coding);
      const mono = pcmToMono(new Uint8Array(integers.buffer), { kind: 'signed', bytes: 2, bigEndian: false }, channels);
      const piece = mono.subarray(done - block * blockFrames, wantedFrames - block * blockFrames);
      done = (block + blocks) * blockFrames;
      return piece.length === 0 ? undefined : piece;
    },
    skip: (count) => {
      done = count;
    },
    warning: () => Promise.resolve(truncationWarning(there < (promised ?? 0) ? there / layout.sampleRate : Infinity, (promised ?? 0) / layout.sampleRate)),
    close: () => Promise.resolve(),
  };
}
