import type { AnalysisSettings } from '../config/analysis.js';
import { frameCount } from '../tensor-dsp/index.js';
import type { WasmModule } from '../web-assembly.js';
import type { FeatureLayoutName } from './feature-set.js';
import { createTrackKernel, kernelSupports, type TrackKernel } from './kernels/wasm/track-kernel.js';
import { composedMeasurer } from './measure-composed.js';
import { webgpuMeasurer, webgpuSupports } from './measure-on-webgpu.js';

/** A sound to measure: mono samples and their rate in Hz. */
export interface Sound {
  readonly samples: Float32Array;
  readonly sampleRate: number;
  /** The same samples as 16-bit integers, 32768 to the full scale, where that is what they were: a GPU takes them at half the bytes. */
  readonly pcm16?: Int16Array;
}

/** One row of each feature layout. */
export type TrackFeatures = Readonly<Record<FeatureLayoutName, Float32Array>>;

/** Measures batches of sounds. Whoever creates one disposes it. */
export interface Measurer {
  /** Whether each sound is measured by itself, whatever its length: tiles and batches then mean nothing. */
  readonly oneByOne: boolean;
  /** Whether sounds of any lengths share a batch without being padded to the longest. */
  readonly mixesLengths?: boolean;
  /** Frames that a batch may hold at most, where that is fewer than the device names. */
  readonly mostFrames?: number;
  /** Batches worth measuring at the same time, so that the host sends one while the device works on another. Default 1. */
  readonly inFlight?: number;
  /** Frames that a sound has under the settings. */
  frameCount(sound: Sound): number;
  /**
   * Measures sounds of one sample rate that share a batch. Each row equals that of the sound alone.
   *
   * @param sounds all of at most `frames` frames, or of so many on average where lengths mix; or a single one of any length, which then goes through in tiles of `frames`.
   * @param frames frames of a tile: the batch's shape, so few different values keep a GPU from recompiling.
   * @throws DSP_RANGE when the sample rate is too low for the features.
   */
  measure(sounds: readonly Sound[], frames: number): Promise<TrackFeatures[]>;
  dispose(): void;
}

/**
 * Measures with the fastest that the current backend has for these settings: kernels of our own, and composed operations for the rest.
 *
 * @param trackKernel the compiled feature kernel, where the device has one.
 */
export function createMeasurer(settings: AnalysisSettings, trackKernel?: WasmModule): Measurer {
  if (trackKernel !== undefined && kernelSupports({ ...settings, sampleRate: settings.sampleRate || 1 })) return kernelMeasurer(settings, trackKernel);
  return webgpuSupports(settings) ? webgpuMeasurer(settings) : composedMeasurer(settings);
}

function kernelMeasurer(settings: AnalysisSettings, module: WasmModule): Measurer {
  const kernels = new Map<number, TrackKernel>();
  const kernelFor = (sampleRate: number): TrackKernel => {
    let kernel = kernels.get(sampleRate);
    if (kernel === undefined) kernels.set(sampleRate, (kernel = createTrackKernel(module, { ...settings, sampleRate })));
    return kernel;
  };
  return {
    oneByOne: true,
    frameCount: ({ samples }) => frameCount(samples.length, settings.nFft, settings.hopLength),
    measure: async (sounds) => sounds.map(({ samples, sampleRate }) => kernelFor(sampleRate).measure(samples)),
    dispose: () => kernels.clear(),
  };
}
