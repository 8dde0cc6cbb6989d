import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as dsp from '../../../src/tensor-dsp/index.js';
import { checkGpuKernels } from '../../../src/tensor-dsp/kernels/webgpu/check-kernels.js';
import { chromaFilterbanks, gpuChroma } from '../../../src/tensor-dsp/kernels/webgpu/chroma.js';
import { frameRow, frameWorkgroupBytes, gpuFrameFeatures } from '../../../src/tensor-dsp/kernels/webgpu/frame-features.js';
import { createFrameTables } from '../../../src/tensor-dsp/kernels/webgpu/frame-tables.js';
import { TRACK_INTEGERS } from '../../../src/tensor-dsp/kernels/webgpu/spectrum-code.js';
import { gpuTunings } from '../../../src/tensor-dsp/kernels/webgpu/tuning.js';
import { pitchCell, TUNING_STEPS } from '../../../src/tensor-dsp/tuning-estimator.js';
import { onBackend } from '../../conformance/opening.js';
import { goldenCases, type GoldenCase } from '../../support/golden.js';
import { isSettled, judge, type GoldenFeature } from '../../support/measure-golden.js';
import { noise } from '../../support/signals.js';
import { allowSoftwareGpu } from '../../support/software-gpu.js';

allowSoftwareGpu();

const N_MELS = 128;
const N_BANDS = 7;

interface Measured {
  /** By librosa's names, [frames, rows]. */
  readonly arrays: Partial<Record<GoldenFeature, Float32Array>>;
  readonly tuning: number;
  readonly frames: number;
}

/** Runs the kernels on one signal, as one track of a batch that also holds another one before it. */
async function measure({ samples, sampleRate, nFft, hopLength }: Pick<GoldenCase, 'samples' | 'sampleRate' | 'nFft' | 'hopLength'>): Promise<Measured> {
  const settings = { sampleRate, nFft, hopLength, nMels: N_MELS, nMfcc: 20, nChroma: 12 };
  const tables = createFrameTables(settings);
  const plan = dsp.createDspPlan(settings);
  const filters = chromaFilterbanks(plan);
  const other = noise(1000, 1);
  const before = dsp.frameCount(other.length, nFft, hopLength);
  const frames = dsp.frameCount(samples.length, nFft, hopLength);
  const all = new Float32Array(other.length + samples.length);
  all.set(other);
  all.set(samples, other.length);
  const tracks = new Int32Array(16 * TRACK_INTEGERS);
  tracks.set([0, other.length, -nFft / 2, 0, before, 0, before, 0]);
  tracks.set([other.length, samples.length, -nFft / 2, before, frames, 0, frames, 0], TRACK_INTEGERS);
  const tensors = tf.tidy(() => {
    const batch = {
      samples: tf.tensor1d(all),
      tracks: tf.tensor1d(tracks, 'int32'),
      slots: tf.tensor1d(new Int32Array(before + frames + 2).fill(1, before), 'int32'),
      nFrames: before + frames,
    };
    const rows = gpuFrameFeatures(batch, tables);
    const row = frameRow(tables);
    const tunings = gpuTunings(rows, batch.tracks, 2, tables);
    const columns = (from: number, width: number): tf.Tensor3D => tf.reshape(tf.slice(rows, [before, from], [frames, width]), [1, frames, width]);
    return {
      melspectrogram: columns(row.mel, N_MELS),
      spectral_bandwidth: columns(row.bandwidth, 1),
      spectral_flatness: columns(row.flatness, 1),
      rms: columns(row.rms, 1),
      zero_crossing_rate: columns(row.zeroCrossingRate, 1),
      spectral_contrast: dsp.spectralContrast(columns(row.peaks, N_BANDS), columns(row.valleys, N_BANDS)),
      chroma_stft: tf.slice(gpuChroma(batch, tables, filters, tunings), [before, 0], [frames, 12]),
      tuning: tf.slice(tunings, [1, 0], [1, 1]),
    } as Record<string, tf.Tensor>;
  });
  const arrays: Partial<Record<string, Float32Array>> = {};
  for (const [name, tensor] of Object.entries(tensors)) arrays[name] = (await tensor.data()) as Float32Array;
  const tuning = -0.5 + arrays['tuning']![0]! / TUNING_STEPS;
  delete arrays['tuning'];
  tf.dispose([tensors, filters] as tf.TensorContainer);
  tables.dispose();
  plan.dispose();
  return { arrays, tuning, frames };
}

