import type { Resampler } from './resample.js';
import type { ResamplingConvolver } from './resampling-convolver.js';

/**
 * Resamples two blocks of the sound at a time, on a grid from its start, by transforms.
 *
 * @param byWindows the other way, for blocks that hold what is not a number, which a transform would spread all over.
 */
export function resampleByBlocks({ blocks, input, run }: ResamplingConvolver, byWindows: () => Resampler): Resampler {
  const { up, down, samples, before, step, firstResult, stepResults } = blocks;
  const moved = 2 * step;
  // What the next pair of blocks begins with; the first one with silence.
  const held = new Float32Array(input.length);
  let heldLength = before;
  let taken = 0;
  let made = 0;

  const blockByWindows = (start: number): Float32Array => {
    // A table's windows may be longer than its filter, by less than 8 zeros.
    const block = new Float32Array(samples + 8);
    block.set(input.subarray(start, start + samples));
    return byWindows().push(block);
  };

  /** The results of the pair of blocks in the input, the last ones left out where there is no room for them. */
  const put = (results: Float32Array, at: number): void => {
    const pair = run() ?? [blockByWindows(0), blockByWindows(step)];
    pair.forEach((block, i) => {
      const room = results.length - at - i * stepResults;
      if (room > 0) results.set(block.subarray(firstResult, firstResult + Math.min(stepResults, room)), at + i * stepResults);
    });
  };

  return {
    beyond: input.length,
    push: (block) => {
      taken += block.length;
      const pairs = Math.max(0, Math.floor((heldLength + block.length - input.length) / moved) + 1);
      const results = new Float32Array(pairs * 2 * stepResults);
      let start = 0;
      for (let pair = 0; pair < pairs; pair++) {
        input.set(held.subarray(0, heldLength));
        input.set(block.subarray(start, start + input.length - heldLength), heldLength);
        start += input.length - heldLength;
        put(results, pair * 2 * stepResults);
        held.set(input.subarray(moved));
        heldLength = input.length - moved;
      }
      held.set(block.subarray(start), heldLength);
      heldLength += block.length - start;
      made += results.length;
      return results;
    },
    finish: () => {
      const results = new Float32Array(Math.max(0, Math.ceil((taken * up) / down) - made));
      for (let at = 0; at < results.length; at += 2 * stepResults) {
        input.set(held.subarray(0, heldLength));
        input.fill(0, heldLength);
        put(results, at);
        held.set(input.subarray(moved));
        heldLength = Math.max(0, heldLength - moved);
      }
      made += results.length;
      return results;
    },
  };
}
