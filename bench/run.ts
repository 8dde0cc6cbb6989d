/**
 * The bench: Soundkin on every backend beside its peers, stage by stage and as whole jobs.
 *
 *   npm run bench                              all but what is on demand (after npm run build and npm run setup:peers -- --torch)
 *   npm run bench -- --only features,kmeans    these
 *   npm run bench -- --quick                   small and few rounds, into a temporary folder: to see that all works
 *   npm run bench -- --list                    what there is
 *
 * --scale 0.1 makes a tenth of the large libraries; --rounds N; --out FOLDER (bench/results); --stale takes an older build; --draw draws tables and chart from the JSON that is there.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machineFacts } from '../src/bench/index.js';
import { probeDevices } from '../src/device/open-device.js';
import { DIST, ROOT } from './harness/adapter-process.js';
import { chartSvg } from './harness/chart-svg.js';
import type { BenchContext, Stage } from './harness/context.js';
import type { Result } from './harness/result.js';
import { resultPage, resultTable } from './harness/result-table.js';
import { decode } from './stages/decode.js';
import { features } from './stages/features.js';
import { kmeans } from './stages/kmeans.js';
import { oneShotLibrary, songLibrary, tenHours } from './stages/libraries.js';
import { seedJob } from './stages/seed-job.js';

const STAGES: readonly Stage[] = [features, decode, kmeans, seedJob, oneShotLibrary, songLibrary, tenHours];
/** Of results in tables and chart. */
const ORDER = ['features', 'features-from-files', 'seed-job', 'one-shots', 'songs', 'ten-hours', 'decode-wav', 'decode-flac', 'decode-mp3', 'decode-ogg', 'resample', 'kmeans-10k', 'kmeans-sweep', 'kmeans-200k', 'kmeans-1m', 'kmeans-quick'];

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    scale: { type: 'string' },
    rounds: { type: 'string' },
    out: { type: 'string' },
    list: { type: 'boolean', default: false },
    stale: { type: 'boolean', default: false },
    draw: { type: 'boolean', default: false },
  },
});

function fail(message: string): never {
  process.stderr.write(`bench: ${message}\n`);
  process.exit(2);
}

function chosenStages(): Stage[] {
  if (values.only === undefined) return STAGES.filter(({ onDemand }) => onDemand !== true);
  return values.only.split(',').map((name) => STAGES.find((stage) => stage.name === name) ?? fail(`expected --only to name ${STAGES.map((stage) => stage.name).join(', ')}, got "${name}".`));
}

function positive(text: string | undefined, standard: number, option: string): number {
  const value = text === undefined ? standard : Number(text);
  return value > 0 ? value : fail(`expected --${option} to be a number above 0, got "${text}".`);
}

/** A source that the built command line does not hold yet: its figures would be those of an older Soundkin. */
function newerThanBuild(): string | undefined {
  const cli = join(DIST, 'cli.js');
  if (!existsSync(cli)) return 'all of it';
  const built = statSync(cli).mtimeMs;
  return (readdirSync(join(ROOT, 'src'), { recursive: true }) as string[]).find((name) => name.endsWith('.ts') && statSync(join(ROOT, 'src', name)).mtimeMs > built);
}

/** Tables and the chart from every JSON of a bench in the folder. */
function draw(folder: string): void {
  const results = readdirSync(folder)
    .filter((name) => name.startsWith('bench-') && name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Result)
    .sort((a, b) => ORDER.indexOf(a.workload) - ORDER.indexOf(b.workload));
  writeFileSync(join(folder, 'bench.md'), resultPage(results));
  writeFileSync(join(folder, 'bench.svg'), chartSvg(results));
}

if (values.list) {
  for (const { name, about, onDemand } of STAGES) process.stdout.write(`${name.padEnd(12)} ${about}${onDemand === true ? ' (only when named)' : ''}\n`);
  process.exit(0);
}
// Quick figures are none: they must not replace those that are kept.
const folder = values.out ?? (values.quick ? mkdtempSync(join(tmpdir(), 'soundkin-bench-results-')) : join(ROOT, 'bench', 'results'));
mkdirSync(folder, { recursive: true });
if (values.draw) {
  draw(folder);
  process.exit(0);
}

const stages = chosenStages();
const stale = newerThanBuild();
if (stale !== undefined && !values.stale) fail(`expected dist to be newer than the sources, but ${stale} has changed since. Run \`npm run build\` first, or take --stale.`);
const found = await probeDevices();
for (const entry of found) if (!('device' in entry)) process.stderr.write(`SKIPPED backend ${entry.backend}: ${entry.reason}\n`);
const context: BenchContext = {
  quick: values.quick,
  scale: positive(values.scale, values.quick ? 0.01 : 1, 'scale'),
  rounds: Math.max(1, Math.round(positive(values.rounds, values.quick ? 2 : 5, 'rounds'))),
  cores: availableParallelism(),
  backends: found.flatMap((entry) => ('device' in entry ? [entry.backend] : [])).sort((a, b) => Number(b === 'wasm') - Number(a === 'wasm')),
  gpuBackends: found.flatMap((entry) => ('device' in entry && entry.device.isGpu ? [entry.backend] : [])),
};
const command = ['npm run bench --', ...process.argv.slice(2)].join(' ').replace(/ --$/, '');
let failed = false;
for (const stage of stages) {
  process.stderr.write(`${stage.name}: ${stage.about}\n`);
  const machine = machineFacts();
  try {
    for (const part of await stage.run(context)) {
      const result: Result = { ...part, machine, quick: values.quick, command };
      writeFileSync(join(folder, `bench-${result.workload}.json`), `${JSON.stringify(result, null, 1)}\n`);
      process.stdout.write(`${resultTable(result).join('\n')}\n`);
    }
  } catch (error) {
    failed = true;
    process.stderr.write(`FAILED ${stage.name}: ${(error as Error).stack}\n`);
  }
}
draw(folder);
process.stderr.write(`Kept in ${folder}\n`);
process.exit(failed ? 1 : 0); // a backend's threads would keep the process alive
