import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { VERB_NAMES } from '../../src/terminal/commands.js';
import { textWidth } from '../../src/terminal/text-width.js';
import { buildCommandLine, runProgram, type Run, type RunOptions } from '../support/command-line.js';
import { copySamples, temporaryFolder, TWELVE } from '../support/real-samples.js';
import { pack, wav } from '../support/wav-bytes.js';

const work = temporaryFolder();
let cli = '';
const soundkin = (args: readonly string[], options: RunOptions = {}): Promise<Run> => runProgram(process.execPath, [cli, ...args], { cwd: work, ...options });

/** The one JSON object that stdout must be. */
function objectOf({ stdout }: Run): Record<string, unknown> {
  expect(stdout.endsWith('\n')).toBe(true);
  expect(stdout.trimEnd().includes('\n')).toBe(false);
  return JSON.parse(stdout) as Record<string, unknown>;
}

const errorOf = (run: Run): { code: string; message: string } => {
  const object = objectOf(run);
  expect(Object.keys(object)).toEqual(['error']);
  return object['error'] as { code: string; message: string };
};

/** Nothing but ours may reach the terminal: no warning of Node's, no log of a native library's. */
const noNoise = ({ stderr }: Run): void => expect(stderr).toBe('');

const tone = wav(pack(Array.from({ length: 22050 }, (_, i) => Math.round(9000 * Math.sin(i / 7))), 's16'), { sampleRate: 22050 });

beforeAll(async () => {
  cli = await buildCommandLine();
  copySamples(join(work, 'good'), TWELVE);
  copySamples(join(work, 'mixed'), ['bd_ada', 'tabla_na', 'elec_blip']);
  writeFileSync(join(work, 'mixed', 'text.wav'), 'no sound');
  writeFileSync(join(work, 'mixed', 'zero.wav'), '');
  writeFileSync(join(work, 'mixed', 'short.wav'), tone.subarray(0, 30_000));
  writeFileSync(join(work, 'mixed', 'two\nlines 🎵.wav'), tone);
  for (const folder of ['empty', 'silent', 'other']) mkdirSync(join(work, folder));
  writeFileSync(join(work, 'silent', 'readme.md'), '# no sound');
  writeFileSync(join(work, 'other', 'thing.txt'), 'mine');
  writeFileSync(join(work, 'file'), 'plain');
  writeFileSync(join(work, 'good.csv'), ['path,label', ...TWELVE.map((name) => `good/${name}.flac,${name.split('_')[0]}`)].join('\n'));
  const made = await soundkin(['cluster', 'good', '--k', '3', '--library', 'lib', '--backend', 'wasm', '--quiet', '--no-report']);
  expect([made.status, made.stderr]).toEqual([0, '']);
});

describe('help', () => {
  it('comes at once, with every command, an example, and nothing else needed', async () => {
    for (const args of [['--help'], ['-h'], ['help'], []]) {
      const run = await soundkin(args);
      expect(run.status).toBe(0);
      noNoise(run);
      for (const verb of VERB_NAMES) expect(run.stdout).toContain(`soundkin ${verb}`);
      expect(run.stdout).toContain('Examples:');
    }
  });

  it.each(VERB_NAMES)('of %s fits its width and says how to use it', async (verb) => {
    for (const columns of ['40', '80']) {
      const run = await soundkin([verb, '--help'], { env: { COLUMNS: columns } });
      expect(run.status).toBe(0);
      noNoise(run);
      expect(run.stdout).toContain('--library');
      if (verb !== 'doctor') expect(run.stdout).toContain('Examples:');
      if (columns === '40') expect((await soundkin(['help', verb], { env: { COLUMNS: '40' } })).stdout).toBe(run.stdout);
      if (columns === '80') for (const line of run.stdout.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(80);
    }
  });

  it('starts without TensorFlow.js, DuckDB or a decoder', async () => {
    const hook = join(work, 'hook.mjs');
    writeFileSync(hook, "export async function load(url, context, next) { if (/tensorflow|duckdb|umap|decoder|cli-table3|cli-progress/.test(url)) throw new Error('loaded ' + url); return next(url, context); }");
    const register = join(work, 'register.mjs');
    writeFileSync(register, "import { register } from 'node:module'; register('./hook.mjs', import.meta.url);");
    const run = await runProgram(process.execPath, ['--import', register, cli, '--help'], { cwd: work });
    expect([run.status, run.stderr]).toEqual([0, '']);
  });

  it('tells the version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
    for (const flag of ['--version', '-V']) expect((await soundkin([flag])).stdout).toBe(`${version}\n`);
  });
});

