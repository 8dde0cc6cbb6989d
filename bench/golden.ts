import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { BACKENDS, type BackendName } from '../src/device/device.js';
import { openDevice } from '../src/device/open-device.js';
import { goldenCases, manifest } from '../test/support/golden.js';
import { ABSOLUTE, isSettled, judge, measureGolden, RELATIVE, type GoldenFeature } from '../test/support/measure-golden.js';
import { allowSoftwareGpu } from '../test/support/software-gpu.js';
import { ABSOLUTE_BOUND, POWER_BIN_BOUND, RELATIVE_BOUND } from '../test/support/tolerance.js';

/**
 * The golden table: each feature's worst difference from librosa on each backend, over every signal and setting.
 *
 *   npm run golden                     all backends that open here, one process each; writes bench/results/golden.md
 *   npm run golden -- --backend wasm   one of them; prints its numbers as JSON
 */

/** The worst of one backend over all cases. */
interface BackendResult {
  readonly backend: BackendName;
  readonly description: string;
  readonly worst: Partial<Record<GoldenFeature, number>>;
  readonly stricter: Partial<Record<GoldenFeature, number>>;
  readonly rolloff: { off: number; frames: number };
  readonly tuningsWrong: string[];
  readonly cases: number;
}

const FEATURES: readonly GoldenFeature[] = [...RELATIVE, ...ABSOLUTE];

async function measureBackend(backend: BackendName): Promise<BackendResult> {
  const { device } = await openDevice(backend);
  const cases = goldenCases();
  const result: BackendResult = { backend, description: device.description, worst: {}, stricter: {}, rolloff: { off: 0, frames: 0 }, tuningsWrong: [], cases: cases.length };
  const raise = (record: Partial<Record<GoldenFeature, number>>, feature: GoldenFeature, value: number): void => {
    record[feature] = Math.max(record[feature] ?? 0, value);
  };
  for (const golden of cases) {
    const { arrays, tuning } = await measureGolden(golden);
    for (const [feature, measured] of arrays) {
      if (!isSettled(golden.signal, feature)) continue;
      const verdict = judge(feature, measured, golden.sampleRate / golden.nFft);
      raise(result.worst, feature, verdict.worst);
      if (verdict.stricter !== undefined) raise(result.stricter, feature, verdict.stricter.worst);
      result.rolloff.off += verdict.oneBinOff?.off ?? 0;
      result.rolloff.frames += verdict.oneBinOff?.frames ?? 0;
    }
    if (isSettled(golden.signal, 'tuning') && Math.fround(tuning) !== golden.tuning) result.tuningsWrong.push(`${golden.signal}/${golden.setting}`);
  }
  return result;
}

/** Runs this file again for one backend: backends of one process share native libraries and memory. */
async function inOwnProcess(backend: BackendName, software: boolean): Promise<BackendResult | string> {
  const runner = fileURLToPath(new URL('../scripts/run-ts.mjs', import.meta.url));
  const child = spawn(process.execPath, [runner, fileURLToPath(import.meta.url), '--backend', backend, ...(software ? ['--software-gpu'] : [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  await new Promise((done) => child.on('close', done));
  const answer = out.split('\n').find((line) => line.startsWith('{'));
  if (answer !== undefined) return JSON.parse(answer) as BackendResult;
  return /Error: (.*)/.exec(err)?.[1] ?? err.trim().split('\n').at(-1) ?? 'it ended without a word';
}

function scientific(value: number): string {
  return value === 0 ? '0' : value.toExponential(1);
}

function table(results: readonly BackendResult[]): string {
  const versions = manifest as unknown as { librosa: string };
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const cell = (value: number | undefined, bound: number): string => (value === undefined ? '' : value > bound ? `**${scientific(value)}**` : scientific(value));
  const lines = [
    row(['feature', 'bound', ...results.map(({ backend }) => backend)]),
    row(['---', '---', ...results.map(() => '---:')]),
  ];
  for (const feature of FEATURES) {
    const absolute = (ABSOLUTE as readonly string[]).includes(feature);
    const bound = absolute ? ABSOLUTE_BOUND : RELATIVE_BOUND;
    lines.push(row([feature, `${bound} ${absolute ? 'absolute' : 'of the row'}`, ...results.map(({ worst }) => cell(worst[feature], bound))]));
    if (results.some(({ stricter }) => stricter[feature] !== undefined)) {
      const wider = feature === 'power_spectrogram' ? POWER_BIN_BOUND : RELATIVE_BOUND;
      lines.push(row([`${feature}, by band`, `${wider} of the band over time`, ...results.map(({ stricter }) => cell(stricter[feature], wider))]));
    }
  }
  lines.push(row(['roll-off one bin off', '1 frame in 1000', ...results.map(({ rolloff }) => `${rolloff.off} of ${rolloff.frames}`)]));
  lines.push(row(['tuning', 'exact', ...results.map(({ tuningsWrong }) => (tuningsWrong.length === 0 ? 'exact' : `**${tuningsWrong.join(', ')}**`))]));
  return [
    '# The golden table',
    '',
    `Each feature's worst difference from librosa ${versions.librosa}, over the ${Object.keys(manifest.signals).length} signals of test/golden and both settings`,
    '(2048 by 512, 1024 by 256). Made by `npm run golden`; bold is beyond the bound.',
    '',
    ...lines,
    '',
    'A row is one frame for spectra (power, mel, chroma) and the whole track for single values; "by band" is the other reading, one band over time.',
    'On `impulses` the tuning, and the chroma that follows from it, are left out: librosa\'s own float32 and float64 disagree there.',
    '',
    ...results.map(({ backend, description }) => `- ${backend}: ${description}`),
    `- tfjs-core ${tf.version_core}, Node ${process.versions.node}`,
    '',
  ].join('\n');
}

async function measureAll(): Promise<void> {
  const results: BackendResult[] = [];
  const refused: string[] = [];
  for (const backend of BACKENDS) {
    let result = await inOwnProcess(backend, false);
    if (typeof result === 'string' && backend === 'webgpu') {
      const hardware = result;
      result = await inOwnProcess(backend, true);
      if (typeof result === 'string') result = `${hardware} (nor on a software adapter: ${result})`;
    }
    if (typeof result === 'string') refused.push(`${backend} is left out: ${result}`);
    else results.push(result);
  }
  const text = table(results);
  process.stdout.write(text);
  for (const line of refused) process.stderr.write(`golden: ${line}\n`);
  if (refused.length === 0) writeFileSync(new URL('results/golden.md', import.meta.url), text);
  else process.stderr.write('golden: bench/results/golden.md is kept as it was, for it shows every backend\n');
  const failed = results.some(({ worst, tuningsWrong }) => tuningsWrong.length > 0 || RELATIVE.some((f) => (worst[f] ?? 0) > RELATIVE_BOUND) || ABSOLUTE.some((f) => (worst[f] ?? 0) > ABSOLUTE_BOUND));
  process.exitCode = failed ? 1 : 0;
}

const at = process.argv.indexOf('--backend');
if (at < 0) {
  await measureAll();
} else {
  const backend = process.argv[at + 1] as BackendName;
  if (process.argv.includes('--software-gpu')) allowSoftwareGpu();
  process.stdout.write(`${JSON.stringify(await measureBackend(backend))}\n`);
  // Dawn would keep the process alive.
  process.exit(0);
}