/** The tuning as its definition finds it, on the powers that chroma is made of. */
async function composedTuning({ samples, sampleRate, nFft, hopLength }: GoldenCase): Promise<number> {
  const plan = dsp.createFourierPlan(nFft);
  const peaks = tf.tidy(() => {
    const { shift, height } = dsp.pitchPeaks(dsp.powerSpectrum(tf.tensor2d(samples, [1, samples.length]), plan, { hopLength }), { sampleRate, nFft });
    return [shift, height];
  });
  const { firstBin, lastBin } = dsp.pitchRange({ sampleRate, nFft });
  const estimator = dsp.createTuningEstimator({ sampleRate, nFft });
  const [shift, height] = await Promise.all(peaks.map((tensor) => tensor.data()));
  estimator.add(shift as Float32Array, height as Float32Array, firstBin, lastBin - firstBin + 1);
  tf.dispose(peaks);
  plan.dispose();
  return estimator.estimate();
}

await onBackend('webgpu', () => {
  // With one transform a frame, contrast is up to 0.14 dB off here: these hold the second difference too.
  describe("the frame kernels agree with librosa's values", () => {
    for (const golden of goldenCases()) {
      it(`${golden.signal}, nFft ${golden.nFft}, hop ${golden.hopLength}`, async () => {
        const { arrays, tuning, frames } = await measure(golden);
        expect(Object.keys(arrays)).toHaveLength(7);
        for (const [name, values] of Object.entries(arrays)) {
          if (!isSettled(golden.signal, name)) continue;
          const expected = golden.read(name);
          expect(expected.frames).toBe(frames);
          const transposed = Float32Array.from({ length: values.length }, (_, i) => values[(i % frames) * expected.rows + Math.floor(i / frames)]!);
          const { worst, bound, stricter, where } = judge(name as GoldenFeature, { expected, actual: transposed }, golden.sampleRate / golden.nFft);
          expect(worst, `${name}, ${where}`).toBeLessThanOrEqual(bound);
          if (stricter !== undefined) expect(stricter.worst, `${name} by band over time, ${where}`).toBeLessThanOrEqual(stricter.bound);
        }
        if (isSettled(golden.signal, 'tuning')) expect(tuning).toBe(await composedTuning(golden));
      });
    }
  });

  it('count pitches in the cells that the host counts them in', async () => {
    const settings = { sampleRate: 22050, nFft: 512, hopLength: 128, nMels: 40, nMfcc: 13, nChroma: 12 };
    const tables = createFrameTables(settings);
    const all = await tables.floats.data();
    const edges = all.slice(tables.at.cellEdges, tables.at.cellEdges + tables.nCellEdges);
    expect(edges.length).toBeGreaterThan(5000);
    const bits = new DataView(new ArrayBuffer(4));
    const before = (value: number): number => (bits.setFloat32(0, value), bits.setUint32(0, bits.getUint32(0) - 1), bits.getFloat32(0));
    for (const [i, edge] of edges.entries()) {
      // Each edge begins its cell, and the float32 below it does not belong there.
      expect((((pitchCell(edge, 12) - tables.firstCell) % TUNING_STEPS) + TUNING_STEPS) % TUNING_STEPS).toBe((i + 1) % TUNING_STEPS);
      expect(pitchCell(before(edge), 12)).toBeLessThan(pitchCell(edge, 12));
    }
    tables.dispose();
  });

  it('check themselves against float64, and notice a backend that computes wrongly', async () => {
    expect(await checkGpuKernels()).toBeUndefined();
    const backend = tf.backend() as unknown as { runWebGPUProgram: (...args: unknown[]) => tf.TensorInfo };
    const run = backend.runWebGPUProgram;
    try {
      backend.runWebGPUProgram = function (program, inputs, ...rest) {
        const { getUserCode } = program as { getUserCode: () => string };
        return run.call(this, { ...(program as object), shaderKey: 'a wrong one', getUserCode: () => getUserCode().replace('even + odd', 'even - odd') }, inputs, ...rest);
      };
      expect(await checkGpuKernels()).toMatch(/feature kernel measures a known frame wrongly \(its /);
    } finally {
      backend.runWebGPUProgram = run;
    }
  });

  it('say how much workgroup memory they take: the default fits every device', () => {
    expect(frameWorkgroupBytes(2048)).toBeLessThanOrEqual(16_384);
    expect(frameWorkgroupBytes(4096)).toBeLessThanOrEqual(32_768);
  });
});
