/**
 * k-means on `wasm` beside scikit-learn: whole clusterings, Lloyd's steps, a sweep over k, silhouettes.
 *
 *   node scripts/run-ts.mjs bench/kmeans.ts [--threads 1] [--rounds 3] [--only blobs]      (after npm run build and npm run setup:peers)
 *
 * First both must find the same: ours what scikit-learn finds in float64, whose draws from a seed float32 does not follow there. Then they take turns in float32, which is
 * the faster there, ours, theirs, ours, theirs, each round from its own seed, with as many threads each. Besides seconds the processor time is kept, which other work on the machine disturbs less. Results go to bench/results/kmeans.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { createCrew } from '../src/device/crew.js';
import { openDevice } from '../src/device/open-device.js';
import { adjustedRand, silhouettes } from '../src/evaluate/index.js';
import { kmeans, kmeansEach, type KMeansResult } from '../src/kmeans/index.js';
import { createRandom } from '../src/random.js';
import { webAssembly } from '../src/web-assembly.js';

const { values: options } = parseArgs({ options: { threads: { type: 'string', default: '1' }, rounds: { type: 'string', default: '3' }, only: { type: 'string', default: '' } } });
const threads = Number(options.threads);
const rounds = Number(options.rounds);
const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const python = process.env['SOUNDKIN_PYTHON'] ?? join(root, '.tools', 'peers', 'bin', 'python');
const folder = mkdtempSync(join(tmpdir(), 'soundkin-kmeans-'));

interface Took {
  readonly seconds: number;
  readonly cpu: number;
}
interface Answer extends Took {
  /** Inertias, or silhouettes. */
  readonly values: readonly number[];
  readonly iterations: readonly number[];
  readonly labels?: readonly Int32Array[];
}
interface Workload {
  readonly name: string;
  /** What one run of it is counted as, for a figure a step. */
  readonly steps: number;
  ours(seed: number): Promise<Answer>;
  readonly theirs: object;
  /** The least that a ratio of theirs to ours is to be. */
  readonly goal: number;
}

class Peer {
  private readonly process: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  constructor() {
    this.process = spawn(python, [join(root, 'bench', 'peers', 'kmeans_sklearn.py'), String(threads)], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.process.stdout! })[Symbol.asyncIterator]();
  }
  async next<T>(): Promise<T> {
    const { value, done } = await this.lines.next();
    if (done === true) throw new Error('the peer ended. npm run setup:peers');
    return JSON.parse(value) as T;
  }
  ask(job: object): Promise<Answer> {
    this.process.stdin!.write(`${JSON.stringify(job)}\n`);
    return this.next();
  }
  close(): void {
    this.process.stdin!.end();
  }
}

/** Points of three kinds: round clusters, none at all, and one cloud of features that go together, as sounds' features do. */
function makePoints(kind: 'blobs' | 'uniform' | 'correlated', n: number, d: number, nCentres: number, spread: number): Float32Array {
  const random = createRandom(1);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  if (kind === 'uniform') return Float32Array.from({ length: n * d }, () => 2 * random.next() - 1);
  const out = new Float32Array(n * d);
  if (kind === 'blobs') {
    const centres = Float64Array.from({ length: nCentres * d }, () => 10 * random.next() - 5);
    for (let i = 0; i < n; i++) {
      const centre = random.integer(nCentres) * d;
      for (let f = 0; f < d; f++) out[i * d + f] = centres[centre + f]! + spread * normal();
    }
    return out;
  }
  // Each feature is its own noise and a share of sixteen common ones, of falling strength.
  const shares = Float64Array.from({ length: d * 16 }, (_, i) => normal() / (1 + (i % 16) / 4));
  const common = new Float64Array(16);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < 16; c++) common[c] = normal();
    for (let f = 0; f < d; f++) {
      let value = normal();
      for (let c = 0; c < 16; c++) value += shares[f * 16 + c]! * common[c]!;
      out[i * d + f] = value;
    }
  }
  return out;
}

