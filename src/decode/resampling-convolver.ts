import { WASM_PAGE_BYTES, webAssembly, type WasmMemory, type WasmModule } from '../web-assembly.js';
import { resamplingBlocks, type ResamplingBlocks } from './resampling-blocks.js';
import { keptByRates } from './resampling-kept.js';
import { resamplingRatio } from './resampling-ratio.js';
import { resamplingResponse } from './resampling-response.js';
import { planTransform } from './resampling-transform.js';
import { resamplingWeights } from './resampling-weights.js';

/** Resamples blocks by transforms, for one pair of rates, in the memory of a WebAssembly module of its own. */
export interface ResamplingConvolver {
  readonly blocks: ResamplingBlocks;
  /** The input, [samples + step]: two blocks, of which the second begins `step` behind the first. To be filled before `run`, and free for others after it. */
  readonly input: Float32Array;
  /** The two blocks' results, [2, results], valid where their windows lie within the block; on loan until the next call. Undefined when the input holds what no transform should. */
  run(): readonly [Float32Array, Float32Array] | undefined;
}

interface ConvolverExports {
  readonly memory: WasmMemory;
  readonly dataStart: { readonly value: number };
  resampleBlocks(job: number): number;
}

/** A transform spreads the rounding of its largest value over the whole block: what is larger than any sound is left to the filter's windows. */
const LIMIT = 65_536;

function createConvolver(module: WasmModule, blocks: ResamplingBlocks, weights: Float32Array): ResamplingConvolver {
  const { up, down, samples, results, step, reach } = blocks;
  const { memory, dataStart, resampleBlocks } = new webAssembly.Instance(module).exports as ConvolverExports;
  const [there, back] = [planTransform(samples), planTransform(results)];

  let end = Math.ceil(dataStart.value / 64) * 64;
  const place = (numbers: number): number => {
    const at = end;
    end += Math.ceil(numbers / 16) * 64;
    return at;
  };
  const most = Math.max(samples, results);
  // Inputs are looked at in fours.
  const inputSamples = Math.ceil((samples + step) / 4) * 4;
  const [input, first, second, re, im] = [place(inputSamples), place(2 * most), place(2 * most), place(results), place(results)];
  const [gains, thereTwiddles, backTwiddles] = [place(weights.length), place(there.twiddles.length), place(back.twiddles.length)];
  const [therePasses, backPasses, job] = [place(4 * there.passes.length), place(4 * back.passes.length), place(21)];
  memory.grow(Math.max(0, Math.ceil((end - memory.buffer.byteLength) / WASM_PAGE_BYTES)));
  const view = (at: number, length: number): Float32Array => new Float32Array(memory.buffer, at, length);
  const setIntegers = (at: number, values: readonly number[]): void => new Int32Array(memory.buffer, at, values.length).set(values);
  view(gains, weights.length).set(weights);
  view(thereTwiddles, there.twiddles.length).set(there.twiddles);
  view(backTwiddles, back.twiddles.length).set(back.twiddles);
  setIntegers(therePasses, there.passes.flatMap(({ radix, length, stride, twiddles }) => [radix, length, stride, thereTwiddles + twiddles * 4]));
  setIntegers(backPasses, back.passes.flatMap(({ radix, length, stride, twiddles }) => [radix, length, stride, backTwiddles + twiddles * 4]));
  const inputs = [input, inputSamples, input + step * 4, 0, samples, results];
  const plans = [thereTwiddles, therePasses, there.passes.length, backTwiddles, backPasses, back.passes.length];
  setIntegers(job, [...inputs, ...plans, gains, weights.length / 2, first, second, re, im, up, down, reach]);
  view(job + 12, 1)[0] = LIMIT; // the fourth field, no integer

  const output = [view(re, results), view(im, results)] as const;
  return {
    blocks,
    input: view(input, samples + step),
    run: () => (resampleBlocks(job) === 0 ? undefined : output),
  };
}

/**
 * The convolver for a pair of rates, or undefined where their ratio has no fast transforms. The ones used last are kept.
 *
 * It remembers nothing between calls, so that any number of streams may take turns with one.
 *
 * @param module that of resamplingModule.
 * @param sourceRate Hz, an integer >= 1.
 * @param targetRate Hz, an integer >= 1, another one.
 */
export const resamplingConvolver = keptByRates((module, sourceRate, targetRate): ResamplingConvolver | undefined => {
  const response = resamplingResponse(sourceRate, targetRate);
  const blocks = resamplingBlocks(resamplingRatio(sourceRate, targetRate), Math.ceil(response.half * Math.max(1, sourceRate / targetRate)));
  return blocks && createConvolver(module, blocks, resamplingWeights(blocks, response));
});
