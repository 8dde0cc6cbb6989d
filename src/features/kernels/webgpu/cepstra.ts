import type * as tf from '@tensorflow/tfjs-core';
import { frameRow, type FrameBatch } from '../../../tensor-dsp/kernels/webgpu/frame-features.js';
import type { FrameTables } from '../../../tensor-dsp/kernels/webgpu/frame-tables.js';
import { registerGpuKernel, runGpuKernel } from '../../../web-gpu.js';
import { MAXIMA } from './maxima.js';

const KERNEL = 'SoundkinCepstra';

/** WGSL: decibels as `powerToDb` has them, clipped 80 dB below those of `most`. */
export const DECIBELS = `
fn decibels(power : f32) -> f32 { return ${10 / Math.LN10} * log(max(power, 1e-10)); }
fn clipped(power : f32, most : f32) -> f32 { return max(decibels(power), decibels(most) - 80.0); }
`;

/**
 * Mel-frequency cepstral coefficients of every frame: one workgroup a frame.
 *
 * @param rows   from `gpuFrameFeatures`. Not disposed.
 * @param maxima from `gpuMaxima`. Not disposed.
 * @returns      [slots, nMfcc]. The caller disposes it.
 * @see `powerToDb` and `mfcc`, which define them.
 */
export function gpuCepstra(rows: tf.Tensor2D, maxima: tf.Tensor2D, { slots, nFrames }: FrameBatch, tables: FrameTables): tf.Tensor2D {
  registerGpuKernel(KERNEL);
  const { nMels, nMfcc } = tables.settings;
  const { stride, mel } = frameRow(tables);
  const code = `${DECIBELS}
var<workgroup> melDb : array<f32, ${nMels}>;
fn kernel() {
  let t = i32(localIndex);
  let slot = i32(workgroupId.x);
  let most = maxima[slots[slot] * ${MAXIMA}];
  for (var m = t; m < ${nMels}; m += 64) { melDb[m] = clipped(rows[slot * ${stride} + ${mel} + m], most); }
  workgroupBarrier();
  for (var c = t; c < ${nMfcc}; c += 64) {
    var sum = 0.0;
    for (var m = 0; m < ${nMels}; m++) { sum += melDb[m] * floats[${tables.at.dct} + m * ${nMfcc} + c]; }
    result[slot * ${nMfcc} + c] = sum;
  }
}
`;
  const program = { key: `${KERNEL}/${JSON.stringify(tables.settings)}`, inputs: ['rows', 'maxima', 'slots', 'floats'], workgroupSize: 64, code };
  return runGpuKernel(KERNEL, { rows, maxima, slots, floats: tables.floats }, { program, workgroups: [nFrames], shape: [slots.size, nMfcc] }) as tf.Tensor2D;
}
