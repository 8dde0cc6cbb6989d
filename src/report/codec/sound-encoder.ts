import { readFile } from 'node:fs/promises';
import { messageOf, SoundkinError } from '../../errors.js';
import { WASM_PAGE_BYTES, webAssembly, type WasmMemory } from '../../web-assembly.js';
import { FRAME } from './band-steps.js';
import { MOST_BITS_PER_FRAME, MOST_BITS_AT_ONCE } from './bit-budget.js';

/** The most samples: their number takes 24 bits. */
const MOST_SAMPLES = 2 ** 24 - 1;
/** Built beside the compiled module; a run from the sources finds it in dist. */
const PLACES = ['./encode.wasm', '../../../dist/report/codec/encode.wasm'];

interface EncoderExports {
  readonly memory: WasmMemory;
  readonly dataStart: { readonly value: number };
  encode(samples: number, length: number, coefficients: number, isShort: number, frames: number, bytes: number): number;
}

/**
 * A sound in few bytes, and in little time: a lapped transform whose bands are quantised as coarsely as their neighbours mask, in Rice codes that learn.
 *
 * About 50 kbit/s at 22 050 Hz and never much above 56: see bit-budget.ts. Layout: 24 bits for the number of samples; then of every frame 1 bit whether it is cut into
 * short ones, 2 bits for the Rice parameter of the levels, the levels as differences from what the frame before and the band below let expect, and the numbers of each band.
 *
 * @param samples mono at 22 050 Hz; beyond full scale they are clipped, and what is not finite is silent.
 * @returns what `decodeSound` reads.
 * @throws INTERNAL when there are 2^24 samples or more.
 */
export type EncodeSound = (samples: Float32Array) => Uint8Array;

async function readKernel(): Promise<Uint8Array> {
  const refusals: unknown[] = [];
  for (const place of PLACES) {
    const bytes = await readFile(new URL(place, import.meta.url)).catch((error: unknown) => void refusals.push(error));
    if (bytes !== undefined) return bytes;
  }
  throw new SoundkinError('INTERNAL', `report: expected encode.wasm beside the program, got ${refusals.map(messageOf).join('; ')}. Build or install Soundkin again.`);
}

/**
 * The encoder of previews, ready to use. It remembers nothing between sounds.
 *
 * @throws INTERNAL when the compiled kernel is not where it was installed.
 */
export async function openSoundEncoder(): Promise<EncodeSound> {
  const { memory, dataStart, encode } = new webAssembly.Instance(new webAssembly.Module(await readKernel())).exports as EncoderExports;
  return (samples) => {
    if (samples.length > MOST_SAMPLES) {
      throw new SoundkinError('INTERNAL', `report: expected a preview of ${MOST_SAMPLES} samples or fewer, got ${samples.length}. Please report this.`);
    }
    const frames = Math.ceil(samples.length / FRAME);
    const input = dataStart.value;
    const coefficients = input + frames * FRAME * 4;
    const isShort = coefficients + frames * FRAME * 8;
    const output = Math.ceil((isShort + frames) / 16) * 16;
    const end = output + Math.ceil((frames * MOST_BITS_PER_FRAME + MOST_BITS_AT_ONCE) / 8);
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / WASM_PAGE_BYTES));
    new Float32Array(memory.buffer, input, samples.length).set(samples);
    const length = encode(input, samples.length, coefficients, isShort, frames, output);
    return new Uint8Array(memory.buffer, output, length).slice();
  };
}
