/**
 * How well the recipes separate labelled sounds: the five development sets, both recipes, ten seeds.
 *
 *   npm run separation -- [--python] [--only prefix,drums] [--keep FILE]
 *
 * Builds the sets in .dev-sets from Debian packages (needs apt-get, ffmpeg and fluidsynth), clusters each with as many clusters as it has labels, prints the
 * table and keeps it in bench/results. --python also runs the classic recipe in librosa and scikit-learn (npm run setup:peers) on the same WAV files.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cluster } from '../src/commands/cluster.js';
import { extract } from '../src/commands/extract.js';
import { parseCsv } from '../src/labels/parse-csv.js';
import { separationTable, type Scores, type SetResult } from './separation-table.js';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const SETS = ['prefix', 'drums', 'mixed', 'voices', 'instruments'];
const SEEDS = 10;
const { values: args } = parseArgs({ options: { python: { type: 'boolean', default: false }, only: { type: 'string' }, keep: { type: 'string', default: join(root, 'bench', 'results', 'separation') } } });
const sets = args.only?.split(',') ?? SETS;
const folder = join(root, '.dev-sets', 'wav');

if (!sets.every((set) => existsSync(join(folder, set, 'labels.csv')))) {
  execFileSync('bash', [join(root, 'bench', 'dev-sets', 'make-dev-set.sh'), '--wav', '--instruments', ...(args.only === undefined ? [] : ['--only', args.only]), folder], { stdio: ['ignore', process.stderr, process.stderr] });
}

function classesOf(labels: string): number {
  return new Set(parseCsv(readFileSync(labels, 'utf8')).slice(1).map(([, label]) => label)).size;
}

async function soundkin(set: string, library: string, features: 'kin' | 'seed'): Promise<Scores[]> {
  const labels = join(folder, set, 'labels.csv');
  const scores: Scores[] = [];
  for (let seed = 0; seed < SEEDS; seed++) {
    const { scores: found } = await cluster({ library, k: classesOf(labels), seed, features, labels, report: false, backend: 'wasm' });
    scores.push({ vMeasure: found.vMeasure!, adjustedRand: found.adjustedRand!, silhouette: found.silhouette! });
  }
  return scores;
}

interface PythonResult {
  readonly librosa: string;
  readonly 'scikit-learn': string;
  readonly scores: Scores[];
}

function python(set: string): PythonResult {
  const interpreter = process.env['SOUNDKIN_PYTHON'] ?? join(root, '.tools', 'peers', 'bin', 'python');
  return JSON.parse(execFileSync(interpreter, [join(root, 'bench', 'peers', 'seed_recipe.py'), join(folder, set)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })) as PythonResult;
}

const results: SetResult[] = [];
let versions = '';
for (const set of sets) {
  const library = mkdtempSync(join(tmpdir(), 'soundkin-separation-'));
  try {
    const { files } = await extract({ library, sounds: [join(folder, set)], backend: 'wasm' });
    const peer = args.python ? python(set) : undefined;
    if (peer !== undefined) versions = `librosa ${peer.librosa}, scikit-learn ${peer['scikit-learn']}`;
    results.push({
      set,
      sounds: files.ok,
      failed: files.failed,
      classes: classesOf(join(folder, set, 'labels.csv')),
      kin: await soundkin(set, library, 'kin'),
      seed: await soundkin(set, library, 'seed'),
      ...(peer && { python: peer.scores }),
    });
    process.stderr.write(`${set} done\n`);
  } finally {
    rmSync(library, { recursive: true, force: true });
  }
}
const text = separationTable(results, versions);
process.stdout.write(text);
if (args.only === undefined) {
  writeFileSync(`${args.keep}.json`, `${JSON.stringify({ seeds: SEEDS, peer: versions, results }, null, 1)}\n`);
  writeFileSync(`${args.keep}.md`, text);
}
process.exit(0); // a backend's threads would keep the process alive
