import * as tf from '@tensorflow/tfjs-core';
import type { DspPlan } from '../../plan.js';
import { TUNING_STEPS } from '../../tuning-estimator.js';
import { findFrame, type FrameBatch } from './frame-features.js';
import type { FrameTables } from './frame-tables.js';
import { registerGpuKernel, runGpuKernel, type GpuProgram } from '../../../web-gpu.js';
import { spectrumLayout } from './spectrum-code.js';

const KERNEL = 'SoundkinFrameChroma';

/**
 * The filterbanks of every tuning that the estimator can give, so that each track of a batch can have its own without the host.
 *
 * @returns [TUNING_STEPS * nChroma * nBins]. The caller disposes it.
 */
export function chromaFilterbanks({ settings: { nChroma }, fourier: { nBins }, chromaFilterbank }: DspPlan): tf.Tensor1D {
  const all = new Float32Array(TUNING_STEPS * nChroma * nBins);
  for (let step = 0; step < TUNING_STEPS; step++) {
    const table = chromaFilterbank(-0.5 + step * (1 / TUNING_STEPS));
    for (let k = 0; k < nBins; k++) for (let c = 0; c < nChroma; c++) all[(step * nChroma + c) * nBins + k] = table[k * nChroma + c]!;
  }
  return tf.tensor1d(all);
}

/**
 * Chroma of frames, with each track's own tuning. The frames are transformed again rather than their spectra kept: that takes no memory, and on a GPU
 * about as long as writing and reading 4 (1 + nFft / 2) bytes a frame.
 *
 * @param filters from `chromaFilterbanks`. Not disposed.
 * @param tunings [tracks, 2], from `gpuTunings`: a track's step of the tuning comes first. Not disposed.
 * @returns       [slots, nChroma], 0 to 1. The caller disposes it.
 * @see `chroma`, which defines it.
 */
export function gpuChroma({ samples, tracks, slots, nFrames }: FrameBatch, tables: FrameTables, filters: tf.Tensor1D, tunings: tf.Tensor2D): tf.Tensor2D {
  registerGpuKernel(KERNEL);
  const inputs = { samples, tracks, slots, floats: tables.floats, filters, tunings };
  const program = programFor(tables, samples.dtype === 'int32');
  return runGpuKernel(KERNEL, inputs, { program, workgroups: [nFrames], shape: [slots.size, tables.settings.nChroma] }) as tf.Tensor2D;
}

const programs = new WeakMap<FrameTables, Partial<Record<'float' | 'pcm16', GpuProgram>>>();

function programFor(tables: FrameTables, pcm16: boolean): GpuProgram {
  let made = programs.get(tables);
  if (made === undefined) programs.set(tables, (made = {}));
  return (made[pcm16 ? 'pcm16' : 'float'] ??= chromaProgram(tables, pcm16));
}

function chromaProgram(tables: FrameTables, pcm16: boolean): GpuProgram {
  const { nFft, hopLength, nChroma } = tables.settings;
  const layout = spectrumLayout(nFft, tables.at, pcm16);
  const quads = Math.ceil(nChroma / 4);
  const each = (line: (c: number, lane: string, q: number) => string, join: string): string => Array.from({ length: nChroma }, (_, c) => line(c, 'xyzw'[c % 4]!, c >> 2)).join(join);
  const code = `${layout.code}
const BINS = M + 1;
fn kernel() {
${findFrame(hopLength)}
  let bank = i32(tunings[2 * slots[slot]]) * ${nChroma} * BINS;
${Array.from({ length: quads }, (_, q) => `  var raw${q} = vec4<f32>(0.0);`).join('\n')}
  for (var i = 0; i < PER; i++) {
    let k = t + i * W;
    if (k < M) {
${each((c, lane, q) => `      raw${q}.${lane} += own[i] * filters[bank + ${c} * BINS + k];`, '\n')}
    }
  }
  if (t == 0) {
${each((c, lane, q) => `    raw${q}.${lane} += work[M] * filters[bank + ${c} * BINS + M];`, '\n')}
  }
${Array.from({ length: quads }, (_, q) => `  let all${q} = sumAll(t, raw${q});`).join('\n')}
  var strongest = 0.0;
${each((_, lane, q) => `  strongest = max(strongest, all${q}.${lane});`, '\n')}
  if (strongest < 1.1754943508222875e-38) { strongest = 1.0; }
  if (t == 0) {
${each((c, lane, q) => `    result[slot * ${nChroma} + ${c}] = all${q}.${lane} / strongest;`, '\n')}
  }
}
`;
  return {
    key: `${KERNEL}/${pcm16 ? 'pcm16' : 'float'}/${JSON.stringify(tables.settings)}`,
    inputs: ['samples', 'tracks', 'slots', 'floats', 'filters', 'tunings'],
    workgroupSize: layout.workgroupSize,
    code,
  };
}