const crew = createCrew(new webAssembly.Module(readFileSync(join(root, 'dist', 'kmeans', 'kernels', 'wasm', 'points.wasm'))), threads);

async function timed(work: () => Promise<Omit<Answer, 'seconds' | 'cpu'>>): Promise<Answer> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const answer = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { ...answer, seconds: (performance.now() - started) / 1000, cpu: (user + system) / 1e6 };
}

const told = (results: readonly KMeansResult[]): Omit<Answer, 'seconds' | 'cpu'> => ({
  values: results.map(({ inertia }) => inertia),
  iterations: results.map(({ nIter }) => nIter),
  labels: results.map(({ labels }) => labels),
});

function workloads(): Workload[] {
  const [n, d, k] = [200_000, 64, 64];
  const [m, wide] = [10_000, 252];
  const ks = Array.from({ length: 15 }, (_, i) => i + 2);
  const iterations = 20;
  const all: Workload[] = [];
  const write = (name: string, values: Float32Array): string => {
    const file = join(folder, `${name}.f32`);
    writeFileSync(file, values);
    return file;
  };
  for (const kind of ['blobs', 'uniform'] as const) {
    if (!kind.includes(options.only)) continue;
    const values = makePoints(kind, n, d, k, 2);
    const points = tf.tensor2d(values, [n, d]);
    const start = tf.tensor2d(values.slice(0, k * d), [k, d]);
    const given = { file: write(kind, values), shape: [n, d], k };
    all.push({
      name: `${kind}, ${n}×${d}, k = ${k}: k-means++ and one run`,
      steps: 1,
      goal: 5,
      ours: (seed) => timed(async () => told([await kmeans(points, { nClusters: k, nInit: 1, seed, crew })])),
      theirs: { ...given, job: 'fit', nInit: 1 },
    });
    all.push({
      name: `${kind}, ${n}×${d}, k = ${k}: a step, of the first ${iterations}`,
      steps: iterations,
      goal: 1.4,
      ours: () => timed(async () => told([await kmeans(points, { nClusters: k, init: start, maxIter: iterations, tol: 0, crew })])),
      theirs: { ...given, job: 'step', iterations, start: write(`${kind}-start`, values.slice(0, k * d)) },
    });
  }
  for (const kind of ['blobs', 'correlated'] as const) {
    if (!kind.includes(options.only)) continue;
    const values = makePoints(kind, m, wide, 12, 4);
    const points = tf.tensor2d(values, [m, wide]);
    const given = { file: write(`${kind}-wide`, values), shape: [m, wide], ks };
    all.push({
      name: `${kind}, ${m}×${wide}: sweep k = 2..16, 10 starts each`,
      steps: 1,
      goal: 5,
      ours: (seed) => timed(async () => told(await kmeansEach(points, ks, { nInit: 10, seed, crew }))),
      theirs: { ...given, job: 'sweep', nInit: 10 },
    });
    const labels = ks.map((clusters) => Int32Array.from({ length: m }, (_, i) => (i * 7919) % clusters));
    const file = join(folder, `${kind}.i32`);
    writeFileSync(file, Buffer.concat(labels.map((row) => new Uint8Array(row.buffer))));
    all.push({
      name: `${kind}, ${m}×${wide}: silhouettes of 15 labellings`,
      steps: 1,
      goal: 1,
      ours: () => timed(async () => ({ values: (await silhouettes(points, labels, { crew })).map(({ mean }) => mean), iterations: [] })),
      theirs: { ...given, job: 'silhouette', labels: file },
    });
  }
  return all;
}

