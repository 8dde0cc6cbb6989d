import * as tf from '@tensorflow/tfjs-core';
import { registerGpuKernel, runGpuKernel, type GpuBackend } from '../../../web-gpu.js';
import type { RunsOnDevice } from './nearest.js';

const BLOCKS = 'SoundkinClusterSums';
const TOTAL = 'SoundkinSumBlocks';

/** Bytes of partial sums at most. */
const PARTIAL_BYTES = 512 * 2 ** 20;
/** Rows that a block has at least: fewer would cost more to clear and to add up than to sum. */
const LEAST_ROWS = 256;
const MOST_BLOCKS = 1024;

/** How the sums of all runs lie one behind the other: [clusters, d] sums, then [clusters] counts, then a run's changed labels each. */
export function sumsLength(nCentroids: number, nFeatures: number, nRuns: number): number {
  return nCentroids * (nFeatures + 1) + nRuns;
}

/**
 * Sums the points of every cluster of every run, counts them, and counts the labels that changed. Blocks of rows are summed side by side, each by
 * invocations that own a feature and go down the rows in their order; then the blocks are added up in theirs. No two threads ever add to the same
 * place, so that the same labels always give the same sums.
 *
 * @param points [n, d]. Not disposed.
 * @param labels [runs, n], int32. Not disposed.
 * @param before labels of the step before, of the same shape; without them all have changed. Not disposed.
 * @param sums   of other points, to be added to. Not disposed.
 * @returns      [sumsLength]. The caller disposes it.
 */
export function gpuClusterSums(points: tf.Tensor2D, labels: tf.Tensor2D, before: tf.Tensor2D | undefined, { centroids, table, nRuns }: RunsOnDevice, sums?: tf.Tensor1D): tf.Tensor1D {
  registerGpuKernel(BLOCKS);
  registerGpuKernel(TOTAL);
  const [n, d] = points.shape;
  const nCentroids = centroids.shape[0];
  const length = sumsLength(nCentroids, d, nRuns);
  const { limits } = (tf.backend() as unknown as GpuBackend).device;
  const bytes = Math.min(PARTIAL_BYTES, limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  const nBlocks = Math.max(1, Math.min(MOST_BLOCKS, Math.ceil(n / LEAST_ROWS), Math.floor(bytes / (4 * length))));
  const size = Math.min(256, Math.ceil((d + 2) / 32) * 32);
  const blocks = runGpuKernel(
    BLOCKS,
    { points, labels, before: before ?? labels, table },
    {
      program: { key: `${BLOCKS}/${size}`, inputs: ['points', 'labels', 'before', 'table'], uniforms: ['nPoints', 'nFeatures', 'nRuns', 'nCentroids', 'blockRows', 'fresh'], workgroupSize: size, code: blocksCode(size) },
      workgroups: [nBlocks],
      shape: [nBlocks, length],
      uniforms: [n, d, nRuns, nCentroids, Math.ceil(n / nBlocks), before === undefined ? 1 : 0],
    },
  );
  const total = runGpuKernel(
    TOTAL,
    { blocks, sums: sums ?? blocks },
    {
      program: { key: TOTAL, inputs: ['blocks', 'sums'], uniforms: ['nBlocks', 'count', 'more'], workgroupSize: 64, code: TOTAL_CODE },
      workgroups: [Math.min(65_535, Math.ceil(length / 64))],
      // Two dimensions, so that it never looks like its input, which would be another pipeline.
      shape: [1, length],
      uniforms: [nBlocks, length, sums === undefined ? 0 : 1],
    },
  );
  const flat = tf.reshape(total, [length]) as tf.Tensor1D;
  tf.dispose([blocks, total]);
  return flat;
}

function blocksCode(size: number): string {
  return `
fn kernel() {
  let d = uniforms.nFeatures;
  let nSums = uniforms.nCentroids * d;
  let base = i32(workgroupId.x) * (nSums + uniforms.nCentroids + uniforms.nRuns);
  let first = i32(workgroupId.x) * uniforms.blockRows;
  let end = min(first + uniforms.blockRows, uniforms.nPoints);
  for (var column = i32(localIndex); column < d + 2; column += ${size}) {
    if (column <= d) {
      // A row counts as 1 in one column more, which lies behind the sums.
      let isCount = column == d;
      let pitch = select(d, 1, isCount);
      let place = base + select(column, nSums, isCount);
      let source = min(column, d - 1);
      for (var c = 0; c < uniforms.nCentroids; c++) { result[place + c * pitch] = 0.0; }
      // Four rows are read ahead: what is added to must be waited for.
      var row = first;
      for (; row + 4 <= end; row += 4) {
        let values = select(vec4<f32>(points[row * d + source], points[(row + 1) * d + source], points[(row + 2) * d + source], points[(row + 3) * d + source]), vec4<f32>(1.0), isCount);
        for (var run = 0; run < uniforms.nRuns; run++) {
          let at = run * uniforms.nPoints + row;
          let places = (vec4<i32>(labels[at], labels[at + 1], labels[at + 2], labels[at + 3]) + table[2 * run]) * pitch + place;
          result[places.x] += values.x;
          result[places.y] += values.y;
          result[places.z] += values.z;
          result[places.w] += values.w;
        }
      }
      for (; row < end; row++) {
        for (var run = 0; run < uniforms.nRuns; run++) {
          result[place + (table[2 * run] + labels[run * uniforms.nPoints + row]) * pitch] += select(points[row * d + source], 1.0, isCount);
        }
      }
    } else {
      for (var run = 0; run < uniforms.nRuns; run++) {
        let labelled = run * uniforms.nPoints;
        var changed = vec4<i32>(0);
        var row = first;
        for (; row + 4 <= end; row += 4) {
          let at = labelled + row;
          changed += select(vec4<i32>(0), vec4<i32>(1), vec4<i32>(labels[at], labels[at + 1], labels[at + 2], labels[at + 3]) != vec4<i32>(before[at], before[at + 1], before[at + 2], before[at + 3]));
        }
        for (; row < end; row++) { changed.x += select(0, 1, labels[labelled + row] != before[labelled + row]); }
        let all = (changed.x + changed.y) + (changed.z + changed.w);
        result[base + nSums + uniforms.nCentroids + run] = f32(select(all, max(end - first, 0), uniforms.fresh == 1));
      }
    }
  }
}
`;
}

const TOTAL_CODE = `
fn kernel() {
  for (var i = i32(globalId.x); i < uniforms.count; i += 64 * i32(numWorkgroups.x)) {
    // Four partial sums keep more digits than one.
    var parts = vec4<f32>(0.0);
    var block = 0;
    for (; block + 4 <= uniforms.nBlocks; block += 4) {
      let at = block * uniforms.count + i;
      parts += vec4<f32>(blocks[at], blocks[at + uniforms.count], blocks[at + 2 * uniforms.count], blocks[at + 3 * uniforms.count]);
    }
    for (; block < uniforms.nBlocks; block++) { parts.x += blocks[block * uniforms.count + i]; }
    var total = (parts.x + parts.y) + (parts.z + parts.w);
    if (uniforms.more == 1) { total += sums[i]; }
    result[i] = total;
  }
}
`;
