/**
 * What a graphics card gives, in one command: conformance first, then features and k-means, kernels beside composed operations.
 *
 *   node scripts/run-ts.mjs bench/gpu.ts [--small] [--only NAME,…] [--out FILE]
 *   node scripts/run-ts.mjs bench/gpu.ts --bundle          writes dist/gpu-bench.mjs, to be run by Node alone on a bare machine
 *
 * Each step runs in a process of its own, under its own time limit, and its results are in FILE as soon as they are there. --small is the rehearsal: tiny
 * shapes, for a software adapter (SOUNDKIN_SOFTWARE_GPU=1). Files of sound are written to GPU_BENCH_FOLDER, best a RAM disk.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/errors.js';
import { STEPS } from './gpu-steps.js';

const { values: options } = parseArgs({
  options: { small: { type: 'boolean', default: false }, only: { type: 'string' }, out: { type: 'string' }, step: { type: 'string' }, bundle: { type: 'boolean', default: false } },
});

/** Lines of a step's process that hold results begin so. */
const MARK = '@results ';

if (options.bundle) await bundle();
else if (options.step !== undefined) await runStep(options.step);
else await runAll();

/** In a child: one step, whose results go to the parent as they come. */
async function runStep(name: string): Promise<never> {
  const step = STEPS.find((one) => one.name === name);
  if (step === undefined) throw new Error(`gpu: expected a step of ${STEPS.map((one) => one.name).join(', ')}, got ${name}`);
  const report = (results: object): void => console.log(MARK + JSON.stringify(results));
  try {
    report(await step.run(options.small, report));
  } catch (error) {
    console.error(error);
    report({ error: messageOf(error) });
    process.exit(1);
  }
  // Dawn keeps the process alive.
  process.exit(0);
}

async function runAll(): Promise<void> {
  const out = resolve(options.out ?? 'gpu.json');
  mkdirSync(dirname(out), { recursive: true });
  const only = options.only?.split(',');
  const results: Record<string, unknown> = {
    node: process.version,
    cpu: `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} threads, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    small: options.small,
  };
  for (const { name, limitSeconds } of STEPS) {
    if (only !== undefined && !only.includes(name)) continue;
    const started = performance.now();
    const keep = (found: object): void => {
      results[name] = { ...found, seconds: Math.round((performance.now() - started) / 100) / 10 };
      writeFileSync(out, `${JSON.stringify(results, null, 2)}\n`);
    };
    await runChild(name, limitSeconds, keep);
    console.log(`${name}: ${JSON.stringify(results[name], null, 1)}`);
  }
  console.log(`kept in ${out}`);
}

function runChild(name: string, limitSeconds: number, keep: (found: object) => void): Promise<void> {
  return new Promise((done) => {
    // The same file again: as it was started, in a bundle of its own or by run-ts.
    const self = fileURLToPath(import.meta.url);
    const start = self.endsWith('.ts') ? [join(dirname(self), '..', 'scripts', 'run-ts.mjs'), self] : [self];
    const child = spawn(process.execPath, [...start, '--step', name, ...(options.small ? ['--small'] : [])], { stdio: ['ignore', 'pipe', 'inherit'] });
    let latest: object = {};
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, limitSeconds * 1000);
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        if (line.startsWith(MARK)) keep((latest = JSON.parse(line.slice(MARK.length)) as object));
        else console.log(line);
      }
    });
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      if (timedOut) keep({ ...latest, stopped: `after its ${limitSeconds} s` });
      else if (status !== 0) keep({ ...latest, ended: `with ${signal ?? `status ${status}`}` });
      done();
    });
  });
}

/** For a machine with Node and the production packages alone: no compiler is needed there. Sources' addresses stay what they are in the repository. */
async function bundle(): Promise<void> {
  const { build } = await import('esbuild');
  const here = dirname(fileURLToPath(import.meta.url));
  const root = join(here, '..');
  // Put together here, since run-ts replaces the words themselves in this file too.
  const own = ['import', 'meta', 'url'].join('.');
  const outfile = join(root, 'dist', 'gpu-bench.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: [join(here, 'gpu.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
    plugins: [
      {
        name: 'keep-addresses',
        setup: (plugin) => {
          plugin.onLoad({ filter: /\.m?ts$/ }, ({ path }) => ({
            loader: 'ts',
            contents: readFileSync(path, 'utf8').replaceAll(own, () => (path.endsWith('bench/gpu.ts') ? own : `new URL(${JSON.stringify(relative(dirname(outfile), path))}, ${own}).href`)),
          }));
        },
      },
    ],
  });
  console.log(`bundled into ${relative(process.cwd(), outfile)}`);
}
