import { messageOf, SoundkinError } from '../errors.js';
import { openFfmpeg } from './decode-ffmpeg.js';
import { type DecodeWarning, seconds } from './decoded-sound.js';
import { cutSource, type SoundSource } from './sound-source.js';

/** What ffmpeg finds behind an early end must be this much more sound to be taken. */
const MORE_SECONDS = 0.1;

/** ffmpeg on the same file, behind what is already there; undefined where it cannot go on. */
async function behind(path: string, taken: number, first: SoundSource): Promise<SoundSource | undefined> {
  const second = await openFfmpeg(path).catch(() => undefined);
  if (second === undefined) return undefined;
  if (second.sampleRate === first.sampleRate) return cutSource(second, taken, Infinity);
  await second.close();
  return undefined;
}

function gaveUp(path: string, error: unknown): SoundkinError {
  if (error instanceof SoundkinError) return error;
  return new SoundkinError('DECODE_FAILED', `decode: expected to decode "${path}", but its decoder gave up: ${messageOf(error)}. The file is damaged; copy it again.`, { cause: error });
}

/** Pieces of at least so many samples, or nothing where there are not as many. */
async function readAtLeast(source: SoundSource, count: number): Promise<Float32Array[]> {
  const pieces: Float32Array[] = [];
  for (let length = 0; length < count; ) {
    const piece = await source.read().catch(() => undefined);
    if (piece === undefined) return [];
    pieces.push(piece);
    length += piece.length;
  }
  return pieces;
}

/**
 * A decoder, and ffmpeg behind it: where the first traps, finds nothing, or stops early, ffmpeg goes on from there, since it finds
 * its way again after damage. Without ffmpeg the first answer stands.
 *
 * @param open opens the first decoder.
 * @throws what the first decoder throws, as one of our errors.
 */
export async function withSecondOpinion(path: string, open: () => Promise<SoundSource>): Promise<SoundSource> {
  const mayHelp = (error: unknown): boolean => !(error instanceof SoundkinError) || error.code === 'DECODE_FAILED' || error.code === 'DECODE_EMPTY';
  let first: SoundSource;
  try {
    first = await open();
  } catch (error) {
    const second = mayHelp(error) ? await openFfmpeg(path).catch(() => undefined) : undefined;
    if (second !== undefined) return second;
    throw gaveUp(path, error);
  }

  let taken = 0;
  let second: SoundSource | undefined;
  let ready: Float32Array[] = [];
  let warning: DecodeWarning | undefined;
  let stoppedAt = 0;
  let ended = false;

  /** The first decoder is through: by an error, or at an end that is too early. */
  const goOn = async (error?: unknown): Promise<void> => {
    stoppedAt = taken;
    await first.close();
    second = await behind(path, taken, first);
    ready = second === undefined ? [] : await readAtLeast(second, error === undefined ? MORE_SECONDS * first.sampleRate : 1);
    if (ready.length > 0) return;
    await second?.close();
    second = undefined;
    ended = true;
    if (error !== undefined) throw gaveUp(path, error);
  };

  const read = async (): Promise<Float32Array | undefined> => {
    if (ended) return undefined;
    if (second !== undefined) return ready.shift() ?? second.read();
    try {
      const piece = await first.read();
      if (piece !== undefined) return piece;
      warning = await first.warning();
    } catch (error) {
      if (!mayHelp(error)) throw error;
      await goOn(error);
      return read();
    }
    if (warning === undefined) ended = true;
    else await goOn();
    return read();
  };

  return {
    sampleRate: first.sampleRate,
    channels: first.channels,
    get decoder() {
      return second === undefined ? first.decoder : `${first.decoder}, ffmpeg`;
    },
    frames: first.frames,
    counted: false,
    fromIntegers: false,
    read: async () => {
      const piece = await read();
      taken += piece?.length ?? 0;
      return piece;
    },
    warning: async () => {
      if (second === undefined) return warning;
      const found = `its decoder stopped after ${seconds(stoppedAt / first.sampleRate)}; ffmpeg found ${seconds(taken / first.sampleRate)}`;
      const message = `decode: expected "${path}" to be whole, but ${found}. The file is damaged: copy it again.`;
      return (await second.warning()) ?? { code: 'DECODE_TRUNCATED', message };
    },
    close: async () => {
      ended = true;
      await first.close();
      await second?.close();
    },
  };
}
