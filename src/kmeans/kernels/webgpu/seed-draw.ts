import type * as tf from '@tensorflow/tfjs-core';
import { registerGpuKernel, runGpuKernel } from '../../../web-gpu.js';
import { fourFeatures, SEED_BLOCK, type SeedLayout } from './seed-measure.js';

const KERNEL = 'SoundkinSeedDraw';

/** Trials of a run at most: 16 invocations add up what each of them gains. */
export const MOST_TRIALS = 16;

/** What seeding's steps share on the device. Nothing of it is disposed. */
export interface SeedTables {
  /** Uniform numbers, each as a float32 and what that leaves: [steps, runs, nTrials, 2]. */
  readonly targets: tf.Tensor1D;
  /** int32: how many candidates each run has, and some more entries. */
  readonly trials: tf.Tensor1D;
}

/**
 * Chooses of each run's candidates the one that lowers its potential most, the first of equals; then draws the next ones with a probability in proportion to
 * what it leaves of each point's: first a block of points by sums of blocks, then the point. One workgroup a draw.
 *
 * @param points  [n, d], centred. Not disposed.
 * @param state   from `gpuSeedMeasure`. Not disposed.
 * @param centres that it was measured with. Not disposed.
 * @param picks   int32 [runs * (1 + nTrials)]: the rows that those are. Not disposed.
 * @param step    1 for the second centre's draw; in it the only candidate is the first one.
 * @param nTargets runs that `targets` has numbers for.
 * @returns       int32 [1, runs * (1 + nTrials)]: of each run the row that was chosen, then those drawn. The caller disposes it.
 */
export function gpuSeedDraw(points: tf.Tensor2D, state: tf.Tensor2D, centres: tf.Tensor2D, picks: tf.Tensor1D, { targets, trials }: SeedTables, step: number, nRuns: number, nTargets: number, layout: SeedLayout): tf.Tensor2D {
  registerGpuKernel(KERNEL);
  const { nPoints, nFeatures, nTrials, nBlocks } = layout;
  const whole = nFeatures % 4 === 0;
  return runGpuKernel(
    KERNEL,
    { points, state, centres, picks, targets, trials },
    {
      program: {
        key: `${KERNEL}/${nTrials}/${whole}`,
        inputs: ['points', 'state', 'centres', 'picks', 'targets', 'trials'],
        uniforms: ['nPoints', 'nFeatures', 'nRuns', 'nBlocks', 'firstTarget', 'mostTrials'],
        workgroupSize: SEED_BLOCK,
        dtype: 'int32',
        components: [whole ? 4 : 1, 1, whole ? 4 : 1, 1, 1, 1],
        code: drawCode(nTrials, whole),
      },
      workgroups: [nTrials, nRuns],
      shape: [1, nRuns * (1 + nTrials)],
      uniforms: [nPoints, nFeatures, nRuns, nBlocks, 2 * (step - 1) * nTargets * nTrials, step === 1 ? 1 : nTrials],
    },
  ) as tf.Tensor2D;
}

