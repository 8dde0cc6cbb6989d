import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { textWidth } from '../../src/terminal/text-width.js';
import { buildCommandLine, plainEnvironment, runProgram, type Run, type RunOptions } from '../support/command-line.js';
import { copySamples, temporaryFolder } from '../support/real-samples.js';

const work = temporaryFolder();
let cli = '';
/** The lines of tables: sentences may be longer, and are wrapped by the terminal. */
const tableLines = (text: string): string[] => text.split(/\r?\n/).filter((line) => /^\s*[\d.]+ {2}/.test(line));
const soundkin = (args: readonly string[], options: RunOptions = {}): Promise<Run> => runProgram(process.execPath, [cli, ...args], { cwd: work, ...options });

/** Names that take more columns than characters, or fewer, or would break a line. */
const NAMES = ['two\nlines 🎵.flac', '太鼓'.repeat(20) + '.flac', 'e\u0301'.repeat(60) + '.flac', 'x'.repeat(150) + '.flac', '\u001B[31mred.flac', 'plain.flac'];

beforeAll(async () => {
  cli = await buildCommandLine();
  copySamples(join(work, 'sounds'), Object.fromEntries(NAMES.map((name, i) => [name, ['bd_ada', 'bd_boom', 'tabla_na', 'tabla_ke1', 'elec_blip', 'elec_ping'][i]!])));
  expect(await soundkin(['cluster', 'sounds', '--k', '2', '--library', 'lib', '--backend', 'wasm', '--quiet', '--no-report'])).toMatchObject({ status: 0, stderr: '' });
});

describe('output', () => {
  it('has no colours in a pipe, nor with CI set, nor against NO_COLOR; and has them by force', async () => {
    for (const env of [{}, { CI: '1' }, { NO_COLOR: '1', FORCE_COLOR: '1' }]) expect((await soundkin(['show', '--library', 'lib'], { env })).stdout).not.toContain('\u001B');
    expect((await soundkin(['show', '--library', 'lib'], { env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001B[');
    expect((await soundkin(['show', '9', '--library', 'lib'], { env: {} })).stderr).not.toContain('\u001B');
  });

  it.each([40, 60])('fits into %d columns, whatever the names', async (columns) => {
    for (const args of [['evaluate', '--labels', 'prefix'], ['show'], ['show', '0'], ['show', '1']]) {
      const { stdout } = await soundkin([...args, '--library', 'lib'], { env: { COLUMNS: String(columns) } });
      expect(tableLines(stdout).length).toBeGreaterThan(0);
      for (const line of tableLines(stdout)) expect(textWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  it.skipIf(process.platform !== 'linux')('on a terminal has colours, and tables as wide as that terminal', async () => {
    const line = `stty cols 40 && '${process.execPath}' '${cli}' show 0 --library lib && '${process.execPath}' '${cli}' show --library lib`;
    const run = await runProgram('script', ['-qec', line, '/dev/null'], { cwd: work, env: { TERM: 'xterm' } });
    expect(run.status).toBe(0);
    expect(tableLines(run.stdout).length).toBeGreaterThan(4);
    for (const text of tableLines(run.stdout)) expect(textWidth(text)).toBeLessThanOrEqual(40);
    expect(run.stdout).toContain('\u001B[');
  });

  it('may be closed early', async () => {
    const child = spawn(process.execPath, [cli, 'export', 'json', '--library', 'lib'], { cwd: work, env: plainEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const status = await new Promise((done) => child.on('close', done));
    expect([status, stderr]).toEqual([0, '']);
  });
});
