import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openLibrary } from '../../src/library/index.js';
import { sampleRow, SMALL } from '../library/sample-rows.js';
import { buildCommandLine, runProgram, type Run } from '../support/command-line.js';
import { temporaryFolder } from '../support/real-samples.js';

const library = join(temporaryFolder(), 'library');
let cli = '';
const run = (...args: string[]): Promise<Run> => runProgram(process.execPath, [cli, 'errors', '--library', library, ...args]);

beforeAll(async () => {
  cli = await buildCommandLine();
  const open = await openLibrary(library, { create: SMALL });
  const failed = { features: null, code: 'DECODE_EMPTY', message: 'decode: expected samples, got none.' };
  await open.appendRows([sampleRow('good.wav'), sampleRow('two\nlines.wav', failed), sampleRow('é.wav', { ...failed, code: 'DECODE_FAILED' }), sampleRow('short.wav', { code: 'DECODE_TRUNCATED', message: 'decode: short' })]);
  await open.close();
});

describe('soundkin errors', () => {
  it('in a pipe gives full paths and nothing else, and ends with 1', async () => {
    expect(await run()).toEqual({ status: 1, stdout: '/sounds/short.wav\n/sounds/two\nlines.wav\n/sounds/é.wav\n', stderr: '' });
    expect(await run('--null')).toEqual({ status: 1, stdout: '/sounds/short.wav\0/sounds/two\nlines.wav\0/sounds/é.wav\0', stderr: '' });
  });

  it('of some codes, given more than once; 0 where no file has them', async () => {
    expect((await run('--code', 'decode_failed', '--code', 'DECODE_TRUNCATED')).stdout).toBe('/sounds/short.wav\n/sounds/é.wav\n');
    expect(await run('--code', 'DECODE_CRASHED')).toEqual({ status: 0, stdout: '', stderr: '' });
    const wrong = await run('--code', 'USAGE');
    expect([wrong.status, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toContain('DECODE_FAILED');
  });

  it('with --json gives one object', async () => {
    const { status, stdout } = await run('--json', '--code=DECODE_EMPTY');
    const codes = [{ code: 'DECODE_EMPTY', meaning: 'the file holds no samples', failed: 1, damaged: 0 }];
    const files = [{ root: '/sounds', path: 'two\nlines.wav', code: 'DECODE_EMPTY', message: 'decode: expected samples, got none.', measured: false, size: 1000 }];
    expect([status, JSON.parse(stdout)]).toEqual([1, { library, failed: 1, damaged: 0, codes, files }]);
  });
});
