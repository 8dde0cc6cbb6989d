#!/usr/bin/env node
/**
 * Links @tensorflow/tfjs-node (or -gpu) to the TensorFlow of a Python wheel, in a folder where Soundkin looks for it.
 *
 *   soundkin-setup-tensorflow [--gpu] [--check] [--into DIR]        in a clone: npm run setup:tensorflow -- [--gpu] …
 *
 * The package's own install downloads an old libtensorflow and fails where that host is out of reach; the wheel comes from PyPI, is current, and with --gpu brings
 * the CUDA libraries that today's NVIDIA cards need (about 7 GB; without, 1.5 GB). Needs Linux on x86-64 or arm64, Python 3.10 to 3.13 with venv (the first found, or
 * what PYTHON names) and g++. Running it again does only what is missing. --check tells whether a link is there and computes, and changes nothing.
 *
 * DIR is .tools/tensorflow(-gpu) in a clone, else ~/.local/share/soundkin/tensorflow(-gpu). With another one, set SOUNDKIN_TENSORFLOW to it when running Soundkin.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const TFJS_VERSION = '4.22.0';
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

function fail(message) {
  console.error(`setup-tensorflow: ${message}`);
  process.exit(2);
}

function options() {
  try {
    return parseArgs({ options: { gpu: { type: 'boolean', default: false }, check: { type: 'boolean', default: false }, into: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } } }).values;
  } catch (error) {
    return fail(`${error.message}. Known are --gpu, --check and --into DIR.`);
  }
}

const { gpu, check, into, help } = options();
if (help) {
  console.log('soundkin-setup-tensorflow [--gpu] [--check] [--into DIR]\n\nLinks @tensorflow/tfjs-node (with --gpu, tfjs-node-gpu) to the TensorFlow of a Python wheel. Needs Linux, Python 3.10 to 3.13 with venv, and g++.\n--check only tells whether that is done.');
  process.exit(0);
}
const packageName = gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
const wheel = gpu ? 'tensorflow[and-cuda]' : process.arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow';
const kind = gpu ? 'tensorflow-gpu' : 'tensorflow';
const isClone = existsSync(join(root, 'src', 'device'));
const usual = isClone ? join(root, '.tools', kind) : join(process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'soundkin', kind);
const folder = into === undefined ? usual : resolve(into);
const python = join(folder, 'bin', 'python');

/** Runs a command quietly; where it fails, says what was wanted, and the end of what it said. */
function run(what, command, args, { advice = '', ...given } = {}) {
  try {
    return execFileSync(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', maxBuffer: 1 << 28, ...given });
  } catch (error) {
    const said = `${error.stderr ?? ''}${error.stdout ?? ''}`.trim().split('\n').slice(-12).join('\n');
    console.error(said);
    return fail(`${what} failed (${command} ${error.code ?? `ended with ${error.status ?? error.signal}`}).${advice === '' ? '' : ` ${advice}`}`);
  }
}

/** Whether a package of that name, seen from a folder, computes; and on what. */
function probe(from) {
  const code = `const u=require('node:util');u.isNullOrUndefined??=(v)=>v==null;const tf=require(require.resolve('${packageName}',{paths:[${JSON.stringify(from)}]}));console.log(tf.sum(tf.ones([7])).dataSync()[0]===7?'computes on the '+(tf.backend().isUsingGpuDevice?'GPU':'CPU'):'wrong')`;
  try {
    const said = execFileSync(process.execPath, ['-e', code], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', TF_FORCE_GPU_ALLOW_GROWTH: 'true' } });
    return { on: /computes on the (\w+)/.exec(said)?.[1], said };
  } catch (error) {
    return { said: String(error.stderr || error.message) };
  }
}

function tell(on, where) {
  console.log(`setup-tensorflow: ${packageName} is linked in ${where} and computes on the ${on}.`);
  if (gpu && on === 'CPU') console.log('setup-tensorflow: it finds no GPU here: `nvidia-smi` tells whether the driver runs; it must be new enough for CUDA 12.');
  if (into !== undefined && folder !== usual) console.log(`setup-tensorflow: Soundkin finds it with SOUNDKIN_TENSORFLOW=${folder}`);
}

/** Python 3.10 to 3.13: what TensorFlow has wheels for. pyenv keeps its versions out of the PATH. */
function findPython() {
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const kept = existsSync(pyenv) ? readdirSync(pyenv).map((version) => join(pyenv, version, 'bin', 'python3')) : [];
  const candidates = process.env.PYTHON ? [process.env.PYTHON] : ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', ...kept];
  const refused = [];
  for (const command of candidates) {
    try {
      const said = execFileSync(command, ['-c', 'import sys\ntry:\n import venv, ensurepip; v = "venv"\nexcept ImportError: v = "none"\nprint("%d.%d" % sys.version_info[:2], v)'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
      const [version, venv] = said.split(' ');
      const minor = /^3\.(\d+)$/.exec(version)?.[1];
      if (minor === undefined || minor < 10 || minor > 13) refused.push(`${command} is ${version}`);
      else if (venv !== 'venv') refused.push(`${command} (${version}) has no venv: apt-get install python${version}-venv`);
      else return command;
    } catch {
      // not there
    }
  }
  return fail(`expected Python 3.10 to 3.13 with venv, found ${refused.join('; ') || 'none'}. On Debian: apt-get install python3 python3-venv; or name one by PYTHON.`);
}

// A package installed beside Soundkin comes first there, so it is what counts.
for (const from of into === undefined ? [root, folder] : [folder]) {
  const { on } = probe(from);
  if (on !== undefined) {
    tell(on, from);
    process.exit(0);
  }
}
if (check) fail(`${packageName} is not linked in ${folder}. Run it without --check.`);
if (process.platform !== 'linux') fail(`expected Linux, got ${process.platform}. Elsewhere install ${packageName} as its own page says; Soundkin finds it.`);
if (!['x64', 'arm64'].includes(process.arch)) fail(`expected a processor that TensorFlow has wheels for (x64, arm64), got ${process.arch}.`);
if (gpu && process.arch !== 'x64') fail(`expected an x86-64 processor for --gpu, got ${process.arch}: TensorFlow has no wheel with CUDA for it.`);
try {
  execFileSync('g++', ['--version'], { stdio: 'ignore' });
} catch {
  fail('expected g++ on the PATH, found none. On Debian: apt-get install g++');
}

// pip comes last, so that an environment half made is made again.
if (!existsSync(join(folder, 'bin', 'pip'))) {
  const command = findPython();
  const above = (path) => (existsSync(path) ? path : above(dirname(path)));
  const { bavail, bsize } = statfsSync(above(folder));
  const needed = gpu ? 8 : 2;
  if (bavail * bsize < needed * 1e9) fail(`expected ${needed} GB free for ${folder}, found ${(bavail * bsize / 1e9).toFixed(1)}. Free some, or name another place: --into DIR.`);
  mkdirSync(folder, { recursive: true });
  run('making a Python environment', command, ['-m', 'venv', folder], { advice: 'On Debian: apt-get install python3-venv' });
}

console.log(`setup-tensorflow: the Python wheel ${wheel} (${gpu ? 'several GB with its CUDA libraries' : 'several hundred MB'}) into ${folder}`);
const pipFailed = 'It needs PyPI, or the mirror that PIP_INDEX_URL names, and space for its temporary files (TMPDIR).';
run('installing the wheel', python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `${wheel}>=2.16,<3`], { advice: pipFailed });
const site = run('asking Python', python, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))']).trim();
const tensorflow = join(site, 'tensorflow');
const libraries = existsSync(tensorflow) ? readdirSync(tensorflow).filter((name) => /^libtensorflow_(cc|framework)\.so\.\d+$/.test(name)) : [];
if (libraries.length !== 2) fail(`expected libtensorflow_cc and libtensorflow_framework in ${tensorflow}, found ${libraries.join(', ') || 'neither'}. Delete ${folder} and run it again.`);

console.log(`setup-tensorflow: ${packageName} ${TFJS_VERSION} and the headers of Node-API`);
if (!existsSync(join(folder, 'package.json'))) writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
// Of the install scripts none is wanted: they would download the very library that the wheel takes the place of.
run('installing the package', 'npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', `${packageName}@${TFJS_VERSION}`, 'node-api-headers@1.5.0'], { advice: 'It needs the npm registry.' });

console.log('setup-tensorflow: compiling the binding');
const installed = join(folder, 'node_modules', packageName);
const binding = join(installed, 'lib', 'napi-v8', 'tfjs_binding.node');
rmSync(binding, { force: true });
mkdirSync(dirname(binding), { recursive: true });
const sources = readdirSync(join(installed, 'binding')).filter((name) => name.endsWith('.cc')).map((name) => join('binding', name));
run('compiling the binding', 'g++', [
  '-O2', '-std=c++17', '-shared', '-fPIC', '-DNAPI_VERSION=8', `-I${join(folder, 'node_modules', 'node-api-headers', 'include')}`, `-I${join(tensorflow, 'include')}`, ...sources,
  // TensorFlow looks for CUDA's libraries beside the folder that it was loaded from, so it must be loaded from its own, not by a link elsewhere.
  `-L${tensorflow}`, ...libraries.map((name) => `-l:${name}`), `-Wl,-rpath,${tensorflow}`, '-o', binding,
], { cwd: installed, advice: 'On Debian: apt-get install g++ libc6-dev' });

const { on, said } = probe(folder);
if (on === undefined) {
  console.error(said.trim().split('\n').slice(0, 12).join('\n'));
  fail('the binding was made, but does not load; see above.');
}
tell(on, folder);
