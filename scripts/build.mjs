#!/usr/bin/env node
/**
 * Builds dist: the library and the command line, the report's page, the kernels, and the bundles that start fast.
 *
 *   node scripts/build.mjs [FOLDER]
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { buildBundles } from './build-bundles.mjs';
import { buildKernels } from './build-kernels.mjs';
import { buildPage } from './build-page.mjs';

const root = resolve(import.meta.dirname, '..');
const dist = resolve(root, process.argv[2] ?? 'dist');
rmSync(dist, { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve('typescript/lib/tsc.js');
execFileSync(process.execPath, [tsc, '-p', root, '--outDir', dist], { stdio: 'inherit' });
await buildPage(join(dist, 'report'));
await buildKernels(dist);
await buildBundles(dist);
