import { resamplingKernel } from './resampling-kernel.js';

/** Turns a stream of samples at one rate into samples at another, block by block. */
export interface Resampler {
  /** Takes a block of any length; the result holds what is ready, and belongs to the caller. */
  push(block: Float32Array): Float32Array;
  /** Ends the stream: what is left, so that all blocks together are ceil(n * targetRate / sourceRate) samples. */
  finish(): Float32Array;
}

/**
 * A resampler without delay: result k is the sound at k / targetRate seconds, with silence before and after the sound.
 *
 * The filter is that of librosa's `soxr_hq`, and so is the length of the result; on real sounds the two differ by -117 dB and
 * less (see createResamplingFilter for the first results). The very last may be 0 in librosa, which fills up what soxr leaves out. The memory used does not grow with
 * the sound, and results do not depend on how it is cut into blocks.
 *
 * @param sourceRate Hz, an integer >= 1.
 * @param targetRate Hz, an integer >= 1.
 * @throws INTERNAL when the compiled kernel is not where it was installed.
 */
export async function createResampler(sourceRate: number, targetRate: number): Promise<Resampler> {
  if (sourceRate === targetRate) {
    return { push: (block) => block.slice(), finish: () => new Float32Array(0) };
  }
  const { filter, blockSamples, input, run } = await resamplingKernel(sourceRate, targetRate);
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

/**
 * A whole sound at another rate: ceil(n * targetRate / sourceRate) samples, as librosa.resample gives.
 *
 * @param samples mono. Not changed.
 * @throws INTERNAL when the compiled kernel is not where it was installed.
 * @see createResampler
 */
export async function resample(samples: Float32Array, sourceRate: number, targetRate: number): Promise<Float32Array> {
  const resampler = await createResampler(sourceRate, targetRate);
  const body = resampler.push(samples);
  const tail = resampler.finish();
  const whole = new Float32Array(body.length + tail.length);
  whole.set(body);
  whole.set(tail, body.length);
  return whole;
}
