/**
 * The seed job: 50 WAV clips of 30 s, from files to clusters and scores, as whole processes, beside the same recipe in Python.
 *
 *   npm run bench:seed-job            (after npm run build and npm run setup:peers)
 *
 * The clips are made of real sounds (the npm package supersonic-scsynth-samples, two clusters of kin sounds to a label), so there is something to find. First the
 * two must agree on the scores; then both run in turn, A B A B, and the medians and their ratio are kept in bench/results/seed-job.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeFile, encodeWav } from '../src/decode/index.js';

const CLIPS = 50;
const SECONDS = 30;
const RATE = 22050;
const ROUNDS = 3;
const SEEDS = 1;
const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const samples = join(root, 'node_modules', 'supersonic-scsynth-samples', 'samples');
const python = process.env['SOUNDKIN_PYTHON'] ?? join(root, '.tools', 'peers', 'bin', 'python');
// One thread for the numerical libraries: both sides then have one core to compute on.
const environment = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1', NUMBA_NUM_THREADS: '1' };

/** Clips of one label repeat sounds of one prefix until they are full. */
async function makeClips(folder: string): Promise<void> {
  const labels = ['bd', 'loop', 'ambi', 'tabla'];
  const lines = ['path,label'];
  for (let i = 0; i < CLIPS; i++) {
    const label = labels[i % labels.length]!;
    const files = readdirSync(samples).filter((name) => name.startsWith(`${label}_`)).sort();
    const clip = new Float32Array(SECONDS * RATE);
    let at = 0;
    for (let n = i; at < clip.length; n += 3) {
      const { samples: sound } = await decodeFile(join(samples, files[n % files.length]!), { sampleRate: RATE });
      clip.set(sound.subarray(0, clip.length - at), at);
      at += sound.length;
    }
    writeFileSync(join(folder, `clip-${i}.wav`), encodeWav(clip, RATE));
    lines.push(`clip-${i}.wav,${label}`);
  }
  writeFileSync(join(folder, 'labels.csv'), `${lines.join('\n')}\n`);
}

interface Run {
  readonly seconds: number;
  readonly vMeasure: number;
  readonly adjustedRand: number;
  /** Of it, measuring features alone, as the process itself tells. */
  readonly featureSeconds: number;
}

function timed(command: string, args: readonly string[]): { seconds: number; output: string } {
  const started = performance.now();
  const output = execFileSync(command, args, { encoding: 'utf8', env: environment, stdio: ['ignore', 'pipe', 'ignore'] });
  return { seconds: (performance.now() - started) / 1000, output };
}

function soundkin(folder: string): Run {
  const library = mkdtempSync(join(tmpdir(), 'soundkin-bench-'));
  try {
    const args = ['cluster', folder, '--k', '4', '--seed', '0', '--features', 'seed', '--labels', join(folder, 'labels.csv'), '--library', library, '--backend', 'wasm', '--json'];
    const { seconds, output } = timed(process.execPath, [join(root, 'dist', 'cli.js'), ...args]);
    const { scores, files } = JSON.parse(output) as { scores: { vMeasure: number; adjustedRand: number }; files: { ok: number } };
    if (files.ok !== CLIPS) throw new Error(`expected ${CLIPS} clips, got ${files.ok}`);
    const again = mkdtempSync(join(tmpdir(), 'soundkin-bench-'));
    const measured = JSON.parse(timed(process.execPath, [join(root, 'dist', 'cli.js'), 'extract', folder, '--library', again, '--backend', 'wasm', '--json']).output) as { seconds: number };
    rmSync(again, { recursive: true });
    return { seconds, vMeasure: scores.vMeasure, adjustedRand: scores.adjustedRand, featureSeconds: measured.seconds };
  } finally {
    rmSync(library, { recursive: true, force: true });
  }
}

function peer(folder: string): Run {
  const { seconds, output } = timed(python, [join(root, 'bench', 'peers', 'seed_recipe.py'), folder, '--seeds', String(SEEDS)]);
  const { scores, featureSeconds } = JSON.parse(output) as { scores: { vMeasure: number; adjustedRand: number }[]; featureSeconds: number };
  return { seconds, featureSeconds, ...scores[0]! };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const spread = (values: readonly number[]): string => `${median(values).toFixed(2)} s (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;

const folder = mkdtempSync(join(tmpdir(), 'soundkin-clips-'));
try {
  await makeClips(folder);
  const warm = { ours: soundkin(folder), theirs: peer(folder) };
  for (const score of ['vMeasure', 'adjustedRand'] as const) {
    if (Math.abs(warm.ours[score] - warm.theirs[score]) > 0.02) throw new Error(`${score}: expected Python's ${warm.theirs[score]}, got ${warm.ours[score]}`);
  }
  const ours: Run[] = [];
  const theirs: Run[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(soundkin(folder));
    theirs.push(peer(folder));
    process.stderr.write(`round ${round + 1} of ${ROUNDS}\n`);
  }
  const whole = (runs: readonly Run[]): number[] => runs.map(({ seconds }) => seconds);
  const features = (runs: readonly Run[]): number[] => runs.map(({ featureSeconds }) => featureSeconds);
  const text = [
    `# The seed job: ${CLIPS} WAV clips of ${SECONDS} s, to clusters and scores`,
    '',
    `Whole processes in turn, ${ROUNDS} rounds after one to warm up, one thread each; median (least to most). Ours writes the library and the report with previews as well.`,
    `V-measure ${warm.ours.vMeasure.toFixed(3)} here, ${warm.theirs.vMeasure.toFixed(3)} in Python.`,
    '',
    '| | Soundkin, `wasm` | librosa and scikit-learn | ratio |',
    '|---|---:|---:|---:|',
    `| the whole job | ${spread(whole(ours))} | ${spread(whole(theirs))} | ${(median(whole(theirs)) / median(whole(ours))).toFixed(1)} |`,
    `| files to features | ${spread(features(ours))} | ${spread(features(theirs))} | ${(median(features(theirs)) / median(features(ours))).toFixed(1)} |`,
    '',
    `${cpus()[0]?.model ?? 'a processor'}, ${availableParallelism()} cores, Node ${process.version}.`,
    '',
  ].join('\n');
  process.stdout.write(text);
  mkdirSync(join(root, 'bench', 'results'), { recursive: true });
  writeFileSync(join(root, 'bench', 'results', 'seed-job.md'), text);
  writeFileSync(join(root, 'bench', 'results', 'seed-job.json'), `${JSON.stringify({ clips: CLIPS, seconds: SECONDS, ours, theirs }, null, 1)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0); // a backend's threads would keep the process alive
