import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isDesktop } from '../../src/terminal/be-polite.js';
import { buildCommandLine, plainEnvironment, runProgram } from '../support/command-line.js';
import { copySamples, temporaryFolder, TWELVE } from '../support/real-samples.js';

const work = temporaryFolder();
let cli = '';
beforeAll(async () => {
  cli = await buildCommandLine();
  copySamples(join(work, 'sounds'), TWELVE);
});

describe('isDesktop', () => {
  it.each([
    ['darwin', {}, true],
    ['win32', {}, true],
    ['linux', {}, false],
    ['linux', { DISPLAY: '' }, false],
    ['linux', { DISPLAY: ':0' }, true],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['linux', { XDG_CURRENT_DESKTOP: 'GNOME' }, true],
    ['freebsd', { TERM: 'xterm' }, false],
  ] as const)('on %s with %j is %s', (platform, environment, expected) => {
    expect(isDesktop(platform, environment)).toBe(expected);
  });
});

describe.skipIf(process.platform !== 'linux')('the priority of a run (Linux only)', () => {
  /** The nice values of all its threads, as it ends: a probe looks when the process is told to exit. */
  const niceValues = (args: readonly string[], environment: Record<string, string> = {}): Set<string> => {
    const probe = `process.on('exit', () => { const fs = require('fs'); process.stderr.write('NICE ' + fs.readdirSync('/proc/self/task').map((t) => fs.readFileSync('/proc/self/task/' + t + '/stat', 'utf8').replace(/.*\\) /s, '').split(' ')[16]).join(' ') + '\\n'); });`;
    const { DISPLAY: _, WAYLAND_DISPLAY: __, XDG_CURRENT_DESKTOP: ___, ...plain } = plainEnvironment(environment);
    const run = spawnSync(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(`import { createRequire } from 'node:module'; import { isMainThread } from 'node:worker_threads'; const require = createRequire('/'); if (isMainThread) { ${probe} }`)}`, cli, ...args], { cwd: work, env: { ...plain, ...environment }, encoding: 'utf8' });
    return new Set(/NICE (.*)/.exec(run.stderr)?.[1]?.split(' '));
  };
  const own = readFileSync('/proc/self/stat', 'utf8').replace(/.*\) /s, '').split(' ')[16]!;
  const low = String(Math.max(Number(own), constants.priority.PRIORITY_BELOW_NORMAL));

  it('is low on a desktop, in all its threads', () => {
    expect([...niceValues(['extract', 'sounds', '--library', 'a', '--quiet'], { DISPLAY: ':7' })]).toEqual([low]);
  });

  it('is what it was elsewhere, with --priority normal, and for other verbs', () => {
    expect([...niceValues(['extract', 'sounds', '--library', 'b', '--quiet'])]).toEqual([own]);
    expect([...niceValues(['extract', 'sounds', '--library', 'c', '--quiet', '--priority', 'normal'], { DISPLAY: ':7' })]).toEqual([own]);
    expect([...niceValues(['show', '--library', 'a'], { DISPLAY: ':7' })]).toEqual([own]);
  });

  it('is low with --priority low', () => {
    expect([...niceValues(['extract', 'sounds', '--library', 'd', '--quiet', '--priority=low'])]).toEqual([low]);
  });

  it('refuses another word', async () => {
    const run = await runProgram(process.execPath, [cli, 'extract', 'sounds', '--priority', 'high'], { cwd: work });
    expect(run).toMatchObject({ status: 2, stderr: expect.stringMatching(/priority.*high.*normal.*low.*\(USAGE\)/s) });
  });
});

describe('what a run writes', () => {
  it('lies in the library alone, and where it was told to export', async () => {
    const places = ['home', 'tmp', 'config', 'cache', 'data', 'state', 'runtime', 'elsewhere'];
    const folder = join(work, 'guest');
    const { mkdirSync } = await import('node:fs');
    for (const place of places) mkdirSync(join(folder, place), { recursive: true });
    const env = {
      HOME: join(folder, 'home'),
      USERPROFILE: join(folder, 'home'),
      TMPDIR: join(folder, 'tmp'),
      TEMP: join(folder, 'tmp'),
      TMP: join(folder, 'tmp'),
      XDG_CONFIG_HOME: join(folder, 'config'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      XDG_DATA_HOME: join(folder, 'data'),
      XDG_STATE_HOME: join(folder, 'state'),
      XDG_RUNTIME_DIR: join(folder, 'runtime'),
    };
    const soundsBefore = readdirSync(join(work, 'sounds'));
    const library = join(folder, 'library');
    const run = async (...args: string[]): Promise<void> => {
      const { status, stderr } = await runProgram(process.execPath, [cli, ...args, '--library', library, '--quiet'], { cwd: join(folder, 'elsewhere'), env });
      expect({ args, status, stderr }).toMatchObject({ status: 0 });
    };
    await run('cluster', join(work, 'sounds'), '--k', '3');
    await run('report');
    await run('export', 'csv', '--out', join(folder, 'out.csv'));
    await run('export', 'parquet', '--out', join(folder, 'out.parquet'));
    for (const place of places) expect(readdirSync(join(folder, place), { recursive: true }), place).toEqual([]);
    expect(readdirSync(join(work, 'sounds'))).toEqual(soundsBefore);
    expect(readdirSync(folder).sort()).toEqual([...places, 'library', 'out.csv', 'out.parquet'].sort());
    expect(readdirSync(library, { recursive: true }).map(String).filter((name) => /(^|\/)\./.test(name))).toEqual([]);
  });
});
