import { settingsHash, type AnalysisSettings } from '../config/analysis.js';
import { openSoundStream } from '../decode/index.js';
import { measureLongTrack } from '../features/kernels/wasm/long-track.js';
import { createTrackKernel, type TrackKernel } from '../features/kernels/wasm/track-kernel.js';
import { notFinite } from '../features/not-finite.js';
import type { TrackFeatures } from '../features/extract.js';
import type { WasmModule } from '../web-assembly.js';
import { decodeForMeasuring, measuringOptions } from './decode-for-measuring.js';
import { faultOf } from './fault-of.js';
import { mayBeLong, mostInMemory } from './long-file.js';
import type { DecodedFacts, MeasuredFile, Outcome } from './tasks.js';

/** One instance a sample rate, kept between files; dropped when a file's own settings change. */
const kernels = new Map<string, TrackKernel>();
/** Files that keep their own rates could ask for as many instances as there are rates. */
const MOST_KERNELS = 4;
const WARM_SECONDS = 1;

/** This thread's kernel for some settings and a sample rate in place of theirs. @param hash of the settings. */
function kernelFor(trackKernel: WasmModule, hash: string, settings: AnalysisSettings, sampleRate: number): TrackKernel {
  const key = `${hash} ${sampleRate}`;
  let kernel = kernels.get(key);
  if (kernel === undefined) {
    if (kernels.size >= MOST_KERNELS) kernels.clear();
    kernels.set(key, (kernel = createTrackKernel(trackKernel, { ...settings, sampleRate })));
  }
  return kernel;
}

/**
 * Decodes files and measures them with the feature kernel of this thread. Sounds that are too long to be held are measured as they come, in memory that does not
 * grow with them; their files are read twice.
 *
 * @param most samples of a sound that may be held.
 */
export function fileMeasurer(trackKernel: WasmModule, settings: AnalysisSettings, most = mostInMemory(settings)): (path: string) => Promise<Outcome<MeasuredFile>> {
  const hash = settingsHash(settings);
  const measureWhole = (samples: Float32Array, sampleRate: number): TrackFeatures => {
    try {
      return kernelFor(trackKernel, hash, settings, sampleRate).measure(samples);
    } catch (error) {
      kernels.delete(`${hash} ${sampleRate}`); // its memory may be full, or damaged
      throw error;
    }
  };

  /** @param onFacts told as soon as the sound is decoded. */
  const measureFile = async (path: string, onFacts: (facts: DecodedFacts) => void): Promise<TrackFeatures> => {
    if (await mayBeLong(path, settings, most)) return measureStream(path, onFacts);
    const { samples, ...facts } = await decodeForMeasuring(path, settings);
    onFacts(facts);
    return measureWhole(samples, facts.sampleRate);
  };

  const measureStream = async (path: string, onFacts: (facts: DecodedFacts) => void): Promise<TrackFeatures> => {
    const { options, tags } = measuringOptions(settings);
    const stream = await openSoundStream(path, options);
    try {
      const held: Float32Array[] = [];
      let length = 0;
      let next: Float32Array | undefined;
      while (length <= most && (next = await stream.read()) !== undefined) {
        held.push(next);
        length += next.length;
      }
      if (next === undefined) {
        onFacts({ ...(await stream.facts()), tags: tags() });
        return measureWhole(joined(held, length), stream.sampleRate);
      }
      const firstReading = async function* (): AsyncGenerator<Float32Array> {
        for (let block = held.shift(); block !== undefined; block = held.shift()) yield block;
        for (let block = await stream.read(); block !== undefined; block = await stream.read()) yield block;
        onFacts({ ...(await stream.facts()), tags: tags() });
        await stream.close();
      };
      const secondReading = async function* (): AsyncGenerator<Float32Array> {
        yield* await openSoundStream(path, { sampleRate: options.sampleRate, identify: false, ...(options.excerpt && { excerpt: options.excerpt }) });
      };
      return await measureLongTrack(trackKernel, { ...settings, sampleRate: stream.sampleRate }, (reading) => (reading === 1 ? firstReading() : secondReading()));
    } finally {
      await stream.close();
    }
  };

  return async (path) => {
    let facts: DecodedFacts | undefined;
    try {
      const features = await measureFile(path, (known) => (facts = known));
      const error = notFinite(features);
      return error === undefined ? { value: { facts: facts!, features } } : { fault: { ...faultOf(error, path), facts: facts! } };
    } catch (error) {
      return { fault: { ...faultOf(error, path), ...(facts && { facts }) } };
    }
  };
}

/** Blocks as one. They are let go of on the way. */
function joined(blocks: Float32Array[], length: number): Float32Array {
  const whole = new Float32Array(length);
  let at = 0;
  for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
    whole.set(block, at);
    at += block.length;
  }
  return whole;
}

/** Makes the kernel for some settings, and measures noise, so that its code is compiled well before the first sound comes. */
export function warmKernel(trackKernel: WasmModule, settings: AnalysisSettings): void {
  const { sampleRate } = settings;
  let state = 1;
  const noise = Float32Array.from({ length: WARM_SECONDS * sampleRate }, () => (state = Math.imul(state, 1664525) + 1013904223) / 2 ** 33);
  kernelFor(trackKernel, settingsHash(settings), settings, sampleRate).measure(noise);
}
