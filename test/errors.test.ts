import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sourceFiles } from './support/source-files.js';
import { ERROR_CODES, exitStatus, messageOf, SoundkinError, type ErrorCode } from '../src/errors.js';

const codes = Object.keys(ERROR_CODES) as ErrorCode[];

describe('the error codes', () => {
  it('stand in docs/errors.md, each with its exit status and meaning, and no others do', () => {
    const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+)` \| (\d+) \| (.+) \|$/gm)].map(([, code, exit, meaning]) => [code, { exit: Number(exit), meaning }]);
    expect(rows).toEqual(Object.entries(ERROR_CODES));
  });

  it('are each used somewhere in src', () => {
    const text = sourceFiles('src')
      .filter((file) => file !== 'src/errors.ts')
      .map((file) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'))
      .join('\n');
    expect(codes.filter((code) => !text.includes(`'${code}'`))).toEqual([]);
  });
});

describe('SoundkinError', () => {
  it('carries code, details, cause and whether a retry may help', () => {
    const cause = new Error('disk');
    const error = new SoundkinError('LIBRARY_WRITE', 'library: expected room, got none. Make some.', { cause, details: { free: 0 }, retryable: true });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'SoundkinError', code: 'LIBRARY_WRITE', details: { free: 0 }, cause, retryable: true });
    expect(new SoundkinError('USAGE', 'x')).toMatchObject({ details: {}, retryable: false });
    expect('cause' in new SoundkinError('USAGE', 'x')).toBe(false);
  });

  it('ends a command with its code’s status, and anything else with 3', () => {
    for (const code of codes) expect(exitStatus(new SoundkinError(code, 'x'))).toBe(ERROR_CODES[code].exit);
    expect([exitStatus(new Error('x')), exitStatus('x'), exitStatus(undefined)]).toEqual([3, 3, 3]);
  });

  it('has a message whatever was thrown', () => {
    expect([messageOf(new Error('a')), messageOf('b'), messageOf(undefined)]).toEqual(['a', 'b', 'undefined']);
  });
});
