import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll } from 'vitest';
import { buildBundles } from '../../scripts/build-bundles.mjs';
import { buildPage } from '../../scripts/build-page.mjs';
import { REPOSITORY, sourceFiles } from './source-files.js';

/** What a run of the command line came to. */
export interface Run {
  /** The exit status, or null where a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Over the process's own, less what would colour or size the output. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called as output arrives on stderr; may end the process by a signal. */
  readonly onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/**
 * The command line, built from today's sources into a folder of its own, as `npm run build` lays it out: tests never run a stale dist. It lies within
 * node_modules, so that it finds the packages.
 *
 * @returns the path of cli.js. Removed at the end of the test file.
 */
export async function buildCommandLine(): Promise<string> {
  const folder = join(REPOSITORY, 'node_modules', '.cache', `soundkin-cli-${process.pid}`);
  const dist = join(folder, 'dist');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(dist, { recursive: true });
  const sources = sourceFiles('src', '.ts').filter((file) => !file.startsWith('src/report/page/') && !file.includes('/assembly/') && !file.endsWith('.d.ts'));
  await build({ absWorkingDir: REPOSITORY, entryPoints: sources, outbase: 'src', outdir: dist, format: 'esm', platform: 'node', target: 'node20', logLevel: 'error' });
  await buildPage(join(dist, 'report'));
  // Compiled before the tests, by their global setup.
  for (const kernel of sourceFiles('dist', '.wasm')) cpSync(join(REPOSITORY, kernel), join(folder, kernel));
  await buildBundles(dist);
  writeFileSync(join(folder, 'package.json'), readFileSync(join(REPOSITORY, 'package.json')));
  return join(dist, 'cli.js');
}

/** The environment without what a developer's terminal would change in the output. */
export function plainEnvironment(more: RunOptions['env'] = {}): NodeJS.ProcessEnv {
  const { CI: _, FORCE_COLOR: __, NO_COLOR: ___, COLUMNS: ____, ...rest } = process.env;
  const merged: NodeJS.ProcessEnv = { ...rest, ...more };
  for (const [name, value] of Object.entries(merged)) if (value === undefined) delete merged[name];
  return merged;
}

/** Runs a program to its end. */
export function runProgram(program: string, args: readonly string[], { cwd, env, onStderr }: RunOptions = {}): Promise<Run> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { ...(cwd !== undefined && { cwd }), env: plainEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      onStderr?.(text, (signal) => child.kill(signal));
    });
    child.on('error', fail);
    child.on('close', (status) => done({ status, stdout, stderr }));
  });
}
