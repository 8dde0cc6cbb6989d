import * as tf from '@tensorflow/tfjs-core';
import type { AnalysisSettings } from '../config/analysis.js';
import { chroma, createDspPlan, createTuningEstimator, frameCount, frameFeatures, pitchPeaks, type DspPlan, type FrameFeatures, type TuningEstimator } from '../tensor-dsp/index.js';
import type { WasmModule } from '../web-assembly.js';
import type { FeatureLayoutName } from './feature-set.js';
import { createTrackKernel, kernelSupports, type TrackKernel } from './kernels/wasm/track-kernel.js';
import { uploadSegments, type Segment } from './segments.js';
import { trackStatistics } from './track-statistics.js';

/** A sound to measure: mono samples and their rate in Hz. */
export interface Sound {
  readonly samples: Float32Array;
  readonly sampleRate: number;
}

/** One row of each feature layout. */
export type TrackFeatures = Readonly<Record<FeatureLayoutName, Float32Array>>;

/** Bytes of spectra kept while a long track's tuning is unknown; beyond, they are computed a second time. */
const KEPT_SPECTRUM_BYTES = 64 * 2 ** 20;

/** Measures batches of sounds. Whoever creates one disposes it. */
export interface Measurer {
  /** Frames that a sound has under the settings. */
  frameCount(sound: Sound): number;
  /**
   * Measures sounds of one sample rate that share a batch. Each row equals that of the sound alone.
   *
   * @param sounds all of at most `frames` frames; or a single one of any length, which then goes through in tiles of `frames`.
   * @param frames frames of a tile: the batch's shape, so few different values keep a GPU from recompiling.
   * @throws DSP_RANGE when the sample rate is too low for the features.
   */
  measure(sounds: readonly Sound[], frames: number): Promise<TrackFeatures[]>;
  dispose(): void;
}

/**
 * @param trackKernel the compiled feature kernel, where the device has one: it then measures what it supports, and composed operations the rest.
 */
export function createMeasurer(settings: AnalysisSettings, trackKernel?: WasmModule): Measurer {
  return trackKernel !== undefined && kernelSupports({ ...settings, sampleRate: settings.sampleRate || 1 }) ? kernelMeasurer(settings, trackKernel) : composedMeasurer(settings);
}

function kernelMeasurer(settings: AnalysisSettings, module: WasmModule): Measurer {
  const kernels = new Map<number, TrackKernel>();
  const kernelFor = (sampleRate: number): TrackKernel => {
    let kernel = kernels.get(sampleRate);
    if (kernel === undefined) kernels.set(sampleRate, (kernel = createTrackKernel(module, { ...settings, sampleRate })));
    return kernel;
  };
  return {
    frameCount: ({ samples }) => frameCount(samples.length, settings.nFft, settings.hopLength),
    measure: async (sounds) => sounds.map(({ samples, sampleRate }) => kernelFor(sampleRate).measure(samples)),
    dispose: () => kernels.clear(),
  };
}

function composedMeasurer(settings: AnalysisSettings): Measurer {
  const plans = new Map<number, DspPlan>();
  const planFor = (sampleRate: number): DspPlan => {
    let plan = plans.get(sampleRate);
    if (plan === undefined) plans.set(sampleRate, (plan = createDspPlan({ ...settings, sampleRate })));
    return plan;
  };
  const framesOf = ({ samples }: Sound): number => frameCount(samples.length, settings.nFft, settings.hopLength);
  return {
    frameCount: framesOf,
    measure: async (sounds, frames) => {
      const plan = planFor(sounds[0]!.sampleRate);
      const counts = sounds.map(framesOf);
      return sounds.length === 1 && counts[0]! > frames ? [await measureLong(sounds[0]!, counts[0]!, frames, plan)] : measureBatch(sounds, counts, frames, plan);
    },
    dispose: () => {
      for (const plan of plans.values()) plan.dispose();
      plans.clear();
    },
  };
}

async function measureBatch(sounds: readonly Sound[], counts: readonly number[], frames: number, plan: DspPlan): Promise<TrackFeatures[]> {
  const features = measureSegments(sounds.map(({ samples }) => ({ samples, firstFrame: 0 })), frames, plan);
  const estimators = sounds.map(() => createTuningEstimator(plan.settings, plan.settings.nChroma));
  await collectPeaks(features.power, counts, plan, estimators);
  const tunings = estimators.map((estimator) => estimator.estimate());
  const rows = tf.tidy(() => {
    const pitches = chroma(features.power, stackedFilterbanks(tunings, plan));
    return trackStatistics({ ...features, chroma: pitches }, counts, plan);
  });
  disposeFeatures(features);
  return readRows(rows);
}

