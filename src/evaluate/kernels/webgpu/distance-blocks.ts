import * as tf from '@tensorflow/tfjs-core';
import { registerGpuKernel, runGpuKernel } from '../../../web-gpu.js';

const BLOCKS = 'SoundkinDistanceSums';
const TOTAL = 'SoundkinSumDistances';

/** Rows that a workgroup has, and points that it compares them with at a time. */
export const BLOCK = 64;
const SIZE = 256;
const DEPTH = 16;

/** Points, and what their distances are added to. Nothing of it is disposed. */
export interface LabelledPoints {
  /** [n, d] */
  readonly points: tf.Tensor2D;
  /** int32: the row that each place of the order in which they are added up has. Longer than 1, as all tables. */
  readonly order: tf.Tensor1D;
  /** int32, a labelling after the other: the column of the sums that each place's point is added to. */
  readonly columns: tf.Tensor1D;
  /** int32, two a labelling and some more: its first column, and how many it has. */
  readonly table: tf.Tensor1D;
  readonly nLabellings: number;
  /** Columns of all labellings. */
  readonly width: number;
}

/**
 * Sums of the distances of some points to those of every cluster. A workgroup compares 64 points with 64 others, four by four in registers, and adds the
 * distances up from workgroup memory, so that no matrix of them is written. No two threads add to the same place.
 *
 * @param rows     int32, rows of the points; the sums are of `nRows` of them, from `first` on. Not disposed.
 * @param nParts   stretches of points that go side by side: their sums are added up in their order.
 * @returns        [nRows, width]. The caller disposes it.
 */
export function gpuDistanceSums({ points, order, columns, table, nLabellings, width }: LabelledPoints, rows: tf.Tensor1D, first: number, nRows: number, nParts: number): tf.Tensor2D {
  registerGpuKernel(BLOCKS);
  registerGpuKernel(TOTAL);
  const [n, d] = points.shape;
  const whole = d % 4 === 0;
  const nBlocks = Math.ceil(nRows / BLOCK);
  const partPoints = BLOCK * Math.ceil(n / (BLOCK * nParts));
  const parts = runGpuKernel(
    BLOCKS,
    { points, order, columns, table, rows },
    {
      program: {
        key: `${BLOCKS}/${whole}`,
        inputs: ['points', 'order', 'columns', 'table', 'rows'],
        uniforms: ['nPoints', 'nFeatures', 'nLabellings', 'width', 'first', 'nRows', 'partPoints', 'partBlocks', 'depthBlocks'],
        workgroupSize: SIZE,
        components: [whole ? 4 : 1, 1, 1, 1, 1],
        code: blocksCode(whole),
      },
      workgroups: [nBlocks, nParts],
      shape: [nParts, nRows * width],
      uniforms: [n, d, nLabellings, width, first, nRows, partPoints, partPoints / BLOCK, Math.ceil(d / DEPTH)],
    },
  );
  if (nParts === 1) {
    const only = tf.reshape(parts, [nRows, width]) as tf.Tensor2D;
    parts.dispose();
    return only;
  }
  const count = nRows * width;
  const sums = runGpuKernel(
    TOTAL,
    { parts },
    { program: { key: TOTAL, inputs: ['parts'], uniforms: ['nParts', 'count'], workgroupSize: 64, code: TOTAL_CODE }, workgroups: [Math.min(65_535, Math.ceil(count / 64))], shape: [nRows, width], uniforms: [nParts, count] },
  ) as tf.Tensor2D;
  parts.dispose();
  return sums;
}

const TOTAL_CODE = `
fn kernel() {
  for (var i = i32(globalId.x); i < uniforms.count; i += 64 * i32(numWorkgroups.x)) {
    var total = 0.0;
    for (var part = 0; part < uniforms.nParts; part++) { total += parts[part * uniforms.count + i]; }
    result[i] = total;
  }
}
`;

