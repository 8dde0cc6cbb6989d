import type * as tf from '@tensorflow/tfjs-core';
import { frameRow } from '../../../tensor-dsp/kernels/webgpu/frame-features.js';
import type { FrameTables } from '../../../tensor-dsp/kernels/webgpu/frame-tables.js';
import { registerGpuKernel, runGpuKernel } from '../../../web-gpu.js';
import { TRACK, TRACK_INTEGERS } from '../../../tensor-dsp/kernels/webgpu/spectrum-code.js';

const KERNEL = 'SoundkinTrackMaxima';

/** Numbers a track has among the maxima: of mel bands, peaks and valleys, and one unused. */
export const MAXIMA = 4;

/**
 * The largest mel band, peak and valley of each track, which decibels are clipped against: one workgroup a track.
 *
 * @param rows   from `gpuFrameFeatures`. Not disposed.
 * @param tracks as in `FrameBatch`. Not disposed.
 * @returns      [tracks, MAXIMA], linear. The caller disposes it.
 */
export function gpuMaxima(rows: tf.Tensor2D, tracks: tf.Tensor1D, nTracks: number, tables: FrameTables): tf.Tensor2D {
  registerGpuKernel(KERNEL);
  const { nBands, settings } = tables;
  const { stride, mel } = frameRow(tables);
  const columns = settings.nMels + 2 * nBands; // which lie side by side
  const code = `
var<workgroup> parts : array<vec3<f32>, 256>;
fn kernel() {
  let t = i32(localIndex);
  let track = i32(workgroupId.x) * ${TRACK_INTEGERS};
  let first = tracks[track + ${TRACK.firstSlot}];
  let values = tracks[track + ${TRACK.slotCount}] * ${columns};
  var most = vec3<f32>(0.0);
  for (var i = t; i < values; i += 256) {
    let column = i % ${columns};
    let value = rows[(first + i / ${columns}) * ${stride} + ${mel} + column];
    if (column < ${settings.nMels}) { most.x = max(most.x, value); }
    else if (column < ${settings.nMels + nBands}) { most.y = max(most.y, value); }
    else { most.z = max(most.z, value); }
  }
  parts[t] = most;
  workgroupBarrier();
  if (t < 16) {
    for (var i = 1; i < 16; i++) { parts[t] = max(parts[t], parts[t + 16 * i]); }
  }
  workgroupBarrier();
  if (t == 0) {
    most = parts[0];
    for (var i = 1; i < 16; i++) { most = max(most, parts[i]); }
    let place = i32(workgroupId.x) * ${MAXIMA};
    result[place] = most.x;
    result[place + 1] = most.y;
    result[place + 2] = most.z;
    result[place + 3] = 0.0;
  }
}
`;
  const program = { key: `${KERNEL}/${settings.nMels}/${nBands}/${stride}`, inputs: ['rows', 'tracks'], workgroupSize: 256, code };
  return runGpuKernel(KERNEL, { rows, tracks }, { program, workgroups: [nTracks], shape: [tracks.size / TRACK_INTEGERS, MAXIMA] }) as tf.Tensor2D;
}