/** A track longer than a tile: its frames are measured tile by tile, and put together once its tuning is known. */
async function measureLong({ samples }: Sound, count: number, frames: number, plan: DspPlan): Promise<TrackFeatures> {
  const tiles: Segment[] = [];
  for (let firstFrame = 0; firstFrame < count; firstFrame += frames) tiles.push({ samples, firstFrame });
  const keepsSpectra = count * plan.fourier.nBins * 4 <= KEPT_SPECTRUM_BYTES;
  const estimator = createTuningEstimator(plan.settings, plan.settings.nChroma);
  const parts: FrameFeatures[] = [];
  for (const tile of tiles) {
    const features = measureSegments([tile], frames, plan);
    await collectPeaks(features.power, [Math.min(frames, count - tile.firstFrame)], plan, [estimator]);
    if (!keepsSpectra) features.power.dispose();
    parts.push(features);
  }
  const filterbank = stackedFilterbanks([estimator.estimate()], plan);
  const pitches = parts.map(({ power }, i) => {
    if (keepsSpectra) return chroma(power, filterbank);
    const again = measureSegments([tiles[i]!], frames, plan);
    const result = chroma(again.power, filterbank);
    disposeFeatures(again);
    return result;
  });
  const rows = tf.tidy(() => {
    const join = <T extends tf.Tensor>(pieces: T[]): T => tf.concat(pieces as tf.Tensor[], 1) as T;
    return trackStatistics(
      {
        mel: join(parts.map((p) => p.mel)),
        peaks: join(parts.map((p) => p.peaks)),
        valleys: join(parts.map((p) => p.valleys)),
        bandwidth: join(parts.map((p) => p.bandwidth)),
        rms: join(parts.map((p) => p.rms)),
        flatness: join(parts.map((p) => p.flatness)),
        zeroCrossingRate: join(parts.map((p) => p.zeroCrossingRate)),
        chroma: join(pitches),
      },
      [count],
      plan,
    );
  });
  tf.dispose([filterbank, pitches]);
  parts.forEach(disposeFeatures);
  return (await readRows(rows))[0]!;
}

function measureSegments(segments: readonly Segment[], frames: number, plan: DspPlan): FrameFeatures {
  const { signal, first, end } = uploadSegments(segments, frames, plan.settings.nFft, plan.settings.hopLength);
  const features = frameFeatures(signal, first, end, plan);
  tf.dispose([signal, first, end]);
  return features;
}

/** Adds each item's spectral peaks to its estimator: a reading back of the device, which the tuning needs. */
async function collectPeaks(power: tf.Tensor3D, counts: readonly number[], plan: DspPlan, estimators: readonly TuningEstimator[]): Promise<void> {
  const { firstBin, shift, height } = pitchPeaks(power, plan.settings);
  const [, frames, width] = shift.shape;
  const [shifts, heights] = (await Promise.all([shift.data(), height.data()])) as [Float32Array, Float32Array];
  tf.dispose([shift, height]);
  estimators.forEach((estimator, item) => {
    const from = item * frames * width;
    const to = from + counts[item]! * width;
    estimator.add(shifts.subarray(from, to), heights.subarray(from, to), firstBin, width);
  });
}

/** [batch, bins, nChroma], or [bins, nChroma] where all are tuned alike, which multiplies faster. */
function stackedFilterbanks(tunings: readonly number[], plan: DspPlan): tf.Tensor2D | tf.Tensor3D {
  const { nChroma } = plan.settings;
  const { nBins } = plan.fourier;
  if (tunings.every((tuning) => tuning === tunings[0])) return tf.tensor2d(plan.chromaFilterbank(tunings[0]!), [nBins, nChroma]);
  const stacked = new Float32Array(tunings.length * nBins * nChroma);
  tunings.forEach((tuning, i) => stacked.set(plan.chromaFilterbank(tuning), i * nBins * nChroma));
  return tf.tensor3d(stacked, [tunings.length, nBins, nChroma]);
}

function disposeFeatures(features: FrameFeatures): void {
  tf.dispose(Object.values(features) as tf.Tensor[]);
}

async function readRows({ seed, kin }: { seed: tf.Tensor2D; kin: tf.Tensor2D }): Promise<TrackFeatures[]> {
  const [batch] = seed.shape;
  const [seedRows, kinRows] = (await Promise.all([seed.data(), kin.data()])) as [Float32Array, Float32Array];
  tf.dispose([seed, kin]);
  const row = (all: Float32Array, i: number): Float32Array => all.slice((i * all.length) / batch, ((i + 1) * all.length) / batch);
  return Array.from({ length: batch }, (_, i) => ({ seed: row(seedRows, i), kin: row(kinRows, i) }));
}
