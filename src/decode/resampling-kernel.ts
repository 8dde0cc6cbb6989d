import { WASM_PAGE_BYTES, webAssembly, type WasmMemory, type WasmModule } from '../web-assembly.js';
import { createResamplingFilter, type ResamplingFilter } from './resampling-filter.js';
import { keptByRates } from './resampling-kept.js';
import { resamplingModule } from './resampling-module.js';

/** A filter in the memory of the WebAssembly module that applies it, for one pair of rates. */
export interface ResamplingKernel {
  readonly filter: ResamplingFilter;
  /** Samples that fit behind a window's worth of held ones. */
  readonly blockSamples: number;
  /** The input, [taps + blockSamples]: to be filled before `run`, and free for others after it. */
  readonly input: Float32Array;
  /**
   * The `count` results whose windows lie in the input, one after the other.
   *
   * @param phase of the first, whose window begins at input[0]: from 0 to up - 1.
   * @returns [count], on loan until the next call.
   */
  run(phase: number, count: number): Float32Array;
}

interface ResampleExports {
  readonly memory: WasmMemory;
  readonly dataStart: { readonly value: number };
  filterExact(input: number, output: number, table: number, taps: number, up: number, down: number, phase: number, count: number): void;
  filterBetween(input: number, output: number, table: number, taps: number, rows: number, up: number, down: number, phase: number, count: number): void;
}

/** The most samples, in or out, that one call of the kernel handles: with a filter they stay in the processor's cache. */
const CALL_SAMPLES = 16_384;

function createKernel(module: WasmModule, filter: ResamplingFilter): ResamplingKernel {
  const { up, down, taps, rows, exact } = filter;
  const { memory, dataStart, filterExact, filterBetween } = new webAssembly.Instance(module).exports as ResampleExports;
  const blockSamples = Math.max(1, Math.floor((CALL_SAMPLES * Math.min(up, down)) / up));
  const resultSamples = Math.ceil(((blockSamples + taps) * up) / down);

  const table = Math.ceil(dataStart.value / 16) * 16;
  const input = table + filter.table.byteLength; // rows are multiples of 32 bytes
  const output = input + (taps + blockSamples) * 4;
  memory.grow(Math.ceil((output + resultSamples * 4 - memory.buffer.byteLength) / WASM_PAGE_BYTES));
  new Float32Array(memory.buffer, table, filter.table.length).set(filter.table);

  return {
    filter,
    blockSamples,
    input: new Float32Array(memory.buffer, input, taps + blockSamples),
    run: (phase, count) => {
      if (exact) filterExact(input, output, table, taps, up, down, phase, count);
      else filterBetween(input, output, table, taps, rows, up, down, phase, count);
      return new Float32Array(memory.buffer, output, count);
    },
  };
}

/** As `resamplingKernel`, on the module that this one loads. */
export const resamplingKernelOn = keptByRates((module, sourceRate, targetRate): ResamplingKernel => createKernel(module, createResamplingFilter(sourceRate, targetRate)));

/**
 * The kernel for a pair of rates; the ones used last are kept, as a table takes some milliseconds to make. A kernel takes up to 3 MB.
 *
 * It remembers nothing between calls, so that any number of streams may take turns with one.
 *
 * @param sourceRate Hz, an integer >= 1.
 * @param targetRate Hz, an integer >= 1, another one.
 * @throws INTERNAL when the compiled kernel is not where it was installed.
 */
export async function resamplingKernel(sourceRate: number, targetRate: number): Promise<ResamplingKernel> {
  return resamplingKernelOn(await resamplingModule(), sourceRate, targetRate);
}
