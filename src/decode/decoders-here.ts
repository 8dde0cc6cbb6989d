import { messageOf } from '../errors.js';
import { ffmpegVersion } from './decode-ffmpeg.js';
import { resamplingKernel } from './resampling-kernel.js';

/** A decoder, and whether it opens on this machine. */
export interface DecoderHere {
  /** The formats it is used for, for people. */
  readonly format: string;
  readonly decoder: string;
  readonly available: boolean;
  /** Its version, or why it does not open and what to do. */
  readonly note: string;
}

const PACKAGES: readonly { format: string; decoder: string; load: () => Promise<unknown> }[] = [
  { format: 'WAV, 32-bit float; every WAV written', decoder: 'node-wav', load: () => import('node-wav') },
  { format: 'FLAC, Ogg FLAC', decoder: 'flac-wasm', load: () => import('@wasm-audio-decoders/flac') },
  { format: 'MP3', decoder: 'mpg123-wasm', load: () => import('mpg123-decoder') },
  { format: 'Ogg Vorbis', decoder: 'vorbis-wasm', load: () => import('@wasm-audio-decoders/ogg-vorbis') },
  { format: 'Ogg Opus', decoder: 'opus-wasm', load: () => import('@audio/decode-opus') },
  { format: 'any, to another sample rate', decoder: 'resample-wasm', load: () => resamplingKernel(44_100, 22_050) },
];

/** Which decoders open on this machine, for `doctor`: our own reader, each package, and ffmpeg. */
export async function decodersHere(): Promise<DecoderHere[]> {
  const packages = PACKAGES.map(async ({ format, decoder, load }): Promise<DecoderHere> => {
    try {
      await load();
      return { format, decoder, available: true, note: 'installed' };
    } catch (error) {
      return { format, decoder, available: false, note: `${messageOf(error)}. Run npm install again.` };
    }
  });
  const version = await ffmpegVersion();
  return [
    { format: 'WAV, RF64, Wave64, AIFF, AIFF-C, AU, CAF: plain samples and ADPCM', decoder: 'wav', available: true, note: 'built in' },
    ...(await Promise.all(packages)),
    {
      format: 'M4A, AAC, ALAC, WMA, WavPack, APE, WebM, other codings in WAV and CAF; damaged files',
      decoder: 'ffmpeg',
      available: version !== undefined,
      note: version ?? 'not on the PATH. Install ffmpeg to read these.',
    },
  ];
}
