import type { Resampler } from './resample.js';
import type { ResamplingKernel } from './resampling-kernel.js';

/** Weighs a window of the sound for every result: for any pair of rates. */
export function resampleByWindows({ filter, blockSamples, input, run }: ResamplingKernel): Resampler {
  const { up, down, taps, before } = filter;
  // What the next window begins with; the first one with silence. Never as much as a window, or its result would be out.
  const held = new Float32Array(taps);
  let heldLength = before;
  let phase = 0;
  let taken = 0;
  let made = 0;

  // Windows begin at floor((phase + k * down) / up), and have to end within what is there.
  const ready = (available: number): number => Math.max(0, Math.floor(((available - taps + 1) * up - 1 - phase) / down) + 1);

  const feed = (block: Float32Array): Float32Array => {
    const results = new Float32Array(ready(heldLength + block.length));
    let length = 0;
    for (let start = 0; start < block.length; start += blockSamples) {
      const part = block.subarray(start, start + blockSamples);
      input.set(held.subarray(0, heldLength));
      input.set(part, heldLength);
      const available = heldLength + part.length;
      const count = ready(available);
      results.set(run(phase, count), length);
      length += count;
      const moved = phase + count * down;
      const next = Math.floor(moved / up);
      phase = moved % up;
      held.set(input.subarray(next, available));
      heldLength = available - next;
    }
    made += length;
    return results;
  };

  return {
    beyond: taps,
    push: (block) => {
      taken += block.length;
      return feed(block);
    },
    finish: () => {
      const missing = Math.ceil((taken * up) / down) - made;
      if (missing <= 0) return new Float32Array(0);
      // What is missing lies within a window of the end: silence behind the sound pushes it out.
      return feed(new Float32Array(taps)).slice(0, missing);
    },
  };
}
