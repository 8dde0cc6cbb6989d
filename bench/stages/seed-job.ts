/** The classic job, 50 WAV clips of 30 s to clusters and scores, as whole processes, beside the same recipe in Python. */
import { join } from 'node:path';
import type { BenchContext, Stage } from '../harness/context.js';
import { PYTHON, ROOT } from '../harness/adapter-process.js';
import { processContest, soundkin, type Runner } from '../harness/process-contest.js';
import type { Entry } from '../harness/result.js';
import { CLIP_SECONDS, seedClips } from '../workloads/seed-clips.js';
import { workerVariants } from '../harness/worker-variants.js';

/** Starts are drawn alike, so the scores agree; rounding may move a clip or two. */
const SCORE_TOLERANCE = 0.02;

export const seedJob: Stage = {
  name: 'seed-job',
  about: 'whole processes from 50 WAV clips to clusters, scores and (ours) the report, beside librosa and scikit-learn',
  run: async (context: BenchContext) => {
    const folder = await seedClips(context.quick ? 8 : 50);
    let expected: { vMeasure: number; adjustedRand: number } | undefined;
    const judge = (scores: { vMeasure: number; adjustedRand: number }): Entry['check'] => {
      const text = `V-measure ${scores.vMeasure.toFixed(3)}, adjusted Rand ${scores.adjustedRand.toFixed(3)}`;
      const ok = expected === undefined || (Math.abs(scores.vMeasure - expected.vMeasure) <= SCORE_TOLERANCE && Math.abs(scores.adjustedRand - expected.adjustedRand) <= SCORE_TOLERANCE);
      return { ok, text };
    };
    const python: Runner = {
      name: 'librosa and scikit-learn',
      group: 'peer',
      threads: 1,
      command: () => [PYTHON, [join(ROOT, 'bench', 'peers', 'seed_recipe.py'), folder, '--seeds', '1']],
      check: (output) => {
        expected = (JSON.parse(output) as { scores: { vMeasure: number; adjustedRand: number }[] }).scores[0]!;
        return judge(expected);
      },
    };
    const ours = workerVariants('cluster', context).map(({ label, threads, options }): Runner => ({
      name: `Soundkin, wasm${label}`,
      group: 'soundkin',
      threads,
      command: (library) => soundkin(['cluster', folder, '--k', '4', '--seed', '0', '--features', 'seed', '--labels', join(folder, 'labels.csv'), '--library', library, '--backend', 'wasm', '--json', ...options]),
      check: (output) => judge((JSON.parse(output) as { scores: { vMeasure: number; adjustedRand: number } }).scores),
    }));
    // The peer first: its scores are what ours are held to.
    const entries = await processContest([python, ...ours], context.rounds);
    const clips = context.quick ? 8 : 50;
    return [
      {
        workload: 'seed-job',
        title: `The seed job: ${clips} WAV clips of ${CLIP_SECONDS} s to clusters and scores, whole processes`,
        amount: { value: clips * CLIP_SECONDS, unit: 'audio seconds' },
        entries: [...entries.slice(1), ...entries.slice(0, 1)],
        notes: ['Soundkin writes its library and the report with previews in that time as well.'],
      },
    ];
  },
};
