#!/usr/bin/env node
/**
 * Runs a TypeScript file of this repository: bundles it with esbuild, then imports it.
 *
 *   node scripts/run-ts.mjs FILE [ARGS…]
 *
 * Packages stay outside the bundle. `import.meta.url` keeps meaning the source file's own address, so paths relative to it work as they do in tests.
 * The file sees process.argv as [node, FILE, ...ARGS].
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const [file, ...args] = process.argv.slice(2);
if (file === undefined) {
  console.error('run-ts: expected a file, got none. node scripts/run-ts.mjs FILE [ARGS…]');
  process.exit(2);
}
const entry = resolve(file);

/** A bundle lies elsewhere than its sources: writes each source's address in the place of `import.meta.url`. */
const keepAddresses = {
  name: 'keep-addresses',
  setup: (plugin) => {
    plugin.onLoad({ filter: /\.m?ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', () => JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    }));
  },
};

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: [entry],
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
  plugins: [keepAddresses],
});
const code = outputFiles[0].text;
const hash = createHash('sha256').update(code).digest('hex').slice(0, 12);
// Inside node_modules the bundle finds the packages, and no tool takes it for a source.
const folder = join(root, 'node_modules', '.cache', 'soundkin');
const bundle = join(folder, `${basename(entry).replace(/\.m?ts$/, '')}-${hash}.mjs`);
mkdirSync(folder, { recursive: true });
// Written whole, then renamed: another run may be importing the same file.
writeFileSync(`${bundle}.${process.pid}`, code);
renameSync(`${bundle}.${process.pid}`, bundle);

process.setSourceMapsEnabled(true);
process.argv = [process.argv[0], entry, ...args];
await import(pathToFileURL(bundle).href);
