import * as tf from '@tensorflow/tfjs-core';
import { gpuBackend } from '../../../web-gpu.js';
import { contrastBands } from '../../tables/contrast-bands.js';
import { melFilterbank } from '../../tables/mel-filterbank.js';
import { hannWindow } from '../../tables/window.js';
import type { DspSettings } from '../../plan.js';
import { frameRow, frameWorkgroupBytes, gpuFrameFeatures } from './frame-features.js';
import { createFrameTables } from './frame-tables.js';
import { TRACK_INTEGERS } from './spectrum-code.js';

/** librosa's defaults, which most libraries are measured with: what is compiled for the check then serves them. */
const SETTINGS: DspSettings = { sampleRate: 22_050, nFft: 2048, hopLength: 512, nMels: 128, nMfcc: 20, nChroma: 12 };
/** A share of the largest value of its kind: float32 stays within 1e-5. */
const TOLERANCE = 1e-3;

/**
 * Whether the current backend, webgpu, runs our kernels rightly: one frame of two tones over noise, against float64. A driver may compile a shader of
 * ours wrongly that computes well enough with TensorFlow.js's own.
 *
 * @returns what is wrong, or undefined; that too where the kernels do not fit the device, and so are not used.
 */
export async function checkGpuKernels(settings: DspSettings = SETTINGS): Promise<string | undefined> {
  if (frameWorkgroupBytes(settings.nFft) > gpuBackend()!.device.limits.maxComputeWorkgroupStorageSize) return undefined;
  const { nFft } = settings;
  const samples = Float32Array.from({ length: nFft }, (_, n) => 0.5 * Math.sin(0.1 * n) + 0.25 * Math.sin(0.713 * n + 1) + 0.02 * Math.sin(n * n));
  const tables = createFrameTables(settings);
  const row = frameRow(tables);
  const rows = tf.tidy(() => {
    const tracks = new Int32Array(16 * TRACK_INTEGERS);
    // One frame, which begins with the first sample.
    tracks.set([0, nFft, 0, 0, 1, 0, 1]);
    return gpuFrameFeatures({ samples: tf.tensor1d(samples), tracks: tf.tensor1d(tracks, 'int32'), slots: tf.tensor1d(new Int32Array(64), 'int32'), nFrames: 1 }, tables);
  });
  try {
    const got = (await rows.data()).subarray(0, row.pitches);
    const expected = plainFrame(samples, settings);
    return (
      wrong('its bandwidth', [expected.bandwidth], got.subarray(0, 1)) ??
      wrong('its loudness, flatness and sign changes', [expected.rms, expected.flatness, expected.zeroCrossingRate], got.subarray(1, 4)) ??
      wrong('its mel bands', expected.mel, got.subarray(row.mel, row.peaks)) ??
      wrong("its octaves' peaks", expected.peaks, got.subarray(row.peaks, row.valleys)) ??
      wrong("its octaves' valleys", expected.valleys, got.subarray(row.valleys, row.pitches))
    );
  } finally {
    rows.dispose();
    tables.dispose();
  }
}

function wrong(what: string, expected: readonly number[], got: ArrayLike<number>): string | undefined {
  const largest = Math.max(...expected.map(Math.abs));
  const at = expected.findIndex((value, i) => !(Math.abs(got[i]! - value) <= TOLERANCE * largest));
  return at < 0 ? undefined : `the feature kernel measures a known frame wrongly (${what}: ${got[at]} for ${expected[at]})`;
}

/** The same of one frame in float64, by the definitions. */
function plainFrame(samples: Float32Array, { sampleRate, nFft, nMels }: DspSettings): Record<'bandwidth' | 'rms' | 'flatness' | 'zeroCrossingRate', number> & Record<'mel' | 'peaks' | 'valleys', number[]> {
  const nBins = nFft / 2 + 1;
  const window = hannWindow(nFft);
  const cosine = Float64Array.from({ length: nFft }, (_, q) => Math.cos((2 * Math.PI * q) / nFft));
  const power = Array.from({ length: nBins }, (_, k) => {
    let real = 0;
    let imag = 0;
    for (let n = 0; n < nFft; n++) {
      const x = samples[n]! * window[n]!;
      real += x * cosine[(k * n) % nFft]!;
      imag += x * cosine[(k * n + nFft / 4) % nFft]!;
    }
    return real * real + imag * imag;
  });
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const magnitude = power.map(Math.sqrt);
  const total = sum(magnitude);
  const centroid = sum(magnitude.map((m, k) => m * k)) / total;
  const spread = Math.sqrt(sum(magnitude.map((m, k) => m * (k - centroid) ** 2)) / total);
  const heard = power.map((p) => Math.max(p, 1e-10));
  const filters = melFilterbank({ sampleRate, nFft, nMels });
  const sorted = contrastBands({ sampleRate, nFft }).map(({ start, end, count }) => ({ count, bins: magnitude.slice(start, end).sort((a, b) => a - b) }));
  return {
    bandwidth: (spread * sampleRate) / nFft,
    rms: Math.sqrt(sum(Array.from(samples, (x) => x * x)) / nFft),
    flatness: Math.exp(sum(heard.map(Math.log)) / nBins) / (sum(heard) / nBins),
    zeroCrossingRate: Array.from(samples, (x, n) => (n > 0 && x < 0 !== samples[n - 1]! < 0 ? 1 : 0) as number).reduce((a, b) => a + b) / nFft,
    mel: Array.from({ length: nMels }, (_, m) => sum(power.map((p, k) => p * filters[k * nMels + m]!))),
    peaks: sorted.map(({ bins, count }) => sum(bins.slice(-count)) / count),
    valleys: sorted.map(({ bins, count }) => sum(bins.slice(0, count)) / count),
  };
}
