import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainEnvironment, runProgram, type Run } from '../support/command-line.js';
import { copySamples } from '../support/real-samples.js';
import { REPOSITORY, sourceFiles } from '../support/source-files.js';

const MINUTES = 60_000;
const inCi = (process.env['CI'] ?? '') !== '';
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const manifest = JSON.parse(readFileSync(`${REPOSITORY}package.json`, 'utf8')) as { name: string; version: string; files: string[]; devDependencies: Record<string, string> };

/** npm as a stranger runs it: nothing of the npm or the vitest that started us. */
function npmEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(plainEnvironment()).filter(([name]) => !/^npm_(config_(?!registry|cache|userconfig)|package|lifecycle|command|execpath|node)/i.test(name) && !/^(VITEST|NODE_ENV|NODE_OPTIONS)/.test(name)));
}

const runNpm = (args: readonly string[], cwd: string): string => execFileSync(npm, [...args, '--no-audit', '--no-fund'], { cwd, env: npmEnvironment(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32', timeout: 8 * MINUTES });

const reachable = spawnSync(npm, ['view', 'yargs@18', 'version'], { env: npmEnvironment(), cwd: tmpdir(), timeout: MINUTES, shell: process.platform === 'win32' }).status === 0;
if (!reachable && !inCi) process.stderr.write('\nSKIPPED: npm cannot be reached, so the package is not installed and not tried.\n');

/** Whether dist was built from today's sources. */
function isDistFresh(): boolean {
  const built = `${REPOSITORY}dist/index.js`;
  if (!existsSync(built)) return false;
  const { mtimeMs } = statSync(built);
  return sourceFiles('src').every((file) => statSync(`${REPOSITORY}${file}`).mtimeMs <= mtimeMs);
}

describe.skipIf(!reachable && !inCi)(`the package, installed${reachable ? '' : ' (skipped: npm cannot be reached)'}`, () => {
  const work = mkdtempSync(join(tmpdir(), 'soundkin-package-'));
  const consumer = join(work, 'consumer');
  const prefix = join(work, 'global');
  let tarball = '';
  let cli = '';

  afterAll(() => rmSync(work, { recursive: true, force: true }));

  beforeAll(() => {
    let from = REPOSITORY;
    if (!isDistFresh()) {
      // Built aside: other tests may be reading dist.
      from = join(work, 'source');
      execFileSync(process.execPath, [join(REPOSITORY, 'scripts', 'build.mjs'), join(from, 'dist')]);
      for (const file of ['package.json', 'README.md', 'LICENSE', ...manifest.files.filter((name) => name !== 'dist')]) {
        mkdirSync(dirname(join(from, file)), { recursive: true });
        cpSync(join(REPOSITORY, file), join(from, file), { recursive: true });
      }
    }
    runNpm(['pack', '--ignore-scripts', '--pack-destination', work], from);
    tarball = join(work, `${manifest.name}-${manifest.version}.tgz`);
    copySamples(join(work, 'sounds'), ['bd_ada', 'bd_boom', 'tabla_na', 'tabla_ke1', 'elec_blip', 'elec_ping']);
    runNpm(['install', '-g', '--prefix', prefix, tarball], work);
    cli = join(prefix, ...(process.platform === 'win32' ? [] : ['lib']), 'node_modules', manifest.name, 'dist', 'cli.js');
  }, 12 * MINUTES);

  it('holds the program and what it needs, and none of the sources, tests or data', () => {
    const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n').map((file) => file.replace(/^package\//, ''));
    for (const needed of ['package.json', 'README.md', 'LICENSE', 'dist/cli.js', 'dist/index.js', 'dist/index.d.ts', 'dist/report/page.js', 'dist/report/page.css', 'dist/tensor-dsp/index.d.ts', 'dist/kmeans/index.d.ts', 'scripts/setup-tensorflow.mjs']) expect(files).toContain(needed);
    expect(files.filter((file) => !/^(dist\/|package\.json$|README|LICENSE|CHANGELOG|ARCHITECTURE|NOTICE|scripts\/setup-tensorflow\.mjs$)/.test(file))).toEqual([]);
    expect(files.filter((file) => /(?<!\.d)\.ts$|\.tmp$|\.test\./.test(file))).toEqual([]);
    expect(statSync(tarball).size).toBeLessThan(2 * 2 ** 20);
  });

  it('puts `soundkin` on the PATH', async () => {
    const bin = join(prefix, ...(process.platform === 'win32' ? ['soundkin.cmd'] : ['bin', 'soundkin']));
    const run = await runProgram(bin, ['--version'], { cwd: work });
    expect(run).toMatchObject({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  describe.each(['this', '22', '24'])('on Node %s', (major) => {
    let node = process.execPath;
    let missing: string | undefined;
    const on = (...args: string[]): Promise<Run> => runProgram(node, [cli, ...args], { cwd: work });

    beforeAll(() => {
      if (major === 'this') return;
      const folder = join(work, `node-${major}`);
      mkdirSync(folder);
      try {
        runNpm(['install', '--prefix', folder, `node@${major}`], folder);
      } catch (error) {
        if (inCi) throw error;
        missing = `npm cannot install node@${major} here`;
        process.stderr.write(`\nSKIPPED: ${missing}, so Soundkin is not tried on it.\n`);
        return;
      }
      node = join(folder, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
      expect(execFileSync(node, ['--version'], { encoding: 'utf8' })).toMatch(new RegExp(`^v${major}\\.`));
    }, 5 * MINUTES);

    it('helps, at once and without a word on stderr', async ({ skip }) => {
      skip(missing !== undefined, missing);
      let fastest = Infinity;
      for (let i = 0; i < 5; i++) {
        const started = performance.now();
        const run = await on('--help');
        fastest = Math.min(fastest, performance.now() - started);
        expect(run).toMatchObject({ status: 0, stderr: '' });
        expect(run.stdout).toContain('soundkin cluster');
      }
      // 0.3 s is the promise on an idle machine; while tests run on every core it gets twice that.
      expect(fastest).toBeLessThan(600);
    });

    it('finds backends, formats and the kernels', async ({ skip }) => {
      skip(missing !== undefined, missing);
      const run = await on('doctor', '--json');
      expect(run).toMatchObject({ status: 0, stderr: '' });
      const found = JSON.parse(run.stdout) as { node: string; auto: string; backends: { backend: string; reason?: string }[]; decoders: { decoder: string; available: boolean }[] };
      expect(found.backends.filter(({ reason }) => reason === undefined).map(({ backend }) => backend)).toEqual(expect.arrayContaining(['wasm', 'cpu']));
      expect(found.decoders.filter(({ available, decoder }) => !available && decoder !== 'ffmpeg')).toEqual([]);
      if (major !== 'this') expect(found.node).toMatch(new RegExp(`^v${major}\\.`));
    });

    it('clusters sounds, and writes the page', async ({ skip }) => {
      skip(missing !== undefined, missing);
      const run = await on('cluster', 'sounds', '--k', '3', '--labels', 'prefix', '--library', `library-${major}`, '--json');
      expect(run).toMatchObject({ status: 0, stderr: '' });
      const { sizes, report, files } = JSON.parse(run.stdout) as { sizes: number[]; report: string; files: object };
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(6);
      expect(files).toMatchObject({ ok: 6, failed: 0 });
      expect(readFileSync(report, 'utf8')).toContain('<!doctype html>');
      expect((await on('show', '--library', `library-${major}`)).status).toBe(0);
    }, 2 * MINUTES);
  });

  describe('as a dependency', () => {
    beforeAll(() => {
      mkdirSync(consumer);
      writeFileSync(join(consumer, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
      const tools = ['typescript', '@types/node'].map((name) => `${name}@${manifest.devDependencies[name]}`);
      runNpm(['install', tarball, ...tools], consumer);
    }, 8 * MINUTES);

    it('is imported at run time: the commands, tensor-dsp and kmeans', async () => {
      writeFileSync(
        join(consumer, 'run.mjs'),
        `import * as tf from '@tensorflow/tfjs-core';
         import { cluster, openDevice, SoundkinError, VERSION } from 'soundkin';
         import { createDspPlan, hannWindow } from 'soundkin/tensor-dsp';
         import { kmeans } from 'soundkin/kmeans';
         await openDevice('cpu');
         const points = tf.tensor2d([0, 0, 0, 1, 9, 9, 9, 8], [4, 2]);
         const { inertia, labels } = await kmeans(points, { nClusters: 2, seed: 0 });
         const refused = await cluster({ library: 'none' }).catch((error) => error instanceof SoundkinError && error.code);
         console.log(JSON.stringify({ VERSION, inertia, same: labels[0] === labels[1] && labels[2] === labels[3] && labels[0] !== labels[2], window: hannWindow(4).length, plan: typeof createDspPlan, refused }));`,
      );
      const run = await runProgram(process.execPath, ['run.mjs'], { cwd: consumer });
      expect(run).toMatchObject({ status: 0, stderr: '' });
      expect(JSON.parse(run.stdout)).toEqual({ VERSION: manifest.version, inertia: 1, same: true, window: 4, plan: 'function', refused: 'LIBRARY_NOT_FOUND' });
    });

    it('has types that a strict consumer compiles with, and that are true', () => {
      writeFileSync(
        join(consumer, 'use.ts'),
        `import { cluster, ERROR_CODES, exportClustering, openLibrary, scan, SoundkinError, type ClusterOptions, type ClusterOutcome, type ErrorCode, type Library } from 'soundkin';
import { mfcc, type DspPlan } from 'soundkin/tensor-dsp';
import { kmeans, type KMeansResult } from 'soundkin/kmeans';
const options: ClusterOptions = { sounds: ['a'], library: 'l', k: 4, features: 'seed', onProgress: ({ stage, done }) => [stage, done] };
const outcome: ClusterOutcome = await cluster(options);
const sizes: readonly number[] = outcome.sizes;
const v: number | undefined = outcome.scores.vMeasure;
const library: Library = await openLibrary('l', { readOnly: true });
const code: ErrorCode = 'USAGE';
const exit: 2 = ERROR_CODES[code].exit;
const result: KMeansResult = await kmeans(null!, { nClusters: 2, seed: 1 });
const labels: Int32Array = result.labels;
// @ts-expect-error k is a number or 'auto'
await cluster({ library: 'l', k: 'four' });
// @ts-expect-error a library must be named
await cluster({});
// @ts-expect-error no such format
await exportClustering({ library: 'l', format: 'xml' });
// @ts-expect-error no such code
new SoundkinError('NO_SUCH_CODE', '');
export { sizes, v, library, exit, labels, scan, mfcc, type DspPlan };
`,
      );
      // TensorFlow.js's own declarations name WebGPU's and the browser's types.
      writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions: { strict: true, module: 'nodenext', moduleResolution: 'nodenext', target: 'es2023', lib: ['es2023', 'dom'], types: ['node'], noEmit: true, skipLibCheck: false }, files: ['use.ts'] }));
      const checked = spawnSync(process.execPath, [join(consumer, 'node_modules', 'typescript', 'lib', 'tsc.js'), '-p', consumer], { cwd: consumer, encoding: 'utf8' });
      expect(checked.stdout.split('\n').filter((line) => line !== '' && !/^node_modules\/(?!soundkin\/)|^ /.test(line))).toEqual([]);
      expect(readdirSync(join(consumer, 'node_modules', 'soundkin')).sort()).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist', 'package.json']));
    }, 3 * MINUTES);
  });
});