/** Labels are looked at where the run is one: in a sweep, inertias tell. */
function check(name: string, ours: Answer, theirs: Answer, out: string): string {
  const worst = Math.max(...ours.values.map((value, i) => (name.includes('silhouette') ? Math.abs(value - theirs.values[i]!) : value / theirs.values[i]! - 1)));
  if (worst > 1e-3) throw new Error(`${name}: expected ${theirs.values.join(' ')}, got ${ours.values.join(' ')}`);
  if (name.includes('silhouette')) return `differs by ${worst.toExponential(0)} at most`;
  const rand = ours.labels!.length > 1 ? undefined : adjustedRand(ours.labels![0]!, new Int32Array(readFileSync(out).buffer.slice(0)));
  return `inertia ${(worst * 100).toFixed(4)} % at most${rand === undefined ? '' : `, ARI ${rand.toFixed(4)}, ${ours.iterations[0]} and ${theirs.iterations[0]} iterations`}`;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

await openDevice('wasm');
const peer = new Peer();
try {
  const { versions } = await peer.next<{ versions: Record<string, string> }>();
  const rows: string[] = [];
  const kept: object[] = [];
  for (const { name, steps, goal, ours, theirs } of workloads()) {
    const out = join(folder, 'labels.i32');
    const [a, b] = [await ours(0), await peer.ask({ ...theirs, seed: 0, dtype: 'float64', ...(!name.includes('silhouette') && { out }) })];
    const same = check(name, a, b, out);
    const runs: { ours: Took; theirs: Took }[] = [];
    for (let round = 0; round < rounds; round++) {
      const { seconds, cpu } = await ours(round);
      const their = await peer.ask({ ...theirs, seed: round, dtype: 'float32' });
      runs.push({ ours: { seconds, cpu }, theirs: { seconds: their.seconds, cpu: their.cpu } });
    }
    const of = (who: 'ours' | 'theirs', what: keyof Took): number[] => runs.map((run) => (run[who][what] / steps) * (steps > 1 ? 1000 : 1));
    const spread = (values: readonly number[]): string => `${median(values).toPrecision(3)} (${Math.min(...values).toPrecision(3)} to ${Math.max(...values).toPrecision(3)})${steps > 1 ? ' ms' : ' s'}`;
    const ratio = median(runs.map((run) => run.theirs.seconds / run.ours.seconds));
    const ratio64 = b.seconds / a.seconds;
    const cpuRatio = median(runs.map((run) => run.theirs.cpu / run.ours.cpu));
    rows.push(`| ${name} | ${spread(of('ours', 'seconds'))} | ${spread(of('theirs', 'seconds'))} | ${ratio.toFixed(2)} | ${cpuRatio.toFixed(2)} | ${ratio64.toFixed(2)} | ${goal} | ${same} |`);
    kept.push({ name, steps, goal, ratio, cpuRatio, ratio64, same, runs });
    process.stderr.write(`${rows.at(-1)!}\n`);
  }
  const text = [
    '# k-means beside scikit-learn',
    '',
    `${threads === 1 ? 'One thread' : `${threads} threads`} each, float32, ${rounds} rounds in turn, each from its own seed: median (least to most), and the median of the rounds' ratios, in seconds and in processor time. Before them one round to check and warm up, in which scikit-learn computes in float64: that one's ratio, and what was found.`,
    '',
    '| | Soundkin, `wasm` | scikit-learn | ratio | of processor time | to float64 | goal | result |',
    '|---|---:|---:|---:|---:|---:|---:|---|',
    ...rows,
    '',
    `${cpus()[0]?.model ?? 'a processor'}, Node ${process.version}, load average ${loadavg()[1]!.toFixed(1)} on ${cpus().length} cores, ${Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ')}.`,
    '',
  ].join('\n');
  process.stdout.write(text);
  if (options.only === '') {
    mkdirSync(join(root, 'bench', 'results'), { recursive: true });
    const name = threads === 1 ? 'kmeans' : `kmeans-${threads}-threads`;
    writeFileSync(join(root, 'bench', 'results', `${name}.md`), text);
    writeFileSync(join(root, 'bench', 'results', `${name}.json`), `${JSON.stringify({ threads, rounds, versions, workloads: kept }, null, 1)}\n`);
  }
} finally {
  peer.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0); // a backend's threads would keep the process alive
