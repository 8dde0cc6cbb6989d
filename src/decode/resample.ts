import type { SpeexModule } from '@echogarden/speex-resampler-wasm/simd';
import { SoundkinError } from '../errors.js';

/** Turns a stream of samples at one rate into samples at another, block by block. */
export interface Resampler {
  /** Takes a block of any length; the result holds what is ready, and belongs to the caller. */
  push(block: Float32Array): Float32Array;
  /** Ends the stream: what is left, so that all blocks together are ceil(n * targetRate / sourceRate) samples. */
  finish(): Float32Array;
  /** Gives its memory back; to be called where `finish` never is. */
  close(): void;
}

const QUALITY = 10; // the best one: stopband below -100 dB, passband to 0.92 of the lower Nyquist frequency
const BLOCK_SAMPLES = 16_384;
/** Filter tables cost up to milliseconds to make, so that states are kept, but not for every rate ever met. */
const KEPT_STATES = 8;

interface State {
  readonly key: string;
  readonly pointer: number;
  readonly input: number;
  readonly output: number;
  readonly outputSamples: number;
  readonly lengths: number;
}

interface Speex {
  readonly module: SpeexModule;
  readonly idle: State[];
}
let loading: Promise<Speex> | undefined;

function loadSpeex(): Promise<Speex> {
  loading ??= import('@echogarden/speex-resampler-wasm/simd')
    .then(async ({ default: createSpeex }) => ({ module: await createSpeex(), idle: [] }))
    .catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
  return loading;
}

function destroyState(module: SpeexModule, state: State): void {
  module._speex_resampler_destroy(state.pointer);
  for (const pointer of [state.input, state.output, state.lengths]) module._free(pointer);
}

function takeState({ module, idle }: Speex, sourceRate: number, targetRate: number): State {
  const key = `${sourceRate}:${targetRate}`;
  const kept = idle.findIndex((state) => state.key === key);
  if (kept >= 0) {
    const [state] = idle.splice(kept, 1) as [State];
    module._speex_resampler_reset_mem(state.pointer);
    module._speex_resampler_skip_zeros(state.pointer);
    return state;
  }
  const lengths = module._malloc(8);
  const pointer = module._speex_resampler_init(1, sourceRate, targetRate, QUALITY, lengths);
  if (pointer === 0) {
    module._free(lengths);
    throw new SoundkinError(
      'DECODE_FAILED',
      `decode: expected rates that can be resampled, got ${sourceRate} Hz to ${targetRate} Hz. Convert the file to a usual rate.`,
    );
  }
  module._speex_resampler_skip_zeros(pointer); // the first result is then the sound at time 0, not half a filter before
  const outputSamples = Math.ceil((BLOCK_SAMPLES * targetRate) / sourceRate) + 16;
  const input = module._malloc(BLOCK_SAMPLES * 4);
  const output = module._malloc(outputSamples * 4);
  return { key, pointer, input, output, outputSamples, lengths };
}

/** Feeds one block of at most BLOCK_SAMPLES, and gives the results to `emit`. */
function process(module: SpeexModule, state: State, block: Float32Array, emit: (part: Float32Array) => void): void {
  let consumed = 0;
  while (consumed < block.length) {
    // The heap may have grown, and its views moved, since the last call: read them anew each time.
    module.HEAPF32.set(block.subarray(consumed), state.input >> 2);
    module.HEAPU32[state.lengths >> 2] = block.length - consumed;
    module.HEAPU32[(state.lengths >> 2) + 1] = state.outputSamples;
    const code = module._speex_resampler_process_float(
      state.pointer,
      0,
      state.input,
      state.lengths,
      state.output,
      state.lengths + 4,
    );
    if (code !== 0) throw new SoundkinError('DECODE_FAILED', `decode: expected the resampler to go on, got its error ${code}. Convert the file.`);
    consumed += module.HEAPU32[state.lengths >> 2]!;
    const made = module.HEAPU32[(state.lengths >> 2) + 1]!;
    emit(module.HEAPF32.subarray(state.output >> 2, (state.output >> 2) + made));
  }
}

function join(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/**
 * A windowed-sinc resampler (Speex, quality 10), without delay: result k is the sound at k / targetRate seconds.
 *
 * It takes the place of librosa's `soxr_hq`, with the same length of result; only the last 8 % below the lower Nyquist
 * frequency, where the two filters fall off differently, can be told apart.
 *
 * @param sourceRate Hz, an integer >= 1.
 * @param targetRate Hz, an integer >= 1.
 * @throws DECODE_FAILED when the rates are too far apart for a filter.
 */
export async function createResampler(sourceRate: number, targetRate: number): Promise<Resampler> {
  if (sourceRate === targetRate) {
    return { push: (block) => block.slice(), finish: () => new Float32Array(0), close: () => undefined };
  }
  const speex = await loadSpeex();
  let state: State | undefined = takeState(speex, sourceRate, targetRate);
  let taken = 0;
  let made = 0;

  const feed = (block: Float32Array, limit: number): Float32Array => {
    const parts: Float32Array[] = [];
    let length = 0;
    try {
      for (let start = 0; start < block.length && made + length < limit; start += BLOCK_SAMPLES) {
        process(speex.module, state!, block.subarray(start, start + BLOCK_SAMPLES), (part) => {
          const wanted = part.slice(0, limit - made - length);
          parts.push(wanted);
          length += wanted.length;
        });
      }
    } catch (error) {
      loading = undefined; // a module that has trapped is not to be trusted again
      throw error;
    }
    made += length;
    return join(parts);
  };
  const close = (): void => {
    if (state === undefined) return;
    if (speex.idle.length < KEPT_STATES) speex.idle.push(state);
    else destroyState(speex.module, state);
    state = undefined;
  };

  return {
    push: (block) => {
      taken += block.length;
      return feed(block, Infinity);
    },
    finish: () => {
      const total = Math.ceil((taken * targetRate) / sourceRate);
      const parts: Float32Array[] = [];
      // What is missing lies within half a filter of the end: silence behind the sound pushes it out.
      while (made < total) parts.push(feed(new Float32Array(BLOCK_SAMPLES), total));
      close();
      return join(parts);
    },
    close,
  };
}

/**
 * A whole sound at another rate: ceil(n * targetRate / sourceRate) samples, as librosa.resample gives.
 *
 * @param samples mono. Not changed.
 * @throws DECODE_FAILED when the rates are too far apart for a filter.
 * @see createResampler
 */
export async function resample(samples: Float32Array, sourceRate: number, targetRate: number): Promise<Float32Array> {
  const resampler = await createResampler(sourceRate, targetRate);
  try {
    return join([resampler.push(samples), resampler.finish()]);
  } finally {
    resampler.close();
  }
}