describe('a mistake on the command line gets one line, status 2, and the way to the help', () => {
  it.each([
    [['frobnicate'], /expected a command .*got "frobnicate".*`soundkin --help`/],
    [['clustre', 'good'], /got "clustre"\. Did you mean cluster\?/],
    [['--json-ish'], /expected a command/],
    [['extract'], /extract: expected .*missing.*`soundkin extract --help`/],
    [['evaluate'], /evaluate: expected --labels/],
    [['show', '--frob'], /show: expected known arguments, got frob/],
    [['export', 'xml'], /export: .*format got "xml", but takes "m3u8", "csv", "json", "parquet"/],
    [['cluster', 'good', '--backend', 'abacus'], /backend got "abacus"/],
    [['cluster', 'good', '--features', 'all'], /features got "all"/],
    [['show', '--library'], /expected a value behind --library/],
    [['show', 'abc'], /show: expected a number for the cluster/],
    [['show', '1', '2'], /show: expected/],
    [['export', 'csv', '--cluster', 'x'], /expected a number for the cluster/],
    [['cluster', 'good', '--seed', 'x'], /expected a number for --seed/],
    [['cluster', 'good', '--n-fft', 'x'], /expected a number for --n-?f/i],
    ...['0', '-1', 'abc', '5..2', '2.5'].map((k) => [['cluster', 'good', '--k', k], new RegExp(`cluster|sweep: expected --k .*got "${k}"`)] as const),
    [['sweep', '--k', '4'], /sweep: expected --k to be a range/],
  ] as readonly (readonly [string[], RegExp])[])('%o', async (args, told) => {
    const run = await soundkin(args);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toMatch(told);
    expect(run.stderr).toMatch(/^soundkin: .+ \(USAGE\)\n$/);
  });

  it('is one JSON object with --json', async () => {
    for (const args of [['frobnicate', '--json'], ['--json'], ['extract', '--json'], ['cluster', 'good', '--k', 'abc', '--json']]) {
      const run = await soundkin(args);
      expect(run.status).toBe(2);
      expect(errorOf(run)).toMatchObject({ code: 'USAGE' });
    }
  });

  it('is no mistake to name an option twice, or to end the options with --', async () => {
    expect((await soundkin(['show', '--library', 'nowhere', '--library', 'lib'])).status).toBe(0);
    const run = await soundkin(['extract', '--library', 'lib', '--backend', 'wasm', '--json', '--', 'good']);
    expect(objectOf(run)).toMatchObject({ files: { found: 12, unchanged: 12 } });
  });
});

describe('what the user can mend gets one line and status 2', () => {
  it.each([
    [['cluster', 'nope', '--library', 'new'], 'SCAN_NOT_FOUND'],
    [['cluster', 'empty', '--library', 'new'], 'SCAN_EMPTY'],
    [['cluster', 'silent', '--library', 'new'], 'SCAN_EMPTY'],
    [['extract', 'good', 'nope', '--library', 'new'], 'SCAN_NOT_FOUND'],
    [['cluster', '--library', 'lib', '--k', '99'], 'CLUSTER_TOO_FEW'],
    [['cluster', '--library', 'lib', '--k', '2', '--labels', 'nope.csv'], 'LABELS_NOT_FOUND'],
    [['cluster', '--library', 'lib', '--k', '2', '--labels', 'file'], 'LABELS_FORMAT'],
    [['evaluate', '--library', 'lib', '--labels', 'good'], 'LABELS_NOT_FOUND'],
    [['show', '99', '--library', 'lib'], 'CLUSTER_UNKNOWN'],
    [['show', '-1', '--library', 'lib'], 'CLUSTER_UNKNOWN'],
    [['show', '--name', 'other', '--library', 'lib'], 'CLUSTERING_NOT_FOUND'],
    [['play', '99', '--library', 'lib'], 'CLUSTER_UNKNOWN'],
    [['play', 'nope.wav', '--library', 'lib'], 'CLUSTER_UNKNOWN'],
    [['export', 'csv', '--cluster', '99', '--library', 'lib'], 'CLUSTER_UNKNOWN'],
    [['export', 'parquet', '--library', 'lib'], 'EXPORT_FORMAT'],
    [['extract', 'good', '--library', 'lib', '--n-fft', '1024'], 'LIBRARY_MIXED'],
    [['extract', 'good', '--library', 'lib', '--n-fft', '3'], 'CONFIG_RANGE'],
    ...['cluster', 'sweep', 'show', 'play 0', 'export csv', 'report', 'evaluate --labels prefix'].flatMap((line) => [
      [[...line.split(' '), '--library', 'nowhere'], 'LIBRARY_NOT_FOUND'] as const,
      [[...line.split(' '), '--library', 'other'], 'LIBRARY_FORMAT'] as const,
    ]),
    [['show', '--library', 'file'], 'LIBRARY_NOT_FOUND'],
    [['cluster', 'good', '--library', 'file'], 'LIBRARY_WRITE'],
    [['extract', 'good', '--library', 'other'], 'LIBRARY_FORMAT'],
  ] as readonly (readonly [string[], string])[])('%o: %s', async (args, code) => {
    const run = await soundkin([...args, '--json']);
    expect(run.status).toBe(2);
    expect(errorOf(run).code).toBe(code);
    expect(run.stderr.split('\n')).toHaveLength(2);
    expect(run.stderr).toContain(`(${code})`);
  });

  it('leaves nothing behind', async () => {
    expect(readdirSync(work).filter((name) => name === 'new' || name === 'nowhere')).toEqual([]);
    expect(readdirSync(join(work, 'other'))).toEqual(['thing.txt']);
  });
});

