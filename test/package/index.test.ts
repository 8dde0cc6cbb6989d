import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import * as soundkin from '../../src/index.js';
import { buildCommandLine, runProgram, type Run } from '../support/command-line.js';
import { temporaryFolder } from '../support/real-samples.js';

const work = temporaryFolder();
let dist = '';

beforeAll(async () => {
  dist = dirname(await buildCommandLine());
  writeFileSync(join(work, 'hook.mjs'), 'export async function load(url, context, next) { if (new RegExp(process.env.FORBIDDEN).test(url)) throw new Error(`loaded ${url}`); return next(url, context); }');
  writeFileSync(join(work, 'register.mjs'), "import { register } from 'node:module'; register('./hook.mjs', import.meta.url);");
});

/** Imports a module of the package where loading anything that matches is an error. */
const importWithout = (module: string, forbidden: string): Promise<Run> =>
  runProgram(process.execPath, ['--import', pathToFileURL(join(work, 'register.mjs')).href, '--input-type=module', '-e', `await import(${JSON.stringify(pathToFileURL(join(dist, module)).href)}); console.log('loaded');`], { env: { FORBIDDEN: forbidden } });

describe('the package', () => {
  it('offers every command as a function, and the rooms below', () => {
    expect(Object.keys(soundkin).sort()).toEqual([
      'BACKENDS', 'DEFAULT_ANALYSIS', 'ERROR_CODES', 'EXPORT_FORMATS', 'FEATURE_LAYOUTS', 'FEATURE_SET_VERSION', 'FILE_CODES', 'SoundkinError', 'VERSION',
      'bench', 'cluster', 'columnNames', 'createAnalysisSettings', 'createBatcher', 'decodeFile', 'decodersHere', 'doctor', 'encodeWav', 'errors', 'evaluate', 'exportClustering', 'extract',
      'featureLayout', 'inShard', 'keepDevice', 'merge', 'openDevice', 'openLibrary', 'play', 'probeDevices', 'report', 'scan', 'shardOf', 'show', 'sweep', 'withDevice', 'worker',
    ]);
    expect(soundkin.VERSION).toBe((JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version);
  });

  it('imports without a backend, the database, a decoder or the terminal', async () => {
    const run = await importWithout('index.js', '@duckdb/|tfjs-backend|tfjs-node|node_modules/webgpu/|bullmq|ioredis|music-metadata|umap|wasm-audio|mpg123|decode-opus|media-encoders|yargs|cli-progress|cli-table3');
    expect(run).toMatchObject({ status: 0, stdout: 'loaded\n', stderr: '' });
  });

  it.each(['tensor-dsp/index.js', 'kmeans/index.js'])('has %s import nothing but tfjs-core', async (module) => {
    const run = await importWithout(module, '^node:|node_modules/(?!@tensorflow/tfjs-core/|\\.cache/|seedrandom/|long/|node-fetch/)');
    expect(run).toMatchObject({ status: 0, stdout: 'loaded\n', stderr: '' });
  });

  it('would notice: the same hook stops what it is told to', async () => {
    const run = await importWithout('index.js', 'tfjs-core');
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('loaded file:');
  });
});
