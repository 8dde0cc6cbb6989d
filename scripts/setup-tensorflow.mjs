#!/usr/bin/env node
/**
 * Puts @tensorflow/tfjs-node (or -gpu) into this folder's node_modules and links it to the TensorFlow of a Python wheel.
 *
 *   node scripts/setup-tensorflow.mjs [--gpu] [--check]
 *
 * The package's own install downloads an old libtensorflow and fails where that host is out of reach; the wheel comes from PyPI, is current, and with
 * --gpu brings the CUDA libraries that today's cards need. Needs python3 (3.10 to 3.13, with venv) and g++, on Linux x86-64 or arm64. Running it
 * again does only what is missing. --check tells whether the link is there, and changes nothing.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const TFJS_VERSION = '4.22.0';
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const gpu = process.argv.includes('--gpu');
const packageName = gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
const wheel = gpu ? 'tensorflow[and-cuda]' : process.arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow';
const folder = join(root, 'node_modules', packageName);
/** npm installs no package that is an optional peer of this one, so it comes under another name, and a link gives it its own. */
const alias = gpu ? 'linked-tfjs-node-gpu' : 'linked-tfjs-node';
const binding = join(folder, 'lib', 'napi-v8', 'tfjs_binding.node');
const venv = join(root, '.tools', gpu ? 'tensorflow-gpu' : 'tensorflow');

function run(command, args, options = {}) {
  return execFileSync(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', maxBuffer: 1 << 26, ...options });
}

function fail(message) {
  console.error(`setup-tensorflow: ${message}`);
  process.exit(2);
}

function works() {
  if (!existsSync(binding)) return false;
  const probe = `const u=require('node:util');u.isNullOrUndefined??=(v)=>v==null;const tf=require('${packageName}');console.log('sum',tf.sum(tf.ones([7])).dataSync()[0])`;
  try {
    return run(process.execPath, ['-e', probe], { env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' }, stdio: ['ignore', 'pipe', 'ignore'] }).includes('sum 7');
  } catch {
    return false;
  }
}

function link(target, path) {
  mkdirSync(dirname(path), { recursive: true });
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) rmSync(path, { recursive: true, force: true });
  symlinkSync(target, path);
}

if (works()) {
  console.log(`setup-tensorflow: ${packageName} is linked and computes.`);
  process.exit(0);
}
if (process.argv.includes('--check')) fail(`${packageName} is not linked. Run it without --check.`);
if (process.platform !== 'linux') fail(`expected Linux, got ${process.platform}. Elsewhere install ${packageName} as its own page says; Soundkin finds it.`);
for (const tool of ['python3', 'g++']) {
  try {
    run(tool, ['--version'], { stdio: 'ignore' });
  } catch {
    fail(`expected ${tool} on the PATH, found none. On Debian: apt-get install python3-venv g++`);
  }
}

console.log(`setup-tensorflow: ${packageName} ${TFJS_VERSION} and the headers of Node-API`);
run('npm', ['install', '--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', `${alias}@npm:${packageName}@${TFJS_VERSION}`, 'node-api-headers@1.5.0']);
link(join('..', alias), folder);

if (!existsSync(join(venv, 'bin', 'python'))) run('python3', ['-m', 'venv', venv]);
console.log(`setup-tensorflow: the Python wheel ${wheel} (several hundred MB)`);
run(join(venv, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', wheel], { stdio: ['ignore', 'inherit', 'pipe'] });
const site = run(join(venv, 'bin', 'python'), ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))']).trim();
const tensorflow = join(site, 'tensorflow');
const libraries = readdirSync(tensorflow).filter((name) => /^libtensorflow_(cc|framework)\.so\.\d+$/.test(name));
const core = libraries.find((name) => name.startsWith('libtensorflow_cc'));
const framework = libraries.find((name) => name.startsWith('libtensorflow_framework'));
if (core === undefined || framework === undefined) fail(`expected libtensorflow_cc and libtensorflow_framework in ${tensorflow}, found ${libraries.join(', ') || 'neither'}.`);

console.log('setup-tensorflow: linking and compiling the binding');
const deps = join(folder, 'deps');
link(join(tensorflow, 'include'), join(deps, 'include'));
link(join(tensorflow, core), join(deps, 'lib', 'libtensorflow.so'));
for (const name of [core, framework]) link(join(tensorflow, name), join(deps, 'lib', name));
link(join(tensorflow, framework), join(deps, 'lib', 'libtensorflow_framework.so'));
const sources = readdirSync(join(folder, 'binding')).filter((name) => name.endsWith('.cc')).map((name) => join('binding', name));
const headers = join(root, 'node_modules', 'node-api-headers', 'include');
mkdirSync(dirname(binding), { recursive: true });
run('g++', ['-O2', '-std=c++17', '-shared', '-fPIC', '-DNAPI_VERSION=8', `-I${headers}`, '-I..', '-Ideps/include', ...sources,
  '-Ldeps/lib', '-ltensorflow', '-ltensorflow_framework', '-Wl,-rpath,$ORIGIN/../../deps/lib', '-o', binding], { cwd: folder });
if (!works()) fail(`the binding was made, but does not load. Try: node -e "require('${packageName}')"`);
console.log(`setup-tensorflow: ${packageName} is linked and computes.`);
