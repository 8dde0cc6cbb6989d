import * as tf from '@tensorflow/tfjs-core';
import type { AnalysisSettings } from '../config/analysis.js';
import { chroma, createDspPlan, createTuningEstimator, frameCount, frameFeatures, pitchPeaks, type DspPlan, type FrameFeatures, type TuningEstimator } from '../tensor-dsp/index.js';
import type { Measurer, Sound, TrackFeatures } from './extract.js';
import { uploadSegments, type Segment } from './segments.js';
import { trackStatistics } from './track-statistics.js';

/** Bytes of spectra kept while a long track's tuning is unknown; beyond, they are computed a second time. */
const KEPT_SPECTRUM_BYTES = 64 * 2 ** 20;

/** Composed operations keep several spectra of a batch in memory: more frames gain nothing. */
const MOST_FRAMES = 4096;

/** Measures with composed operations, on the backend that is current: the definition of every feature. */
export function composedMeasurer(settings: AnalysisSettings): Measurer {
  const plans = new Map<number, DspPlan>();
  const planFor = (sampleRate: number): DspPlan => {
    let plan = plans.get(sampleRate);
    if (plan === undefined) plans.set(sampleRate, (plan = createDspPlan({ ...settings, sampleRate }, { composed: true })));
    return plan;
  };
  const framesOf = ({ samples }: Sound): number => frameCount(samples.length, settings.nFft, settings.hopLength);
  return {
    oneByOne: false,
    mostFrames: MOST_FRAMES,
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
  try {
    const estimators = sounds.map(() => createTuningEstimator(plan.settings, plan.settings.nChroma));
    await collectPeaks(features.power, counts, plan, estimators);
    const tunings = estimators.map((estimator) => estimator.estimate());
    const rows = tf.tidy(() => {
      const pitches = chroma(features.power, stackedFilterbanks(tunings, plan));
      return trackStatistics({ ...features, chroma: pitches }, counts, plan);
    });
    return await readRows(rows);
  } finally {
    disposeFeatures(features);
  }
}

/** A track longer than a tile: its frames are measured tile by tile, and put together once its tuning is known. */
async function measureLong({ samples }: Sound, count: number, frames: number, plan: DspPlan): Promise<TrackFeatures> {
  const tiles: Segment[] = [];
  for (let firstFrame = 0; firstFrame < count; firstFrame += frames) tiles.push({ samples, firstFrame });
  const keepsSpectra = count * plan.fourier.nBins * 4 <= KEPT_SPECTRUM_BYTES;
  const estimator = createTuningEstimator(plan.settings, plan.settings.nChroma);
  const parts: FrameFeatures[] = [];
  const pitches: tf.Tensor3D[] = [];
  let filterbank: tf.Tensor2D | tf.Tensor3D | undefined;
  try {
    for (const tile of tiles) {
      const features = measureSegments([tile], frames, plan);
      parts.push(features);
      await collectPeaks(features.power, [Math.min(frames, count - tile.firstFrame)], plan, [estimator]);
      if (!keepsSpectra) features.power.dispose();
    }
    const tuned = (filterbank = stackedFilterbanks([estimator.estimate()], plan));
    tiles.forEach((tile, i) => pitches.push(tf.tidy(() => chroma(keepsSpectra ? parts[i]!.power : measureSegments([tile], frames, plan).power, tuned))));
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
    return (await readRows(rows))[0]!;
  } finally {
    // Also where the device failed: what it still holds would be missing when the batch is tried again.
    tf.dispose([...pitches, ...(filterbank === undefined ? [] : [filterbank])]);
    parts.forEach(disposeFeatures);
  }
}

function measureSegments(segments: readonly Segment[], frames: number, plan: DspPlan): FrameFeatures {
  const { signal, first, end } = uploadSegments(segments, frames, plan.settings.nFft, plan.settings.hopLength);
  try {
    return frameFeatures(signal, first, end, plan);
  } finally {
    tf.dispose([signal, first, end]);
  }
}

/** Adds each item's spectral peaks to its estimator: a reading back of the device, which the tuning needs. */
async function collectPeaks(power: tf.Tensor3D, counts: readonly number[], plan: DspPlan, estimators: readonly TuningEstimator[]): Promise<void> {
  const { firstBin, shift, height } = pitchPeaks(power, plan.settings);
  const [, frames, width] = shift.shape;
  const [shifts, heights] = (await readAll([shift, height])) as [Float32Array, Float32Array];
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
  const [seedRows, kinRows] = (await readAll([seed, kin])) as [Float32Array, Float32Array];
  const row = (all: Float32Array, i: number): Float32Array => all.slice((i * all.length) / batch, ((i + 1) * all.length) / batch);
  return Array.from({ length: batch }, (_, i) => ({ seed: row(seedRows, i), kin: row(kinRows, i) }));
}

/** Reads tensors back, and disposes them whether or not that went well. */
async function readAll(tensors: readonly tf.Tensor[]): Promise<tf.TypedArray[]> {
  try {
    return await Promise.all(tensors.map((tensor) => tensor.data()));
  } finally {
    tf.dispose([...tensors]);
  }
}
