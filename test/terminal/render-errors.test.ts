import { describe, expect, it } from 'vitest';
import type { ErrorsOutcome, FailedFile } from '../../src/commands/errors.js';
import { errorPaths, renderErrors } from '../../src/terminal/render-errors.js';

const file = (root: string, path: string, code: FailedFile['code'] = 'DECODE_FAILED'): FailedFile => ({ root, path, code, message: `decode: expected sound in "${root}/${path}", but it is text.`, measured: false, size: 3 });
const outcome = (files: readonly FailedFile[]): ErrorsOutcome => ({
  library: '/l',
  failed: files.length,
  damaged: 0,
  codes: [...new Set(files.map(({ code }) => code))].map((code) => ({ code, meaning: `what ${code} means`, failed: files.filter((one) => one.code === code).length, damaged: 0 })),
  files,
});

describe('renderErrors', () => {
  it('goes code by code, each file in one line with its reason', () => {
    expect(renderErrors(outcome([file('/m', 'a.wav'), file('/m', 'b\n.wav', 'DECODE_EMPTY'), file('/m', 'c.wav')]))).toEqual([
      'DECODE_FAILED  2  what DECODE_FAILED means',
      '  a.wav: expected sound, but it is text.',
      '  c.wav: expected sound, but it is text.',
      '',
      'DECODE_EMPTY  1  what DECODE_EMPTY means',
      '  b\\n.wav: expected sound, but it is text.',
      '',
      '3 files failed. `soundkin extract FOLDER --retry-errors` tries them again.',
    ]);
  });

  it('tells files of one name in two folders apart', () => {
    expect(renderErrors(outcome([file('/m', 'a.wav'), file('/n', 'a.wav')])).slice(1, 3)).toEqual(['  /m/a.wav: expected sound, but it is text.', '  /n/a.wav: expected sound, but it is text.']);
  });

  it('says that none failed, and that some are damaged', () => {
    expect(renderErrors(outcome([]))).toEqual(['No file failed.']);
    expect(renderErrors({ ...outcome([file('/m', 'a.wav')]), failed: 0, damaged: 1 }).at(-1)).toMatch(/^1 file damaged, but measured\. /);
  });
});

it('errorPaths are full paths, each with its end behind it', () => {
  const files = [file('/m', 'a\nb.wav'), file('/n/', 'sub/é 🎵.wav')];
  expect(errorPaths(files, '\0')).toBe('/m/a\nb.wav\0/n/sub/é 🎵.wav\0');
  expect(errorPaths(files.slice(1), '\n')).toBe('/n/sub/é 🎵.wav\n');
  expect(errorPaths([], '\n')).toBe('');
});
