import { readFile } from 'node:fs/promises';
import { messageOf, SoundkinError } from '../errors.js';
import { webAssembly, type WasmModule } from '../web-assembly.js';

/** Built beside the compiled module; a run from the sources finds it in dist. */
const PLACES = ['./kernels/resample.wasm', '../../dist/decode/kernels/resample.wasm'];

let compiling: Promise<WasmModule> | undefined;

async function compile(): Promise<WasmModule> {
  const refusals: unknown[] = [];
  for (const place of PLACES) {
    const bytes = await readFile(new URL(place, import.meta.url)).catch((error: unknown) => void refusals.push(error));
    if (bytes !== undefined) return new webAssembly.Module(bytes);
  }
  throw new SoundkinError('INTERNAL', `decode: expected resample.wasm beside the program, got ${refusals.map(messageOf).join('; ')}. Build or install Soundkin again.`);
}

/**
 * The compiled kernels of the resampler: what they do is told in their sources, kernels/resample/assembly.
 *
 * @throws INTERNAL when they are not where they were installed.
 */
export function resamplingModule(): Promise<WasmModule> {
  compiling ??= compile().catch((error: unknown) => {
    compiling = undefined;
    throw error;
  });
  return compiling;
}
