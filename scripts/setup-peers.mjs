#!/usr/bin/env node
/**
 * Makes a Python environment in .tools/peers with the libraries that the benches compare with, from PyPI.
 *
 *   node scripts/setup-peers.mjs [--torch] [--check]
 *
 * --torch adds PyTorch: on Linux its wheel brings CUDA, several gigabytes with what it needs. --check installs nothing and tells what is there.
 * librosa and scikit-learn are a must; a library that has no wheel for this machine is named and left out, and the benches skip its column.
 * librosa 1.0 needs Python 3.12; with an older one its newest version is taken, and results name it.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Each with the module that it is imported as. */
const NEEDED = [['librosa', 'librosa'], ['scikit-learn', 'sklearn'], ['soundfile', 'soundfile'], ['soxr', 'soxr']];
const OPTIONAL = [['faiss-cpu', 'faiss'], ['essentia', 'essentia'], ['audioflux', 'audioflux']];
const TORCH = [['torch==2.13.0', 'torch'], ['torchaudio', 'torchaudio']];

const root = resolve(import.meta.dirname, '..');
const venv = join(root, '.tools', 'peers');
const python = join(venv, 'bin', 'python');
const wantsTorch = process.argv.includes('--torch');

function versionOf(command) {
  try {
    return execFileSync(command, ['-c', 'import sys, venv; print("%d.%d" % sys.version_info[:2])'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

/** pyenv keeps its versions out of the PATH. */
function candidates() {
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const kept = existsSync(pyenv) ? readdirSync(pyenv).map((version) => join(pyenv, version, 'bin', 'python3')) : [];
  return ['python3.13', 'python3.12', ...kept.filter((path) => /\/3\.1[23]\./.test(path)), 'python3'];
}

function install(packages) {
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages], { stdio: ['ignore', 'inherit', 'pipe'], maxBuffer: 1 << 26 });
}

/** The version that is there and loads, or why there is none. */
function found(module) {
  const probe = `import ${module}; from importlib.metadata import packages_distributions, version; print(version(packages_distributions()['${module}'][0]))`;
  try {
    return { version: execFileSync(python, ['-c', probe], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim().split('\n').at(-1) };
  } catch (error) {
    return { reason: String(error.stderr ?? error.message).trim().split('\n').at(-1) };
  }
}

if (!process.argv.includes('--check')) {
  if (!existsSync(python)) {
    const chosen = candidates().find((command) => versionOf(command) !== undefined);
    if (chosen === undefined) {
      console.error('setup-peers: expected python3 with venv, found none. On Debian: apt-get install python3-venv');
      process.exit(2);
    }
    execFileSync(chosen, ['-m', 'venv', venv], { stdio: 'inherit' });
  }
  install(NEEDED.map(([name]) => name));
  for (const [name] of [...OPTIONAL, ...(wantsTorch ? TORCH : [])]) {
    try {
      install([name]);
    } catch (error) {
      console.error(`setup-peers: ${name} could not be installed: ${String(error.stderr ?? error.message).trim().split('\n').at(-1)}`);
    }
  }
}
if (!existsSync(python)) {
  console.error('setup-peers: expected .tools/peers, found none. Run it without --check.');
  process.exit(2);
}
for (const [name, module] of [...NEEDED, ...OPTIONAL, ...TORCH]) {
  const { version, reason } = found(module);
  if (version !== undefined) console.log(`setup-peers: ${module} ${version}`);
  else console.log(`setup-peers: ${module} is MISSING, and the benches skip it (${reason})${name.startsWith('torch') && !wantsTorch ? '; --torch adds it' : ''}`);
}
