import * as tf from '@tensorflow/tfjs-core';
import { registerGpuKernel, runGpuKernel, type GpuProgram } from '../../../web-gpu.js';

const KERNEL = 'SoundkinNearest';

/** Invocations of a workgroup. */
const SIZE = 256;

/** How a workgroup's block of points by centroids is shared out: each invocation has 4 `rowGroups` points and 4 `columnGroups` centroids in registers. */
interface Blocking {
  readonly rowGroups: 1 | 2;
  readonly columnGroups: 1 | 2;
  /** Invocations side by side over the centroids; the others are over the points. */
  readonly across: number;
  /** Features that lie in workgroup memory at a time. */
  readonly depth: number;
}

/** Blocks for at most so many centroids, so that few of a block's columns are idle. Points and centroids fill at most 16 KB. */
const BLOCKINGS: readonly (readonly [mostClusters: number, blocking: Blocking])[] = [
  [16, { rowGroups: 1, columnGroups: 1, across: 4, depth: 8 }],
  [32, { rowGroups: 2, columnGroups: 1, across: 8, depth: 8 }],
  [64, { rowGroups: 2, columnGroups: 1, across: 16, depth: 16 }],
  [Infinity, { rowGroups: 2, columnGroups: 2, across: 16, depth: 16 }],
];

/** Runs' centroids on the device. Nothing of it is disposed. */
export interface RunsOnDevice {
  /** [sum of all nClusters, d] */
  readonly centroids: tf.Tensor2D;
  /** [sum of all nClusters]: ||c||². */
  readonly squares: tf.Tensor1D;
  /** int32, two a run and some more: its first centroid, and how many it has. */
  readonly table: tf.Tensor1D;
  readonly nRuns: number;
  readonly mostClusters: number;
}

/**
 * The nearest centroid of every point in every run, of equally near ones the first: a matrix product by blocks in registers whose columns are compared as
 * they are made, so that no product of points by centroids is ever in memory.
 *
 * @param points [n, d]. Not disposed.
 * @returns      [runs, n], int32. The caller disposes it.
 * @see `centroidScores`, whose smallest this is.
 */
export function gpuNearest(points: tf.Tensor2D, { centroids, squares, table, nRuns, mostClusters }: RunsOnDevice): tf.Tensor2D {
  registerGpuKernel(KERNEL);
  const [n, d] = points.shape;
  const blocking = BLOCKINGS.find(([most]) => mostClusters <= most)![1];
  const { rows, columns } = blockOf(blocking);
  const program = programFor(blocking, d % 4 === 0);
  return runGpuKernel(
    KERNEL,
    { points, centroids, squares, table },
    { program, workgroups: [Math.ceil(n / rows), nRuns], shape: [nRuns, n], uniforms: [n, d, Math.ceil(mostClusters / columns), Math.ceil(d / blocking.depth)] },
  ) as tf.Tensor2D;
}

function blockOf({ rowGroups, columnGroups, across }: Blocking): { rows: number; columns: number } {
  return { rows: (SIZE / across) * 4 * rowGroups, columns: across * 4 * columnGroups };
}

const programs = new Map<string, GpuProgram>();

function programFor(blocking: Blocking, wholeVectors: boolean): GpuProgram {
  const key = `${KERNEL}/${JSON.stringify(blocking)}/${wholeVectors}`;
  let program = programs.get(key);
  if (program === undefined) {
    const components = wholeVectors ? [4, 4, 1, 1] : [1, 1, 1, 1];
    const uniforms = ['nPoints', 'nFeatures', 'columnBlocks', 'depthBlocks'];
    program = { key, inputs: ['points', 'centroids', 'squares', 'table'], uniforms, workgroupSize: SIZE, dtype: 'int32', components, code: nearestCode(blocking, wholeVectors) };
    programs.set(key, program);
  }
  return program;
}

/** By how much each four features' places are turned. */
const TURN = 2;

const times = (count: number, line: (i: number) => string): string => Array.from({ length: count }, (_, i) => line(i)).join('\n');

/**
 * Where an invocation is among those of its workgroup. Each 32 lie 8 by 4: at a time they need 12 different vectors of the tile, where 16 by 2 would need 18.
 */
function invocationPlace(across: number): string {
  if (across < 16) return `  let tx = t % ${across};\n  let ty = t / ${across};`;
  return '  let tx = (t & 7) + 8 * ((t >> 5u) & 1);\n  let ty = ((t >> 3u) & 3) + 4 * (t >> 6u);';
}

