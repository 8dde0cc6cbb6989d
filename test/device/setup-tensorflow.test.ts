import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { REPOSITORY } from '../support/source-files.js';

const work = mkdtempSync(join(tmpdir(), 'soundkin-setup-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** A folder of programs: scripts by their name, and links to real ones. */
function programs(name: string, scripts: Readonly<Record<string, string>>): string {
  const folder = join(work, name);
  mkdirSync(folder);
  for (const [program, text] of Object.entries(scripts)) {
    writeFileSync(join(folder, program), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, program), 0o755);
  }
  symlinkSync(process.execPath, join(folder, 'node'));
  return folder;
}

const compiler = { 'g++': 'exit 0' };
/** A Python as the script sees it: its version, and whether it has venv. */
const python = (version: string, venv = 'venv'): string => `echo ${version} ${venv}`;

function setup(args: readonly string[], env: Readonly<Record<string, string>>): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(REPOSITORY, 'scripts', 'setup-tensorflow.mjs'), '--into', join(work, 'place'), ...args], {
    encoding: 'utf8',
    env: { HOME: work, PYENV_ROOT: join(work, 'none'), ...env },
  });
  return { status, said: stderr + stdout };
}

describe.skipIf(process.platform !== 'linux')('setup-tensorflow, where something is missing (Linux)', () => {
  it.each([
    { what: 'an option that it does not know', args: ['--cuda'], scripts: {}, says: /'--cuda'.*--gpu, --check/s },
    { what: 'nothing linked, when only asked', args: ['--check'], scripts: {}, says: /tfjs-node is not linked in .*place\. Run it without --check/ },
    { what: 'no compiler', args: [], scripts: { python3: python('3.11') }, says: /expected g\+\+ on the PATH.*apt-get install g\+\+/ },
    { what: 'no Python', args: [], scripts: compiler, says: /Python 3\.10 to 3\.13 with venv, found none.*apt-get install python3 python3-venv/ },
    { what: 'a Python that is too old', args: [], scripts: { ...compiler, python3: python('3.9') }, says: /found python3 is 3\.9/ },
    { what: 'a Python that is too new', args: ['--gpu'], scripts: { ...compiler, python3: python('3.15') }, says: /found python3 is 3\.15/ },
    { what: 'a Python without venv', args: [], scripts: { ...compiler, python3: python('3.12', 'none') }, says: /has no venv: apt-get install python3\.12-venv/ },
    { what: 'an environment that cannot be made', args: [], scripts: { ...compiler, python3: 'case "$1" in -c) echo 3.12 venv;; *) echo no room >&2; exit 1;; esac' }, says: /no room\n.*making a Python environment failed .*ended with 1.*python3-venv/s },
  ])('$what: says so, and what to do', ({ args, scripts, says }) => {
    const { status, said } = setup(args, { PATH: programs(`p${Math.random()}`, scripts as Record<string, string>) });
    expect(said).toMatch(says);
    expect(said).not.toMatch(/\n\s+at /); // no stack
    expect(status).toBe(2);
  });

  it('takes the first Python that suits, wherever it is', () => {
    const PATH = programs('two', { ...compiler, python3: python('3.9'), 'python3.12': 'case "$1" in -c) echo 3.12 venv;; *) echo chosen >&2; exit 1;; esac' });
    expect(setup([], { PATH }).said).toMatch(/chosen/);
  });
});
