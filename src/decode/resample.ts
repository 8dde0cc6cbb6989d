import { inStage } from '../stage-seconds.js';
import { resampleByBlocks } from './resample-by-blocks.js';
import { resampleByWindows } from './resample-by-windows.js';
import { resamplingConvolver } from './resampling-convolver.js';
import { resamplingKernelOn } from './resampling-kernel.js';
import { resamplingModule } from './resampling-module.js';

/** Turns a stream of samples at one rate into samples at another, block by block. */
export interface Resampler {
  /** A result may depend on so many samples behind its own time, if only in its rounding. */
  readonly beyond: number;
  /** Takes a block of any length; the result holds what is ready, and belongs to the caller. */
  push(block: Float32Array): Float32Array;
  /** Ends the stream: what is left, so that all blocks together are ceil(n * targetRate / sourceRate) samples. */
  finish(): Float32Array;
}

/**
 * A resampler without delay: result k is the sound at k / targetRate seconds, with silence before and after the sound.
 *
 * The filter is that of librosa's `soxr_hq`, and so is the length of the result; on real sounds the two differ by -117 dB and
 * less (see resamplingResponse for the first results). The very last may be 0 in librosa, which fills up what soxr leaves out. The memory used does not grow with
 * the sound, and results do not depend on how it is cut into blocks.
 *
 * Where the rates' ratio has no prime factor over 7, as that of any two usual ones, blocks are resampled by float32 Fourier transforms, as in soxr; else every
 * result is a window's dot product with the filter. A stretch of silence stays silent in both, and what is not a number stays within a window of where it was.
 *
 * @param sourceRate Hz, an integer >= 1.
 * @param targetRate Hz, an integer >= 1.
 * @throws INTERNAL when the compiled kernel is not where it was installed.
 */
export async function createResampler(sourceRate: number, targetRate: number): Promise<Resampler> {
  if (sourceRate === targetRate) {
    return { beyond: 0, push: (block) => block.slice(), finish: () => new Float32Array(0) };
  }
  const module = await resamplingModule();
  const byWindows = (): Resampler => resampleByWindows(resamplingKernelOn(module, sourceRate, targetRate));
  const convolver = resamplingConvolver(module, sourceRate, targetRate);
  const resampler = convolver === undefined ? byWindows() : resampleByBlocks(convolver, byWindows);
  return { beyond: resampler.beyond, push: (block) => inStage('resample', () => resampler.push(block)), finish: () => inStage('resample', () => resampler.finish()) };
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