function nearestCode(blocking: Blocking, wholeVectors: boolean): string {
  const { rowGroups, columnGroups, across, depth } = blocking;
  const { rows, columns } = blockOf(blocking);
  const down = SIZE / across;
  const fours = depth / 4;
  const pointTasks = (rows / 4) * fours;
  const tasks = pointTasks + (columns / 4) * fours;
  const columnBase = (rows / 4) * depth; // where the centroids' part of the tile begins
  const lanes = 'xyzw';
  // Features f to f + 3 of a row; zeros beyond the last feature.
  const load = (name: string, row: string): string =>
    wholeVectors
      ? `select(vec4<f32>(0.0), ${name}[(${row} * uniforms.nFeatures + min(f, uniforms.nFeatures - 4)) / 4], f < uniforms.nFeatures)`
      : `vec4<f32>(${[0, 1, 2, 3].map((i) => `select(0.0, ${name}[${row} * uniforms.nFeatures + min(f + ${i}, uniforms.nFeatures - 1)], f + ${i} < uniforms.nFeatures)`).join(', ')})`;
  return `
// Transposed: each vector holds four points (or centroids) at one feature.
var<workgroup> tile : array<vec4<f32>, 1024>;

fn pointsAt(row : i32, f : i32) -> vec4<f32> { return ${load('points', 'row')}; }
fn centroidsAt(row : i32, f : i32) -> vec4<f32> { return ${load('centroids', 'row')}; }
fn fourAt(isPoint : bool, row : i32, last : i32, f : i32) -> mat4x4<f32> {
  if (isPoint) { return mat4x4<f32>(pointsAt(min(row, last), f), pointsAt(min(row + 1, last), f), pointsAt(min(row + 2, last), f), pointsAt(min(row + 3, last), f)); }
  return mat4x4<f32>(centroidsAt(min(row, last), f), centroidsAt(min(row + 1, last), f), centroidsAt(min(row + 2, last), f), centroidsAt(min(row + 3, last), f));
}

fn kernel() {
  let t = i32(localIndex);
${invocationPlace(across)}
  let run = i32(workgroupId.y);
  let firstRow = i32(workgroupId.x) * ${rows};
  let firstCentroid = table[2 * run];
  let nClusters = table[2 * run + 1];
${times(4 * rowGroups, (r) => `  var best${r} = 3.4e38;\n  var at${r} = 0;`)}
  // What this invocation brings into the tile: four features of four neighbouring points, or of four centroids.
  let isPoint = t < ${pointTasks};
  let task = select(t - ${pointTasks}, t, isPoint);
  let four = task / ${fours};
  let part = task % ${fours};
  let pitch = select(${columns / 4}, ${rows / 4}, isPoint);
  // Stored out of their order within eight, so that neighbours, which bring other features of the same rows, do not wait for one another.
  let place = select(${columnBase}, 0, isPoint) + 4 * part * pitch + (four ^ (${TURN} * part));
  for (var columnBlock = 0; columnBlock < uniforms.columnBlocks; columnBlock++) {
    let firstColumn = columnBlock * ${columns};
    let row = select(firstCentroid + firstColumn, firstRow, isPoint) + 4 * four;
    let last = select(firstCentroid + nClusters, uniforms.nPoints, isPoint) - 1;
    var v = fourAt(isPoint, row, last, 4 * part);
${times(4 * rowGroups, (r) => times(columnGroups, (g) => `    var c${r}_${g} = vec4<f32>(0.0);`))}
    for (var depthBlock = 0; depthBlock < uniforms.depthBlocks; depthBlock++) {
      workgroupBarrier();
      if (t < ${tasks}) {
        tile[place] = vec4<f32>(v[0].x, v[1].x, v[2].x, v[3].x);
        tile[place + pitch] = vec4<f32>(v[0].y, v[1].y, v[2].y, v[3].y);
        tile[place + 2 * pitch] = vec4<f32>(v[0].z, v[1].z, v[2].z, v[3].z);
        tile[place + 3 * pitch] = vec4<f32>(v[0].w, v[1].w, v[2].w, v[3].w);
      }
      workgroupBarrier();
      // The next features are on their way while these are multiplied.
      if (depthBlock + 1 < uniforms.depthBlocks) { v = fourAt(isPoint, row, last, (depthBlock + 1) * ${depth} + 4 * part); }
      for (var k = 0; k < ${depth}; k++) {
        let turn = ${TURN} * (k >> 2u);
${times(rowGroups, (i) => `        let a${i} = tile[k * ${rows / 4} + ((${i * down} + ty) ^ turn)];`)}
${times(columnGroups, (g) => `        let b${g} = tile[${columnBase} + k * ${columns / 4} + ((${g * across} + tx) ^ turn)];`)}
${times(4 * rowGroups, (r) => times(columnGroups, (g) => `        c${r}_${g} += a${r >> 2}.${lanes[r % 4]} * b${g};`))}
      }
    }
    // Rising columns: of equal scores the first is kept.
${times(columnGroups, (g) =>
  times(4, (l) => `    {
      let column = firstColumn + ${4 * g * across} + 4 * tx + ${l};
      if (column < nClusters) {
        let square = squares[firstCentroid + column];
${times(4 * rowGroups, (r) => `        { let score = square - 2.0 * c${r}_${g}.${lanes[l]}; if (score < best${r}) { best${r} = score; at${r} = column; } }`)}
      }
    }`),
)}
  }
  // The best of all invocations that share a point: pairs of (score, column), two points to a vector.
  workgroupBarrier();
${times(2 * rowGroups, (p) => `  tile[(${p} * ${down} + ty) * ${across} + tx] = vec4<f32>(best${2 * p}, f32(at${2 * p}), best${2 * p + 1}, f32(at${2 * p + 1}));`)}
  workgroupBarrier();
  for (var row = t; row < ${rows}; row += ${SIZE}) {
    // A point's place: group of ${4 * down} points, then four by four over the invocations.
    let group = row / ${4 * down};
    let inGroup = row % ${4 * down};
    let pair = 2 * group + ((inGroup % 4) >> 1u);
    let origin = (pair * ${down} + inGroup / 4) * ${across};
    let odd = (inGroup & 1) == 1;
    var best = 3.4e38;
    var at = 3.4e38;
    for (var i = 0; i < ${across}; i++) {
      let entry = tile[origin + i];
      let candidate = select(entry.xy, entry.zw, odd);
      if (candidate.x < best || (candidate.x == best && candidate.y < at)) { best = candidate.x; at = candidate.y; }
    }
    if (firstRow + row < uniforms.nPoints) { result[run * uniforms.nPoints + firstRow + row] = i32(at); }
  }
}
`;
}
