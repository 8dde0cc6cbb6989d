import { SoundkinError } from '../errors.js';
import type { Wanted } from './decoded-sound.js';
import type { FileBytes } from './file-bytes.js';
import { createMonoCollector, type MonoCollector } from './mono-collector.js';
import { mixChannels } from './pcm.js';

/** A block as the wasm decoders give it. */
export interface ChannelBlock {
  readonly channelData: readonly Float32Array[];
  readonly sampleRate: number;
}

export interface StreamSteps {
  /** Takes a piece of the file, gives what could be decoded so far. */
  decode(bytes: Uint8Array): ChannelBlock | Promise<ChannelBlock>;
  /** Ends the stream. */
  flush?(): ChannelBlock | Promise<ChannelBlock>;
  /** Picks the channels that count; all of them where it is not given. */
  pick?(channels: readonly Float32Array[]): readonly Float32Array[];
}

/** What came out of a compressed stream. */
export interface DecodedStream {
  readonly samples: Float32Array;
  readonly sourceSampleRate: number;
  readonly channels: number;
  /** Samples a channel at the source's rate. */
  readonly frames: number;
  /** Whether as much as was wanted came, so that how the stream ends is not known. */
  readonly stopped: boolean;
}

const PIECE_BYTES = 2 ** 18;

/**
 * Feeds a file to a decoder piece by piece, and gathers mono sound.
 *
 * @param start where the stream begins in the file.
 * @param expected samples to come, where the file says.
 * @throws DECODE_EMPTY when nothing comes out; DECODE_FAILED when the rate changes on the way.
 */
export async function decodeStream(
  file: FileBytes,
  start: number,
  { sampleRate, maxSeconds }: Wanted,
  steps: StreamSteps,
  expected?: number,
): Promise<DecodedStream> {
  let collector: MonoCollector | undefined;
  let sourceSampleRate = 0;
  let channels = 0;
  const take = async (block: ChannelBlock): Promise<void> => {
    const channelData = steps.pick?.(block.channelData) ?? block.channelData;
    const frames = channelData[0]?.length ?? 0;
    if (frames === 0) return;
    if (collector === undefined) {
      sourceSampleRate = block.sampleRate;
      channels = channelData.length;
      // A header may promise anything: believe it only as far as a block of this size makes likely.
      collector = await createMonoCollector(sourceSampleRate, sampleRate, expected !== undefined && expected < 2 ** 28 ? expected : undefined);
    }
    if (block.sampleRate !== sourceSampleRate) {
      throw new SoundkinError('DECODE_FAILED', `decode: expected one sample rate in "${file.path}", got ${sourceSampleRate} Hz and then ${block.sampleRate} Hz. Split the file where it changes.`);
    }
    collector.push(mixChannels(channelData));
  };

  const isEnough = (): boolean => collector !== undefined && collector.taken - collector.beyond >= maxSeconds * sourceSampleRate;
  for (let offset = start; offset < file.size && !isEnough(); offset += PIECE_BYTES) {
    await take(await steps.decode(await file.read(offset, PIECE_BYTES)));
  }
  const stopped = isEnough();
  // A decoder that is stopped early is flushed as well: the next file must find it empty.
  const last = await steps.flush?.();
  if (last !== undefined && !stopped) await take(last);
  if (collector === undefined) {
    throw new SoundkinError('DECODE_EMPTY', `decode: expected sound in "${file.path}", but not one frame of it could be decoded. The file is empty or damaged.`);
  }
  const { taken } = collector;
  return { samples: collector.finish(), sourceSampleRate, channels, frames: taken, stopped };
}
