import { SoundkinError } from '../errors.js';
import { readAiffHeader } from './aiff-header.js';
import { decodeNodeWav } from './decode-node-wav.js';
import { type DecodedSound, truncationWarning, type Wanted } from './decoded-sound.js';
import type { FileBytes } from './file-bytes.js';
import { createMonoCollector } from './mono-collector.js';
import { frameBytes, type PcmLayout } from './pcm-layout.js';
import { mixChannels, pcmToMono } from './pcm.js';
import { readW64Header, readWavHeader } from './wav-header.js';

/** Short sounds come in one piece, long ones in pieces that stay small beside the sound. */
const BLOCK_BYTES = 2 ** 22;

/** The header of a file of plain samples, by its format. */
export function readPcmLayout(file: FileBytes, format: 'wav' | 'rf64' | 'w64' | 'aiff'): Promise<PcmLayout> {
  return format === 'aiff' ? readAiffHeader(file) : format === 'w64' ? readW64Header(file) : readWavHeader(file);
}

/**
 * A file of plain samples (WAV, RF64, Wave64, AIFF), read in blocks, so that only its mono sound is ever whole in memory.
 *
 * @param layout its header; `encoding` must be there.
 * @throws DECODE_EMPTY when it holds not one frame; DECODE_FAILED when the header makes no sense.
 */
export async function decodePcm(file: FileBytes, layout: PcmLayout, { sampleRate, maxSeconds, pcm16: wantsIntegers = false }: Wanted): Promise<DecodedSound> {
  const { encoding, channels } = layout;
  if (encoding === undefined || channels < 1) {
    throw new SoundkinError('DECODE_FAILED', `decode: expected plain samples in at least one channel in "${file.path}", got ${layout.codec} in ${channels}. The file's header is damaged.`);
  }
  const frameSize = frameBytes(encoding, channels);
  const frames = Math.floor(layout.dataBytes / frameSize);
  if (frames === 0) {
    throw new SoundkinError('DECODE_EMPTY', `decode: expected samples in "${file.path}", but it holds a header only. Record or copy it again.`);
  }

  const wantedFrames = Math.min(frames, Math.ceil(maxSeconds * layout.sampleRate));
  const collector = await createMonoCollector(layout.sampleRate, sampleRate, wantedFrames);
  const isPcm16 = encoding.kind === 'signed' && encoding.bytes === 2 && !encoding.bigEndian && channels === 1 && (sampleRate === 0 || sampleRate === layout.sampleRate);
  const pcm16 = wantsIntegers && isPcm16 ? new Int16Array(wantedFrames) : undefined;
  let decoder = 'wav';
  const channelData = layout.nodeWav && file.whole !== undefined ? await decodeNodeWav(file.whole, layout) : undefined;
  if (channelData !== undefined) {
    decoder = 'node-wav';
    collector.push(mixChannels(channelData).subarray(0, wantedFrames));
  } else {
    const step = Math.max(1, Math.floor(BLOCK_BYTES / frameSize)) * frameSize;
    for (let done = 0; done < wantedFrames * frameSize; done += step) {
      const length = Math.min(step, wantedFrames * frameSize - done);
      const block = await file.read(layout.dataOffset + done, length);
      if (pcm16 !== undefined) new Uint8Array(pcm16.buffer).set(block, done);
      collector.push(pcmToMono(block, encoding, channels), 'owned');
    }
  }
  const durationSeconds = frames / layout.sampleRate;
  const promised = layout.declaredBytes === undefined ? undefined : Math.floor(layout.declaredBytes / frameSize);
  const warning = truncationWarning(durationSeconds, promised === undefined ? undefined : promised / layout.sampleRate);
  return {
    samples: collector.finish(),
    sourceSampleRate: layout.sampleRate,
    channels,
    durationSeconds,
    decoder,
    ...(pcm16 === undefined ? {} : { pcm16 }),
    ...(encoding.kind === 'float' ? {} : { fromIntegers: true as const }),
    ...(warning === undefined ? {} : { warning }),
  };
}
