import { settingsHash, type AnalysisSettings } from '../config/analysis.js';
import { decodeFile } from '../decode/index.js';
import { createTrackKernel, type TrackKernel } from '../features/kernels/wasm/track-kernel.js';
import { notFinite } from '../features/not-finite.js';
import type { WasmModule } from '../web-assembly.js';
import { faultOf } from './fault-of.js';
import type { Outcome, TaskInput, Tasks } from './tasks.js';

/** One instance a sample rate, kept between files; dropped when a file's own settings change. */
const kernels = new Map<string, TrackKernel>();
/** Files that keep their own rates could ask for as many instances as there are rates. */
const MOST_KERNELS = 4;

function kernelFor(module: WasmModule, settings: AnalysisSettings): { key: string; kernel: TrackKernel } {
  const key = settingsHash(settings);
  let kernel = kernels.get(key);
  if (kernel === undefined) {
    if (kernels.size >= MOST_KERNELS) kernels.clear();
    kernels.set(key, (kernel = createTrackKernel(module, settings)));
  }
  return { key, kernel };
}

/** Decodes a file and measures it with the feature kernel of this thread. */
export async function measureFile({ path, settings, trackKernel }: TaskInput<'measure'>): Promise<Outcome<Tasks['measure']['output']>> {
  const { samples, ...facts } = await decodeFile(path, { sampleRate: settings.sampleRate });
  const key = settingsHash({ ...settings, sampleRate: facts.sampleRate });
  try {
    const features = kernelFor(trackKernel, { ...settings, sampleRate: facts.sampleRate }).kernel.measure(samples);
    const error = notFinite(features);
    return error === undefined ? { value: { facts, features } } : { fault: { ...faultOf(error, path), facts } };
  } catch (error) {
    kernels.delete(key); // its memory may be full, or damaged
    return { fault: { ...faultOf(error, path), facts } };
  }
}
