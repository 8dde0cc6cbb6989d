import type * as tf from '@tensorflow/tfjs-core';
import { TUNING_STEPS } from '../../tuning-estimator.js';
import { frameRow } from './frame-features.js';
import type { FrameTables } from './frame-tables.js';
import { registerGpuKernel, runGpuKernel } from '../../../web-gpu.js';
import { TRACK, TRACK_INTEGERS } from './spectrum-code.js';

const KERNEL = 'SoundkinTuning';

/**
 * Each track's tuning, from the pitches in its frames' rows: one workgroup a track. The median of their heights is found by its bits, eight at a time;
 * all counts are of integers, so that the order in which a GPU's threads arrive plays no part.
 *
 * @param rows    from `gpuFrameFeatures`. Not disposed.
 * @param tracks  as in `FrameBatch`. Not disposed.
 * @param nTracks how many of them.
 * @returns       [tracks, 2]: the tuning as a step s of -0.5 + s / TUNING_STEPS, and how many pitches there were. The caller disposes it.
 * @see `createTuningEstimator`, which defines it.
 */
export function gpuTunings(rows: tf.Tensor2D, tracks: tf.Tensor1D, nTracks: number, tables: FrameTables): tf.Tensor2D {
  registerGpuKernel(KERNEL);
  const { pitches, stride } = frameRow(tables);
  const code = `
const W = 256;
var<workgroup> counts : array<atomic<u32>, 256>;
var<workgroup> chosen : array<u32, 2>; // the bits known so far, and the rank left among the values that have them
var<workgroup> smaller : atomic<u32>;
var<workgroup> largestSmaller : atomic<u32>;

fn kernel() {
  let t = i32(localIndex);
  let track = i32(workgroupId.x) * ${TRACK_INTEGERS};
  let first = tracks[track + ${TRACK.firstSlot}];
  let end = first + tracks[track + ${TRACK.slotCount}];

  atomicStore(&counts[t], 0u);
  workgroupBarrier();
  var mine = 0u;
  for (var slot = first + t; slot < end; slot += W) { mine += u32(rows[slot * ${stride} + ${pitches}]); }
  atomicAdd(&counts[0], mine);
  workgroupBarrier();
  let total = atomicLoad(&counts[0]);
  if (t == 0) { chosen[0] = 0u; chosen[1] = total / 2u; }
  workgroupBarrier();

  // Heights are positive: their bits rise as they do. The value of rank total / 2, from its highest byte down.
  for (var shift = 24; shift >= 0; shift -= 8) {
    atomicStore(&counts[t], 0u);
    workgroupBarrier();
    let known = chosen[0];
    let mask = select(0xffffffffu << u32(shift + 8), 0u, shift == 24);
    for (var slot = first + t; slot < end; slot += W) {
      let at = slot * ${stride} + ${pitches};
      for (var i = 0; i < i32(rows[at]); i++) {
        let bits = bitcast<u32>(rows[at + 1 + 2 * i]);
        if ((bits & mask) == known) { atomicAdd(&counts[(bits >> u32(shift)) & 255u], 1u); }
      }
    }
    workgroupBarrier();
    if (t == 0) {
      var rank = chosen[1];
      var byte = 0u;
      while (byte < 255u && rank >= atomicLoad(&counts[byte])) {
        rank -= atomicLoad(&counts[byte]);
        byte++;
      }
      chosen[0] = known | (byte << u32(shift));
      chosen[1] = rank;
    }
    workgroupBarrier();
  }

  // Of an even number the two middle ones count: the value below is the largest smaller one, where as many are smaller.
  let upper = chosen[0];
  atomicStore(&counts[t], 0u);
  workgroupBarrier();
  for (var slot = first + t; slot < end; slot += W) {
    let at = slot * ${stride} + ${pitches};
    for (var i = 0; i < i32(rows[at]); i++) {
      let bits = bitcast<u32>(rows[at + 1 + 2 * i]);
      if (bits < upper) {
        atomicAdd(&smaller, 1u);
        atomicMax(&largestSmaller, bits);
      }
    }
  }
  workgroupBarrier();
  var least = bitcast<f32>(upper);
  if ((total & 1u) == 0u && atomicLoad(&smaller) == total / 2u) { least = 0.5 * (least + bitcast<f32>(atomicLoad(&largestSmaller))); }

  for (var slot = first + t; slot < end; slot += W) {
    let at = slot * ${stride} + ${pitches};
    for (var i = 0; i < i32(rows[at]); i++) {
      if (rows[at + 1 + 2 * i] >= least) { atomicAdd(&counts[u32(rows[at + 2 + 2 * i])], 1u); }
    }
  }
  workgroupBarrier();
  if (t == 0) {
    var best = 0u;
    for (var i = 1u; i < ${TUNING_STEPS}u; i++) {
      if (atomicLoad(&counts[i]) > atomicLoad(&counts[best])) { best = i; }
    }
    result[2 * i32(workgroupId.x)] = select(f32(best), ${TUNING_STEPS / 2}.0, total == 0u);
    result[2 * i32(workgroupId.x) + 1] = f32(total);
  }
}
`;
  const program = { key: `${KERNEL}/${stride}/${pitches}`, inputs: ['rows', 'tracks'], workgroupSize: 256, code };
  return runGpuKernel(KERNEL, { rows, tracks }, { program, workgroups: [nTracks], shape: [tracks.size / TRACK_INTEGERS, 2] }) as tf.Tensor2D;
}
