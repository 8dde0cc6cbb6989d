import type * as tf from '@tensorflow/tfjs-core';
import { registerGpuKernel, runGpuKernel } from '../../../web-gpu.js';

const KERNEL = 'SoundkinSeedMeasure';

/** Points whose potentials are summed together: those of a workgroup. */
export const SEED_BLOCK = 256;
/** Features that lie in workgroup memory at a time. */
const DEPTH = 8;

/** How runs that are being seeded lie on the device. */
export interface SeedLayout {
  readonly nPoints: number;
  readonly nFeatures: number;
  /** Candidates of a run's next centre, of those that have most. */
  readonly nTrials: number;
  readonly nBlocks: number;
}

/** Floats of the state of a run: the potential of each point; then by trial and block what the potentials would be, summed, and by how much they would fall. */
export const seedFloats = ({ nPoints, nTrials, nBlocks }: SeedLayout): number => nPoints + 2 * nTrials * nBlocks;

/**
 * Takes each run's last centre into its points' potentials, and measures what each candidate for the next would leave of them: the points are read once.
 *
 * @param points  [n, d], centred. Not disposed.
 * @param centres [runs * (1 + nTrials), d]: of each run its last centre, then its candidates. Not disposed.
 * @param before  the state after the step before, of as many runs or more; without it no run has a centre yet, and only the candidates count. Not disposed.
 * @returns       [1, runs * seedFloats]: first all potentials. The caller disposes it.
 */
export function gpuSeedMeasure(points: tf.Tensor2D, centres: tf.Tensor2D, before: tf.Tensor2D | undefined, nRuns: number, layout: SeedLayout): tf.Tensor2D {
  registerGpuKernel(KERNEL);
  const { nPoints, nFeatures, nTrials, nBlocks } = layout;
  const whole = nFeatures % 4 === 0;
  return runGpuKernel(
    KERNEL,
    { points, centres, before: before ?? centres },
    {
      program: {
        key: `${KERNEL}/${nTrials}/${whole}`,
        inputs: ['points', 'centres', 'before'],
        uniforms: ['nPoints', 'nFeatures', 'nRuns', 'nBlocks', 'depthBlocks', 'fresh'],
        workgroupSize: SEED_BLOCK,
        components: whole ? [4, 4, 1] : [1, 1, 1],
        code: measureCode(nTrials, whole),
      },
      // Runs side by side, so that those of one block find its points in the cache.
      workgroups: [nRuns, nBlocks],
      shape: [1, nRuns * seedFloats(layout)],
      uniforms: [nPoints, nFeatures, nRuns, nBlocks, Math.ceil(nFeatures / DEPTH), before === undefined ? 1 : 0],
    },
  ) as tf.Tensor2D;
}

/** WGSL: features f to f + 3 of a row; zeros beyond the last. */
export function fourFeatures(name: string, whole: boolean): string {
  const body = whole
    ? `return select(vec4<f32>(0.0), ${name}[(row * uniforms.nFeatures + min(f, uniforms.nFeatures - 4)) / 4], f < uniforms.nFeatures);`
    : `return vec4<f32>(${[0, 1, 2, 3].map((i) => `select(0.0, ${name}[row * uniforms.nFeatures + min(f + ${i}, uniforms.nFeatures - 1)], f + ${i} < uniforms.nFeatures)`).join(', ')});`;
  return `fn ${name}At(row : i32, f : i32) -> vec4<f32> { ${body} }`;
}

function measureCode(nTrials: number, whole: boolean): string {
  const columns = Array.from({ length: nTrials + 1 }, (_, c) => c);
  const pairs = Array.from({ length: Math.ceil(nTrials / 2) }, (_, p) => 2 * p);
  const left = (trial: number): string => (trial < nTrials ? `min(potential, s${trial + 1})` : '0.0');
  const fallen = (trial: number): string => (trial < nTrials ? `fall * max(potential - s${trial + 1}, 0.0)` : '0.0');
  const write = (trial: number, lanes: string): string =>
    trial < nTrials ? `      result[sums + 2 * (${trial} * uniforms.nBlocks + block)] = total.${lanes[0]};\n      result[sums + 2 * (${trial} * uniforms.nBlocks + block) + 1] = total.${lanes[1]};` : '';
  return `
var<workgroup> tile : array<vec4<f32>, ${2 * SEED_BLOCK}>;
var<workgroup> columns : array<vec4<f32>, ${2 * columns.length}>;
${fourFeatures('points', whole)}
${fourFeatures('centres', whole)}
fn kernel() {
  let t = i32(localIndex);
  let run = i32(workgroupId.x);
  let block = i32(workgroupId.y);
  let own = block * ${SEED_BLOCK} + t;
  let last = uniforms.nPoints - 1;
${columns.map((c) => `  var s${c} = 0.0;`).join('\n')}
  for (var depthBlock = 0; depthBlock < uniforms.depthBlocks; depthBlock++) {
    workgroupBarrier();
    for (var i = t; i < ${2 * SEED_BLOCK}; i += ${SEED_BLOCK}) { tile[(i & 1) * ${SEED_BLOCK} + i / 2] = pointsAt(min(block * ${SEED_BLOCK} + i / 2, last), depthBlock * ${DEPTH} + 4 * (i & 1)); }
    if (t < ${2 * columns.length}) { columns[t] = centresAt(run * ${columns.length} + t / 2, depthBlock * ${DEPTH} + 4 * (t & 1)); }
    workgroupBarrier();
    let a = tile[t];
    let b = tile[${SEED_BLOCK} + t];
${columns.map((c) => `    { let x = a - columns[${2 * c}]; let y = b - columns[${2 * c + 1}]; s${c} += dot(x, x) + dot(y, y); }`).join('\n')}
  }
  var potential = 0.0;
  if (own <= last) {
    if (uniforms.fresh == 1) { potential = 3e38; } else { potential = min(before[run * uniforms.nPoints + own], s0); }
    result[run * uniforms.nPoints + own] = potential;
  }
  // From nothing there is no fall.
  let fall = f32(1 - uniforms.fresh);
  let sums = uniforms.nRuns * uniforms.nPoints + 2 * run * ${nTrials} * uniforms.nBlocks;
  workgroupBarrier();
${pairs
  .map(
    (p) => `
  tile[t] = vec4<f32>(${left(p)}, ${fallen(p)}, ${left(p + 1)}, ${fallen(p + 1)});
  workgroupBarrier();
  if (t < 16) {
    var part = tile[t];
    for (var i = 1; i < 16; i++) { part += tile[t + 16 * i]; }
    tile[${SEED_BLOCK} + t] = part;
  }
  workgroupBarrier();
  if (t == 0) {
    var total = tile[${SEED_BLOCK}];
    for (var i = 1; i < 16; i++) { total += tile[${SEED_BLOCK} + i]; }
${write(p, 'xy')}
${write(p + 1, 'zw')}
  }`,
  )
  .join('\n')}
}
`;
}