function drawCode(nTrials: number, whole: boolean): string {
  return `
const T = ${nTrials};
const W = ${SEED_BLOCK};
var<workgroup> parts : array<vec2<f32>, W>;
var<workgroup> gains : array<f32, 16>;
var<workgroup> weights : array<f32, W>;
var<workgroup> foundBlock : i32;
var<workgroup> leftInBlock : f32;
${fourFeatures('points', whole)}
${fourFeatures('centres', whole)}

// Sums as a float32 and what it leaves (Knuth's two-sum): a million weights lose no digits that tell points apart.
fn plus(sum : vec2<f32>, value : f32) -> vec2<f32> {
  let s = sum.x + value;
  let v = s - sum.x;
  let rest = sum.y + ((sum.x - (s - v)) + (value - v));
  let high = s + rest;
  return vec2<f32>(high, rest - (high - s));
}
fn exceeds(a : vec2<f32>, b : vec2<f32>) -> bool { return (a.x - b.x) + (a.y - b.y) > 0.0; }

fn kernel() {
  let t = i32(localIndex);
  let trial = i32(workgroupId.x);
  let run = i32(workgroupId.y);
  let sums = uniforms.nRuns * uniforms.nPoints + 2 * run * T * uniforms.nBlocks;

  // What each candidate gains.
  let mine = t / 16;
  var gain = 0.0;
  if (mine < T) {
    for (var b = t % 16; b < uniforms.nBlocks; b += 16) { gain += state[sums + 2 * (mine * uniforms.nBlocks + b) + 1]; }
  }
  weights[t] = gain;
  workgroupBarrier();
  if (t < 16) {
    var total = weights[16 * t];
    for (var i = 1; i < 16; i++) { total += weights[16 * t + i]; }
    gains[t] = total;
  }
  workgroupBarrier();
  var best = 0;
  for (var i = 1; i < min(trials[run], uniforms.mostTrials); i++) {
    if (gains[i] > gains[best]) { best = i; }
  }
  if (trial == 0 && t == 0) { result[run * (1 + T)] = picks[run * (1 + T) + 1 + best]; }

  // What it leaves, by stretches of blocks.
  let left = sums + 2 * best * uniforms.nBlocks;
  let per = (uniforms.nBlocks + W - 1) / W;
  var part = vec2<f32>(0.0);
  for (var b = t * per; b < min((t + 1) * per, uniforms.nBlocks); b++) { part = plus(part, state[left + 2 * b]); }
  parts[t] = part;
  workgroupBarrier();
  if (t == 0) {
    var total = vec2<f32>(0.0);
    for (var i = 0; i < W; i++) { total = plus(plus(total, parts[i].x), parts[i].y); }
    let at = uniforms.firstTarget + 2 * (run * T + trial);
    let u = vec2<f32>(targets[at], targets[at + 1]);
    let product = u.x * total.x;
    let aim = plus(vec2<f32>(product, 0.0), fma(u.x, total.x, -product) + (u.x * total.y + u.y * total.x));

    // The first stretch, and in it the first block, whose running sum passes; where rounding leaves none, the last with any weight.
    var sum = vec2<f32>(0.0);
    var before = sum;
    var stretch = 0;
    for (var i = 0; i < W; i++) {
      if (parts[i].x > 0.0) {
        stretch = i;
        before = sum;
        sum = plus(plus(sum, parts[i].x), parts[i].y);
        if (exceeds(sum, aim)) { break; }
      }
    }
    sum = before;
    var block = stretch * per;
    for (var b = stretch * per; b < min((stretch + 1) * per, uniforms.nBlocks); b++) {
      let weight = state[left + 2 * b];
      if (weight > 0.0) {
        block = b;
        before = sum;
        sum = plus(sum, weight);
        if (exceeds(sum, aim)) { break; }
      }
    }
    foundBlock = block;
    leftInBlock = (aim.x - before.x) + (aim.y - before.y);
  }
  workgroupBarrier();

  // The block's potentials once the chosen candidate is a centre.
  let own = foundBlock * W + t;
  var weight = 0.0;
  if (own < uniforms.nPoints) {
    var square = 0.0;
    for (var f = 0; f < uniforms.nFeatures; f += 8) {
      let x = pointsAt(own, f) - centresAt(run * (1 + T) + 1 + best, f);
      let y = pointsAt(own, f + 4) - centresAt(run * (1 + T) + 1 + best, f + 4);
      square += dot(x, x) + dot(y, y);
    }
    weight = min(state[run * uniforms.nPoints + own], square);
  }
  weights[t] = weight;
  workgroupBarrier();
  if (t == 0) {
    var sum = 0.0;
    var found = 0;
    for (var i = 0; i < W; i++) {
      if (weights[i] > 0.0) {
        found = i;
        sum += weights[i];
        if (sum > leftInBlock) { break; }
      }
    }
    result[run * (1 + T) + 1 + trial] = min(foundBlock * W + found, uniforms.nPoints - 1);
  }
}
`;
}
