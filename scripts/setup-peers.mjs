#!/usr/bin/env node
/**
 * Makes a Python environment in .tools/peers with the libraries that the benches compare with: librosa, scikit-learn, soundfile.
 * librosa 1.0 needs Python 3.12; with an older one its newest version is taken, and results name it.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const venv = join(root, '.tools', 'peers');
const python = join(venv, 'bin', 'python');

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

if (!existsSync(python)) {
  const chosen = candidates().find((command) => versionOf(command) !== undefined);
  if (chosen === undefined) {
    console.error('setup-peers: expected python3 with venv, found none. On Debian: apt-get install python3-venv');
    process.exit(2);
  }
  execFileSync(chosen, ['-m', 'venv', venv], { stdio: 'inherit' });
}
execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'librosa', 'scikit-learn', 'soundfile'], { stdio: ['ignore', 'inherit', 'pipe'] });
console.log(execFileSync(python, ['-c', 'import librosa, sklearn; print("setup-peers: librosa", librosa.__version__, "scikit-learn", sklearn.__version__)'], { encoding: 'utf8' }).trim());
