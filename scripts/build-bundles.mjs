#!/usr/bin/env node
/**
 * Bundles what has to start fast: the command line, and the worker threads' module. TensorFlow.js and the parser load several times as fast from one file as from
 * their packages. Native packages, decoders and whatever is optional stay outside.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** All bundles lie in this folder of dist. */
const FOLDER = 'bundle';
const ENTRIES = { cli: 'src/cli.ts', worker: 'src/threads/worker.ts' };
const INSIDE = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-backend-cpu', 'yargs', 'picocolors', 'cli-progress', 'cli-table3'];
/** A package of many CommonJS modules that is loaded at its first use: from one file that takes a third of the time. */
const DUCKDB = '@duckdb/node-api';

/** Packages of CommonJS find here what they expect; yargs brings a `__dirname` of its own, so ours has another name. */
const BANNER = [
  "import { createRequire as bundleRequire } from 'node:module';",
  "import { dirname as bundleDirname } from 'node:path';",
  "import { fileURLToPath as bundlePath } from 'node:url';",
  'const require = bundleRequire(import.meta.url), bundleFile = bundlePath(import.meta.url), bundleFolder = bundleDirname(bundleFile);',
].join('\n');

/** Files that lie beside a module are found from its own place: in a bundle, `import.meta.url` goes on meaning the place of each module in dist. */
const keepPlaces = {
  name: 'keep-places',
  setup: (plugin) => {
    // The parser's measure of text makes a regular expression that takes Node 10 ms, as soon as it is loaded; only help and tables need it.
    plugin.onLoad({ filter: /[\\/]string-width[\\/]index\.js$/ }, ({ path: file }) => ({
      contents: readFileSync(file, 'utf8').replace(/^const (\w+) = (\/\S*RGI_Emoji\S*\/v);$/m, 'let made; const $1 = { test: (text) => (made ??= $2).test(text) };'),
    }));
    plugin.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path: file }) => {
      const module = path.relative(path.join(root, 'src'), file).replaceAll(path.sep, '/').replace(/\.ts$/, '.js');
      const text = readFileSync(file, 'utf8').replaceAll(new RegExp(`(requirePackage<[^>]*>)\\('${DUCKDB}'\\)`, 'g'), `$1('./${FOLDER}/duckdb.cjs')`);
      return { contents: text.replaceAll('import.meta.url', () => `new URL(${JSON.stringify(`../${module}`)}, import.meta.url).href`), loader: 'ts' };
    });
  },
};

function newest(folder) {
  return Math.max(0, ...readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => statSync(path.join(entry.parentPath, entry.name)).mtimeMs));
}

/** The licences of the packages that went into a bundle. */
function licences(inputs) {
  const folders = new Set(inputs.flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []));
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
      const file = readdirSync(path.join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
      return `${name} ${version}, ${license}\n\n${file === undefined ? '' : readFileSync(path.join(root, folder, file), 'utf8').trim()}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/**
 * @param {string} [dist] where they go.
 * @param {boolean} [onlyWorker] only the worker's, and that only where it is older than the sources: what tests need that run the sources.
 * @returns {Promise<void>}
 */
export async function buildBundles(dist = path.join(root, 'dist'), onlyWorker = false) {
  const folder = path.join(dist, FOLDER);
  const built = path.join(folder, 'worker.js');
  if (onlyWorker && existsSync(built) && statSync(built).mtimeMs > newest(path.join(root, 'src'))) return;
  const { build } = await import('esbuild');
  const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const outside = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).filter((name) => !INSIDE.includes(name));
  const shared = { absWorkingDir: root, outdir: folder, bundle: true, write: false, metafile: true, platform: 'node', format: 'esm', target: 'node20', mainFields: ['module', 'main'], external: outside, logLevel: 'warning', legalComments: 'none', plugins: [keepPlaces], banner: { js: BANNER }, define: { __dirname: 'bundleFolder', __filename: 'bundleFile' } };
  // The worker is one file, which loads at once; the command line in parts, of which a verb loads its own.
  const parts = await Promise.all([
    build({ ...shared, entryPoints: { worker: ENTRIES.worker } }),
    ...(onlyWorker ? [] : [build({ ...shared, entryPoints: { cli: ENTRIES.cli }, splitting: true, chunkNames: '[name]-[hash]' }), build({ ...shared, entryPoints: { duckdb: DUCKDB }, format: 'cjs', banner: {}, define: {}, outExtension: { '.js': '.cjs' }, external: ['@duckdb/node-bindings'] })]),
  ]);
  await mkdir(folder, { recursive: true });
  const inputs = parts.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const files = parts.flatMap(({ outputFiles }) => outputFiles.map(({ path: file, contents }) => [file, contents]));
  if (!onlyWorker) files.push([path.join(folder, 'LICENCES.txt'), licences(inputs)]);
  for (const [file, contents] of files) {
    // Renamed when whole: a test that starts at the same moment never loads half of one.
    const temporary = `${file}.${process.pid}.${createHash('sha1').update(file).digest('hex').slice(0, 6)}.tmp`;
    await writeFile(temporary, contents);
    await rename(temporary, file);
  }
  if (onlyWorker) return;
  const start = path.join(dist, 'cli.js');
  await writeFile(start, `#!/usr/bin/env node\nimport './${FOLDER}/cli.js';\n`);
  await chmod(start, 0o755);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await buildBundles();