describe('cluster', () => {
  it('gives scripts what they rely on', async () => {
    const run = await soundkin(['cluster', 'good', '--k', '4', '--seed', '0', '--features', 'seed', '--labels', 'good.csv', '--library', 'lib', '--json']);
    expect(run.status).toBe(0);
    noNoise(run);
    const object = objectOf(run) as { sizes: number[]; scores: Record<string, number>; files: object; seconds: number };
    expect(object).toMatchObject({ k: 4, inertia: expect.any(Number), files: { ok: 12, failed: 0 }, seconds: expect.any(Number), recipe: 'seed' });
    expect(object.sizes.reduce((sum, size) => sum + size, 0)).toBe(12);
    for (const name of ['silhouette', 'homogeneity', 'completeness', 'vMeasure', 'adjustedRand', 'adjustedMutualInfo']) expect(object.scores[name]).toEqual(expect.any(Number));
    expect(run.stdout).not.toContain('"tracks"');
  });

  it('has null for a score that is not defined', async () => {
    const object = objectOf(await soundkin(['cluster', '--k', '1', '--library', 'lib', '--name', 'one', '--no-report', '--json']));
    expect(object).toMatchObject({ sizes: [12], scores: { silhouette: null }, files: { ok: 12, failed: 0 } });
  });

  it('goes on past bad files, lists them, keeps them as rows, and ends with 1, the second time too', async () => {
    for (const measured of [5, 0]) {
      const run = await soundkin(['cluster', 'mixed', '--k', '2', '--library', 'mixed-lib', '--backend', 'wasm', '--no-report', '--json']);
      expect(run.status).toBe(1);
      noNoise(run);
      const object = objectOf(run) as { problems: { path: string; code: string }[] };
      expect(object).toMatchObject({ files: { ok: 5, failed: 2, damaged: 1, measured }, k: 2 });
      expect(object.problems.map(({ path, code }) => `${path} ${code}`)).toEqual(['short.wav DECODE_TRUNCATED', 'text.wav DECODE_NOT_AUDIO', 'zero.wav DECODE_EMPTY']);
    }
    const told = await soundkin(['cluster', 'mixed', '--k', '2', '--library', 'mixed-lib', '--no-report']);
    expect(told.status).toBe(1);
    expect(told.stdout).toMatch(/^! short\.wav: .*\(DECODE_TRUNCATED\)\n! text\.wav: .*\n! zero\.wav: .*\n5 sounds in .*, 7 unchanged, 2 failed, 1 damaged\n/);
    expect(told.stdout).toContain('two\\nlines 🎵.wav');
  });

  it('says of each file why none is left', async () => {
    const run = await soundkin(['cluster', 'mixed/text.wav', 'mixed/zero.wav', '--library', 'bad-lib', '--json', '--backend', 'wasm']);
    expect(run.status).toBe(2);
    expect(objectOf(run)).toMatchObject({ error: { code: 'LIBRARY_EMPTY', problems: [{ path: 'text.wav', code: 'DECODE_NOT_AUDIO' }, { path: 'zero.wav', code: 'DECODE_EMPTY' }] } });
    expect(run.stderr.split('\n')).toHaveLength(4);
  });

  it('tells people of clusters, scores and the page', async () => {
    const run = await soundkin(['cluster', '--k', '3', '--labels', 'prefix', '--library', 'lib', '--quiet']);
    expect(run.status).toBe(0);
    expect(run.stdout).toMatch(/^3 clusters of 12 sounds \(recipe kin, seed 0, .+\)\n\n#  sounds  silhouette  labels\s+most typical\n/);
    expect(run.stdout).toMatch(/silhouette -?\d\.\d{3}, homogeneity .* V-measure /);
    expect(run.stdout).toContain(`Report: ${join(work, 'lib', 'report.html')}\n`);
  });
});

describe('the other commands', () => {
  it.each([
    [['show'], { k: 3, files: null }],
    [['show', '0'], { files: expect.any(Array) }],
    [['evaluate', '--labels', 'good.csv'], { k: 3, labelled: 12, scores: { vMeasure: expect.any(Number) } }],
    [['sweep', '--k', '2..4', '--out', 'curves.svg'], { rows: expect.any(Array), suggestedK: expect.any(Number), kept: expect.stringContaining('sweep.json'), picture: expect.stringContaining('curves.svg') }],
    [['export', 'csv'], { text: expect.stringContaining('path,cluster,distance\n'), written: [], sounds: 12 }],
    [['export', 'm3u8', '--out', 'lists'], { text: null, written: [0, 1, 2].map((id) => expect.stringContaining(`cluster-${id}.m3u8`)) }],
    [['export', 'parquet', '--out', 'all.parquet'], { written: [expect.stringContaining('all.parquet')] }],
    [['report', '--previews', '0'], { previews: 0, report: expect.stringContaining('report.html') }],
    [['play', '0', '--player', 'true', '--count', '2'], { player: 'true', played: [expect.any(String), expect.any(String)], problems: [] }],
  ] as readonly (readonly [string[], object])[])('%o prints one object with --json', async (args, expected) => {
    const run = await soundkin([...args, '--library', 'lib', '--json']);
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(objectOf(run)).toMatchObject(expected);
  });

  it('export writes text to stdout as it is', async () => {
    const csv = await soundkin(['export', 'csv', '--library', 'lib']);
    expect(csv.stdout.split('\n')).toHaveLength(14);
    expect(csv.stdout.startsWith('path,cluster,distance\n')).toBe(true);
    expect((await soundkin(['export', 'm3u8', '--library', 'lib'])).stdout.startsWith('#EXTM3U\n')).toBe(true);
    expect(JSON.parse((await soundkin(['export', 'json', '--library', 'lib'])).stdout)).toMatchObject({ k: 3 });
    expect((await soundkin(['export', 'csv', '--library', 'lib', '--out', 'o.csv'])).stdout).toBe(`${join(work, 'o.csv')}\n`);
  });

  it('sweep says where its numbers are kept', async () => {
    const run = await soundkin(['sweep', '--k', '2..3', '--library', 'lib', '--quiet']);
    expect(run.stdout).toContain(`Kept in ${join(work, 'lib', 'clusterings', 'default', 'sweep.json')}\n`);
  });

  it('play tells what it plays, and ends with 2 without a player', async () => {
    const run = await soundkin(['play', '0', '--library', 'lib', '--player', 'true', '--count', '2']);
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toMatch(/^1\/2 .+\.flac\n2\/2 .+\.flac\n$/);
    const none = await soundkin(['play', '0', '--library', 'lib', '--json'], { env: { PATH: join(work, 'empty') } });
    expect(none.status).toBe(2);
    expect(errorOf(none).code).toBe('PLAY_NO_PLAYER');
  });

  it('doctor tells of every backend, and lets nothing else onto the terminal', async () => {
    const run = await soundkin(['doctor', '--json']);
    expect(run.status).toBe(0);
    noNoise(run);
    const object = objectOf(run) as { backends: { backend: string }[]; auto: string };
    expect(object.backends.map(({ backend }) => backend)).toEqual(['webgpu', 'tensorflow', 'wasm', 'cpu']);
    expect(['webgpu', 'tensorflow', 'wasm']).toContain(object.auto);
    const told = await soundkin(['doctor']);
    noNoise(told);
    expect(told.stdout).toContain('<- auto');
  });

  it('auto lets nothing native onto the terminal either', async () => {
    const run = await soundkin(['extract', 'good', '--library', 'auto-lib', '--json']);
    noNoise(run);
    expect(objectOf(run)).toMatchObject({ files: { measured: 12 } });
  });
});
