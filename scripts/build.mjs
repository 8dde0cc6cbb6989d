#!/usr/bin/env node
/** Builds dist: the library and the command line, the report's page, and the kernels where there are any. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { buildPage } from './build-page.mjs';

const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve('typescript/lib/tsc.js');
execFileSync(process.execPath, [tsc, '-p', root], { stdio: 'inherit' });
await buildPage(join(dist, 'report'));
if (existsSync(join(root, 'scripts', 'build-kernels.mjs'))) {
  const { buildKernels } = await import('./build-kernels.mjs');
  await buildKernels(dist);
}
chmodSync(join(dist, 'cli.js'), 0o755);
