#!/usr/bin/env node
/**
 * Bundles what has to start fast: the worker threads' module, with everything of ours that it needs in one file. Packages stay outside.
 */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A bundle: its entry, and where it goes below dist. */
const BUNDLES = [{ entry: 'src/threads/worker.ts', out: 'threads/worker.bundle.js' }];

/** Files that lie beside a module are found from its own place: in a bundle, `import.meta.url` goes on meaning the place of each module in dist. */
const keepPlaces = (out) => ({
  name: 'keep-places',
  setup: (plugin) => {
    plugin.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path: file }) => {
      const module = path.posix.relative(path.posix.dirname(out), path.relative(path.join(root, 'src'), file).replaceAll(path.sep, '/')).replace(/\.ts$/, '.js');
      const place = `new URL(${JSON.stringify(module.startsWith('.') ? module : `./${module}`)}, import.meta.url).href`;
      return { contents: readFileSync(file, 'utf8').replaceAll('import.meta.url', () => place), loader: 'ts' };
    });
  },
});

function newest(folder) {
  return Math.max(0, ...readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => statSync(path.join(entry.parentPath, entry.name)).mtimeMs));
}

/**
 * @param {string} [dist] where they go.
 * @param {boolean} [onlyStale] leave those alone that are newer than the sources.
 * @returns {Promise<void>}
 */
export async function buildBundles(dist = path.join(root, 'dist'), onlyStale = false) {
  const sources = newest(path.join(root, 'src'));
  const wanted = BUNDLES.filter(({ out }) => !onlyStale || !existsSync(path.join(dist, out)) || statSync(path.join(dist, out)).mtimeMs < sources);
  if (wanted.length === 0) return;
  const { build } = await import('esbuild');
  for (const { entry, out } of wanted) {
    const file = path.join(dist, out);
    const made = `${file}.${process.pid}.tmp`;
    await build({ absWorkingDir: root, entryPoints: [entry], outfile: made, bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', minifySyntax: true, logLevel: 'warning', plugins: [keepPlaces(out)] });
    // Renamed when whole: a test that starts at the same moment never loads half of one.
    await rename(made, file);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await buildBundles();