function blocksCode(whole: boolean): string {
  const four = whole
    ? 'return select(vec4<f32>(0.0), points[(row * uniforms.nFeatures + min(f, uniforms.nFeatures - 4)) / 4], f < uniforms.nFeatures);'
    : `let at = row * uniforms.nFeatures;
  let last = uniforms.nFeatures - 1;
  return vec4<f32>(${[0, 1, 2, 3].map((i) => `select(0.0, points[at + min(f + ${i}, last)], f + ${i} <= last)`).join(', ')});`;
  const lanes = [...'xyzw'];
  return `
// First 16 features of 64 rows and of 64 other points, four of them to a vector; then the distances, four points to a vector: of a row at 16 * row.
var<workgroup> tile : array<vec4<f32>, 1024>;

fn featuresOf(row : i32, f : i32) -> vec4<f32> {
  ${four}
}

fn kernel() {
  let t = i32(localIndex);
  let tx = t % 16;
  let ty = t / 16;
  let firstRow = uniforms.first + i32(workgroupId.x) * ${BLOCK};
  let lastRow = uniforms.first + uniforms.nRows - 1;
  let partStart = i32(workgroupId.y) * uniforms.partPoints;
  let partEnd = min(partStart + uniforms.partPoints, uniforms.nPoints);

  // Adding up: an invocation has a row, and every fourth labelling.
  let row = t % 64;
  let hasRow = firstRow + row <= lastRow;
  let base = (i32(workgroupId.y) * uniforms.nRows + (firstRow + row - uniforms.first)) * uniforms.width;
  if (hasRow) {
    for (var l = t / 64; l < uniforms.nLabellings; l += 4) {
      for (var c = 0; c < table[2 * l + 1]; c++) { result[base + table[2 * l] + c] = 0.0; }
    }
  }

  // Fetching: four features of four rows, or of four other points.
  let isRow = t < 64;
  let group = (t % 64) / 4;
  let part = t % 4;
  let place = select(256, 0, isRow) + 64 * part + (group ^ (2 * part));
  for (var block = 0; block < uniforms.partBlocks; block++) {
    let start = partStart + block * ${BLOCK};
    var ids = vec4<i32>(0);
    if (isRow) {
      let at = vec4<i32>(firstRow + 4 * group) + vec4<i32>(0, 1, 2, 3);
      ids = vec4<i32>(rows[min(at.x, lastRow)], rows[min(at.y, lastRow)], rows[min(at.z, lastRow)], rows[min(at.w, lastRow)]);
    } else if (t < 128) {
      let at = min(vec4<i32>(start + 4 * group) + vec4<i32>(0, 1, 2, 3), vec4<i32>(uniforms.nPoints - 1));
      ids = vec4<i32>(order[at.x], order[at.y], order[at.z], order[at.w]);
    }
${[0, 1, 2, 3].map((r) => `    var squares${r} = vec4<f32>(0.0);`).join('\n')}
    for (var depthBlock = 0; depthBlock < uniforms.depthBlocks; depthBlock++) {
      let f = depthBlock * ${DEPTH} + 4 * part;
      workgroupBarrier();
      if (t < 128) {
        let v = transpose(mat4x4<f32>(featuresOf(ids.x, f), featuresOf(ids.y, f), featuresOf(ids.z, f), featuresOf(ids.w, f)));
        tile[place] = v[0];
        tile[place + 16] = v[1];
        tile[place + 32] = v[2];
        tile[place + 48] = v[3];
      }
      workgroupBarrier();
      for (var k = 0; k < ${DEPTH}; k++) {
        // Groups are stored out of their order, so that four threads that store features of one row do not wait for one another.
        let turn = 2 * (k / 4);
        let a = tile[16 * k + (ty ^ turn)];
        let b = tile[256 + 16 * k + (tx ^ turn)];
${[0, 1, 2, 3].map((r) => `        let d${r} = b - a.${lanes[r]};\n        squares${r} += d${r} * d${r};`).join('\n')}
      }
    }
    workgroupBarrier();
${[0, 1, 2, 3].map((r) => `    tile[16 * (4 * ty + ${r}) + ((tx + 4 * ty + ${r}) & 15)] = sqrt(squares${r});`).join('\n')}
    workgroupBarrier();
    let here = min(${BLOCK}, partEnd - start);
    if (hasRow) {
      for (var l = t / 64; l < uniforms.nLabellings; l += 4) {
        let codes = l * uniforms.nPoints + start;
        // Points come in the order of their clusters: a sum stays in a register until the cluster ends.
        var sum = 0.0;
        var now = -1;
        for (var j = 0; j < here; j++) {
          let column = columns[codes + j];
          if (column != now) {
            if (now >= 0) { result[base + now] += sum; }
            now = column;
            sum = 0.0;
          }
          sum += tile[16 * row + (((j >> 2u) + row) & 15)][j & 3];
        }
        if (now >= 0) { result[base + now] += sum; }
      }
    }
    workgroupBarrier();
  }
}
`;
}
