import { SoundkinError } from '../errors.js';
import { readAiffHeader } from './aiff-header.js';
import { readAuHeader } from './au-header.js';
import { readCafHeader } from './caf-header.js';
import { openAdpcm } from './decode-adpcm.js';
import { decodeNodeWav } from './decode-node-wav.js';
import { truncationWarning, type Wanted } from './decoded-sound.js';
import type { FileBytes } from './file-bytes.js';
import { frameBytes, type PcmLayout } from './pcm-layout.js';
import { mixChannels, pcmToMono } from './pcm.js';
import type { SoundSource } from './sound-source.js';
import { readW64Header, readWavHeader } from './wav-header.js';

/** Short sounds come in one piece, long ones in pieces that stay small beside the sound. */
const BLOCK_BYTES = 2 ** 22;

/** The formats of plain samples. */
export type PcmFormat = 'wav' | 'rf64' | 'w64' | 'aiff' | 'au' | 'caf';

const READERS: Readonly<Record<PcmFormat, (file: FileBytes) => Promise<PcmLayout>>> = {
  wav: readWavHeader,
  rf64: readWavHeader,
  w64: readW64Header,
  aiff: readAiffHeader,
  au: readAuHeader,
  caf: readCafHeader,
};

/** The header of a file of plain samples, by its format. */
export function readPcmLayout(file: FileBytes, format: PcmFormat): Promise<PcmLayout> {
  return READERS[format](file);
}

/**
 * A file of plain samples or of ADPCM (WAV, RF64, Wave64, AIFF, AU, CAF), read in blocks.
 *
 * @param layout its header; `encoding` or `adpcm` must be there.
 * @throws DECODE_EMPTY when it holds not one frame; DECODE_FAILED when the header makes no sense.
 */
export async function openPcm(file: FileBytes, layout: PcmLayout, { sampleRate, maxSeconds, pcm16: wantsIntegers = false }: Wanted): Promise<SoundSource> {
  const { encoding, channels } = layout;
  if (layout.adpcm !== undefined) return openAdpcm(file, layout, layout.adpcm, { sampleRate, maxSeconds });
  if (encoding === undefined || channels < 1) {
    throw new SoundkinError('DECODE_FAILED', `decode: expected plain samples in at least one channel in "${file.path}", got ${layout.codec} in ${channels}. The file's header is damaged.`);
  }
  const frameSize = frameBytes(encoding, channels);
  const frames = Math.floor(layout.dataBytes / frameSize);
  if (frames === 0) {
    throw new SoundkinError('DECODE_EMPTY', `decode: expected samples in "${file.path}", but it holds a header only. Record or copy it again.`);
  }

  const wantedFrames = Math.min(frames, Math.ceil(maxSeconds * layout.sampleRate));
  const isPcm16 = encoding.kind === 'signed' && encoding.bytes === 2 && !encoding.bigEndian && channels === 1 && (sampleRate === 0 || sampleRate === layout.sampleRate);
  const pcm16 = wantsIntegers && isPcm16 ? new Int16Array(wantedFrames) : undefined;
  const channelData = layout.nodeWav && file.whole !== undefined ? await decodeNodeWav(file.whole, layout) : undefined;
  const step = channelData === undefined ? Math.max(1, Math.floor(BLOCK_BYTES / frameSize)) : wantedFrames;
  let done = 0;

  const readFrames = async (count: number): Promise<Float32Array> => {
    if (channelData !== undefined) return mixChannels(channelData.map((channel) => channel.subarray(done, done + count)));
    const block = await file.read(layout.dataOffset + done * frameSize, count * frameSize);
    if (pcm16 !== undefined) new Uint8Array(pcm16.buffer).set(block, done * frameSize);
    return pcmToMono(block, encoding, channels);
  };
  const promised = layout.declaredBytes === undefined ? undefined : Math.floor(layout.declaredBytes / frameSize);
  return {
    sampleRate: layout.sampleRate,
    channels,
    decoder: channelData === undefined ? 'wav' : 'node-wav',
    frames,
    counted: true,
    fromIntegers: encoding.kind !== 'float',
    ...(pcm16 === undefined ? {} : { pcm16 }),
    read: async () => {
      if (done >= wantedFrames) return undefined;
      const piece = await readFrames(Math.min(step, wantedFrames - done));
      done += step;
      return piece.length === 0 ? undefined : piece;
    },
    skip: (count) => {
      done = count;
    },
    warning: () => Promise.resolve(truncationWarning(frames / layout.sampleRate, promised === undefined ? undefined : promised / layout.sampleRate)),
    close: () => Promise.resolve(),
  };
}
