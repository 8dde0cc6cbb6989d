/**
 * What a small memory costs: the inertia of k-means whose points do not fit, beside Lloyd's on all of them and scikit-learn's MiniBatchKMeans.
 *
 *   node scripts/run-ts.mjs bench/budget-inertia.ts [--points 100000] [--part 10] [--python PYTHON]
 *
 * Points around 40 unequal, overlapping centres, 64 features, k = 20 and 64; three seeds. Ours begins with a sample of one in `part`, then passes over all points in
 * blocks. Python needs scikit-learn (npm run setup:peers); without it that column is left out.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDevice } from '../src/device/open-device.js';
import type { HostPoints } from '../src/host-points.js';
import { kmeans } from '../src/kmeans/kmeans.js';
import { refine } from '../src/kmeans/streamed.js';
import { createRandom } from '../src/random.js';

const { values: args } = parseArgs({ options: { points: { type: 'string', default: '100000' }, part: { type: 'string', default: '10' }, python: { type: 'string', default: '.tools/peers/bin/python' } } });
const n = Number(args.points);
const part = Number(args.part);
const D = 64;
const N_CENTRES = 40;
const SKLEARN = `
import sys, time, json, numpy as np
from sklearn.cluster import MiniBatchKMeans
x = np.fromfile(sys.argv[1], np.float32).reshape(-1, ${D})
out = []
for k in (20, 64):
    for seed in range(3):
        t = time.time()
        m = MiniBatchKMeans(k, random_state=seed, n_init=10, batch_size=max(1024, len(x) // int(sys.argv[2]) // 10)).fit(x)
        out.append({'k': k, 'seed': seed, 'inertia': float(m.inertia_), 'seconds': time.time() - t})
print(json.dumps(out))
`;

function makePoints(): Float32Array {
  const random = createRandom(9);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const centres = Float64Array.from({ length: N_CENTRES * D }, normal);
  const values = new Float32Array(n * D);
  for (let i = 0; i < n; i++) {
    // Sizes fall with the number of the centre, the last some forty times smaller than the first.
    const c = Math.min(N_CENTRES - 1, Math.floor(N_CENTRES ** random.next() - 1));
    for (let f = 0; f < D; f++) values[i * D + f] = centres[c * D + f]! + (0.7 + (c % 5) / 5) * normal();
  }
  return values;
}

const held = (values: Float32Array): HostPoints => ({ shape: [values.length / D, D], values, tensor: () => Promise.reject(new Error('no tensors here')) });

const values = makePoints();
const { device } = await openDevice('wasm', { kernelsOnly: true });
const crew = device.crew!;
const blockRows = 8192;
const ours: { k: number; seed: number; full: number; small: number; begun: number; passes: number; fullSeconds: number; smallSeconds: number }[] = [];
for (const k of [20, 64]) {
  for (let seed = 0; seed < 3; seed++) {
    const t0 = performance.now();
    const full = await kmeans(held(values), { nClusters: k, seed, crew });
    const t1 = performance.now();
    const random = createRandom(seed + 100);
    const rows = Float32Array.from({ length: Math.floor(n / part) * D });
    for (let i = 0; i < rows.length / D; i++) {
      const row = i * part + random.integer(part);
      rows.set(values.subarray(row * D, (row + 1) * D), i * D);
    }
    const sampled = await kmeans(held(rows), { nClusters: k, seed, crew });
    const source = { shape: [n, D] as const, blockRows, read: (b: number) => Promise.resolve(values.subarray(b * blockRows * D, (b + 1) * blockRows * D)) };
    const small = await refine(source, { nClusters: k, start: sampled.centroids, crew });
    const t2 = performance.now();
    ours.push({ k, seed, full: full.inertia, small: small.inertia, begun: small.history[0]!.inertia, passes: small.nIter, fullSeconds: (t1 - t0) / 1000, smallSeconds: (t2 - t1) / 1000 });
  }
}

const folder = mkdtempSync(join(tmpdir(), 'soundkin-inertia-'));
const file = join(folder, 'points.f32');
writeFileSync(file, values);
const python = spawnSync(args.python, ['-c', SKLEARN, file, String(part)], { encoding: 'utf8' });
rmSync(folder, { recursive: true });
const theirs = python.status === 0 ? (JSON.parse(python.stdout) as { k: number; seed: number; inertia: number; seconds: number }[]) : undefined;
if (theirs === undefined) console.error(`no scikit-learn: ${python.error?.message ?? python.stderr.trim().split('\n').at(-1)}`);
console.log(`${n} points, a sample of one in ${part}; percent of the inertia of Lloyd's on all points\n`);
console.log('| k | seed | the sample\'s centroids | with passes | passes | MiniBatchKMeans | seconds: all, ours, MiniBatchKMeans |\n|---:|---:|---:|---:|---:|---:|---:|');
const percent = (value: number, whole: number): string => `${((100 * value) / whole - 100 >= 0 ? '+' : '−')}${Math.abs((100 * value) / whole - 100).toFixed(2)}`;
for (const [i, o] of ours.entries()) {
  const mini = theirs?.[i];
  console.log(`| ${o.k} | ${o.seed} | ${percent(o.begun, o.full)} | ${percent(o.small, o.full)} | ${o.passes} | ${mini === undefined ? '–' : percent(mini.inertia, o.full)} | ${o.fullSeconds.toFixed(1)}, ${o.smallSeconds.toFixed(1)}, ${mini?.seconds.toFixed(1) ?? '–'} |`);
}
