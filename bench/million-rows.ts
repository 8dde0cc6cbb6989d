/**
 * Every command on a library of a million rows: seconds, and the most memory that the process took.
 *
 *   node scripts/run-ts.mjs bench/million-rows.ts [--rows N] [--folder DIR] [--make] [--only cluster,export] [--keep FILE] [--leave]
 *
 * Makes a library of N rows (default 1 000 000, some 1.8 GB) of both recipes' widths, with 40 planted clusters of unequal sizes and widths, by the library's own
 * writer; then runs the built command line (npm run build), a process a command, and deletes the library. --make only makes it, --leave lets it be.
 * Memory is read from /proc, so Linux alone tells it.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DEFAULT_ANALYSIS } from '../src/config/analysis.js';
import { FEATURE_LAYOUTS, FEATURE_SET_VERSION, featureLayout } from '../src/features/feature-set.js';
import { openLibrary, type LibraryFormat, type TrackRow } from '../src/library/index.js';

const { values: args } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, folder: { type: 'string', default: join(tmpdir(), 'soundkin-million') }, make: { type: 'boolean', default: false }, only: { type: 'string' }, keep: { type: 'string' }, leave: { type: 'boolean', default: false } },
});
const nRows = Number(args.rows);
const library = resolve(args.folder);
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

const FILE_ROWS = 20_000;
const N_PLANTED = 40;
const FORMAT: LibraryFormat = {
  featureSetVersion: FEATURE_SET_VERSION,
  settings: DEFAULT_ANALYSIS,
  recipes: FEATURE_LAYOUTS.map((name) => ({ name, width: featureLayout(name, DEFAULT_ANALYSIS).width })),
};

/** 32 random bits a call: the Mersenne Twister of src/random would take a minute for so many numbers. */
function createBits(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

async function makeLibrary(): Promise<void> {
  const bits = createBits(20_261);
  /** Nearly normal: 16 bits each of two words, summed. Deviation 1. */
  const normal = (): number => {
    const a = bits();
    const b = bits();
    return ((a >>> 16) + (a & 0xffff) + (b >>> 16) + (b & 0xffff) - 131_070) / 37_837;
  };
  const planted = Array.from({ length: N_PLANTED }, () => ({
    spread: 0.7 + (bits() % 1000) / 1000,
    centres: FORMAT.recipes.map(({ width }) => Float32Array.from({ length: width }, () => 0.9 * normal())),
  }));
  // Sizes as in a real library: the largest some forty times the smallest.
  const shares = planted.map((_, c) => 1 / (c + 1));
  const all = shares.reduce((sum, share) => sum + share, 0);
  const clusterOf = (): number => {
    let left = (bits() / 2 ** 32) * all;
    return Math.max(0, shares.findIndex((share) => (left -= share) < 0));
  };
  const made = await openLibrary(library, { create: FORMAT });
  for (let start = 0; start < nRows; start += FILE_ROWS) {
    const rows = Array.from({ length: Math.min(FILE_ROWS, nRows - start) }, (_, i): TrackRow => {
      const number = start + i;
      const { spread, centres } = planted[clusterOf()]!;
      const features = Object.fromEntries(FORMAT.recipes.map(({ name }, r) => [name, centres[r]!.map((centre, f) => 100 * (f % 7) + (1 + (f % 5)) * (centre + spread * normal()))]));
      const failed = number % 1000 === 999;
      return {
        root: '/srv/sounds/library',
        path: `collection ${String(Math.floor(number / 50_000)).padStart(2, '0')}/pack ${String(Math.floor(number / 500) % 100).padStart(3, '0')}/take ${String(number).padStart(7, '0')} bright.wav`,
        size: 100_000 + (bits() % 5_000_000),
        mtimeMs: 1_700_000_000_000 + (bits() % 1_000_000_000),
        contentId: `${bits().toString(16).padStart(8, '0')}${bits().toString(16).padStart(8, '0')}${number.toString(16).padStart(16, '0')}`,
        durationSeconds: (bits() % 300_000) / 1000,
        sampleRate: 44_100,
        channels: 2,
        format: 'wav',
        decoder: 'pcm',
        excerpt: null,
        title: number % 4 === 0 ? `Take ${number}` : null,
        artist: null,
        album: null,
        genre: null,
        backend: 'wasm',
        features: failed ? null : features,
        code: failed ? 'DECODE_NOT_AUDIO' : null,
        message: failed ? 'decode: expected audio, got text.' : null,
        removed: false,
      };
    });
    await made.appendRows(rows);
    process.stderr.write(`\r${start + rows.length} rows`);
  }
  process.stderr.write('\n');
  await made.close();
}

interface Run {
  readonly what: string;
  readonly seconds: number;
  readonly peakMegabytes: number;
  readonly status: number;
}

/** Runs the command line, and watches its memory. */
async function run(what: string, given: readonly string[]): Promise<Run> {
  const started = performance.now();
  const child = spawn(process.execPath, [cli, ...given, '--library', library], { stdio: ['ignore', 'pipe', 'inherit'] });
  let peak = 0;
  let output = '';
  child.stdout.on('data', (part: Buffer) => (output = (output + part.toString()).slice(-4000)));
  const watch = setInterval(() => {
    try {
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0));
    } catch {
      // It has just ended, or this is no Linux.
    }
  }, 50);
  const status = await new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)));
  clearInterval(watch);
  if (status !== 0) process.stderr.write(output);
  const result = { what, seconds: (performance.now() - started) / 1000, peakMegabytes: peak / 1024, status };
  process.stderr.write(`${what}: ${result.seconds.toFixed(1)} s, ${result.peakMegabytes.toFixed(0)} MB${status === 0 ? '' : `, status ${status}`}\n`);
  return result;
}

const COMMANDS: readonly (readonly [name: string, ...given: string[]])[] = [
  ['cluster', 'cluster', '--k', '20', '--json'],
  ['cluster seed', 'cluster', '--k', '20', '--json', '--features', 'seed', '--name', 'classic'],
  ['sweep', 'sweep', '--k', '2..20', '--json'],
  ['show', 'show', '--json'],
  ['show 3', 'show', '3', '--json'],
  ['export csv', 'export', 'csv', '--out', join(library, 'out.csv'), '--json'],
  ['export json', 'export', 'json', '--out', join(library, 'out.json'), '--json'],
  ['export m3u8', 'export', 'm3u8', '--out', join(library, 'playlists'), '--json'],
  ['export parquet', 'export', 'parquet', '--out', join(library, 'out.parquet'), '--json'],
  ['report', 'report', '--json'],
];

if (!existsSync(join(library, 'library.json'))) await makeLibrary();
if (!args.make) {
  const only = args.only?.split(',');
  const runs: Run[] = [];
  for (const [name, ...given] of COMMANDS) if (only === undefined || only.some((word) => name.startsWith(word))) runs.push(await run(name, given));
  const page = join(library, 'report.html');
  const table = [
    '| command | seconds | peak memory, MB |',
    '|---|---:|---:|',
    ...runs.map(({ what, seconds, peakMegabytes, status }) => `| ${what} | ${status === 0 ? seconds.toFixed(1) : `failed (${status})`} | ${peakMegabytes.toFixed(0)} |`),
    ...(existsSync(page) ? ['', `The page: ${(statSync(page).size / 1e6).toFixed(1)} MB.`] : []),
  ].join('\n');
  console.log(`${nRows} rows\n\n${table}`);
  if (args.keep !== undefined) writeFileSync(args.keep, `${nRows} rows\n\n${table}\n`);
}
if (!args.make && !args.leave) rmSync(library, { recursive: true, force: true });
