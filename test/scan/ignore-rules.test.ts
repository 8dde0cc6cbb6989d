import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IgnoreRules } from '../../src/scan/ignore-rules.js';

const at = (...exclude: string[]): IgnoreRules => IgnoreRules.at('/music', exclude);
const read = (text: string): IgnoreRules => at().within('', text);

describe('a .soundkinignore', () => {
  it.each<[string, string, boolean, boolean]>([
    ['*.wav', 'a/b/kick.wav', false, true],
    ['*.wav', 'a/b/kick.flac', false, false],
    ['*.wav', 'KICK.WAV', false, true],
    ['old/', 'x/old', true, true],
    ['old/', 'x/old', false, false],
    ['/old', 'old', true, true],
    ['/old', 'x/old', true, false],
    ['drums/*.wav', 'drums/a.wav', false, true],
    ['drums/*.wav', 'x/drums/a.wav', false, false],
    ['**/loops/**', 'x/loops/y/z.wav', false, true],
    ['take[0-9].wav', 'take7.wav', false, true],
    ['take ?.wav', 'take 7.wav', false, true],
    ['# a comment', '# a comment', false, false],
    ['\\#1.wav', '#1.wav', false, true],
    ['  ', 'x.wav', false, false],
    ['/', 'x.wav', false, false],
    ['\ufeff*.wav\r\n*.mp3\r\n', 'x.mp3', false, true],
    ['\ufeff*.wav\r\n*.mp3\r\n', 'x.wav', false, true],
    ['*.wav  ', 'x.wav', false, true],
    ['[unclosed', '[unclosed', false, false],
    ['caf\u00e9/', 'cafe\u0301', true, true],
    ['cafe\u0301.wav', 'caf\u00e9.wav', false, true],
    ['🥁*', '🥁 one.wav', false, true],
  ])('%j of %j (folder: %s) says %s', (text, path, isFolder, expected) => {
    expect(read(text).judge(path, isFolder)).toBe(expected ? 'ignored' : undefined);
  });

  it('counts for what is below its folder only, whatever the folder is called', () => {
    for (const folder of ['a/b', 'x[1]', 'a*', '!not', '#1', 'sp ace ', 'b\\s', 'é']) {
      const rules = at().within(folder, '*.wav\n/top\nin/side\nfolder/\n');
      for (const path of ['k.wav', 'deep/er/k.wav', 'top', 'in/side', 'deep/folder/']) {
        const isFolder = path.endsWith('/');
        expect(rules.judge(`${folder}/${path.replace(/\/$/, '')}`, isFolder), `${folder}: ${path}`).toBe('ignored');
      }
      for (const path of [`${folder}/deep/top`, `${folder}/deep/in/side`, 'k.wav', 'other/k.wav', 'x1/k.wav', 'aa/k.wav']) expect(rules.judge(path, false), `${folder}: ${path}`).toBe(undefined);
    }
  });

  it('deeper down overrides those above, and a pattern given overrides both', () => {
    const rules = at('!keep.wav', 'never.wav').within('', '*.wav\nfoo/\n').within('a', '!*.wav\n!foo/\nbad.wav\n');
    expect(rules.judge('x.wav', false)).toBe('ignored');
    expect(rules.judge('a/x.wav', false)).toBe(undefined);
    expect(rules.judge('a/bad.wav', false)).toBe('ignored');
    expect(rules.judge('a/foo', true)).toBe(undefined);
    expect(rules.judge('a/foo/x.wav', false)).toBe(undefined);
    expect(rules.judge('b/foo', true)).toBe('ignored');
    expect(rules.judge('keep.wav', false)).toBe(undefined);
    expect(rules.judge('a/never.wav', false)).toBe('excluded');
  });

  it('says the same however often it is asked', () => {
    const rules = read('*1.wav');
    for (let i = 0; i < 25_000; i++) if ((rules.judge(`${i}.wav`, false) === 'ignored') !== (i % 10 === 1)) expect.fail(`${i}.wav`);
  });
});

describe('patterns given', () => {
  it('may be places in the folder, as a shell completes them', () => {
    for (const pattern of ['/music/old', './old', '/old']) {
      expect(at(pattern).judge('old', true)).toBe('excluded');
      expect(at(pattern).judge('x/old', true)).toBe(undefined);
    }
    expect(at('!./old').judge('old', true)).toBe(undefined);
    expect(at('/musical').judge('musical', true)).toBe('excluded');
  });

  it('none says nothing', () => {
    expect(at().judge('a', false)).toBe(undefined);
    expect(at('').judge('a', false)).toBe(undefined);
    expect(at().within('', '\n# nothing\n').judge('a', false)).toBe(undefined);
  });
});

const hasGit = spawnSync('git', ['--version']).status === 0;
describe.skipIf(!hasGit)('beside git, on random trees (skipped without git)', () => {
  const name = fc.constantFrom('a', 'b', 'ab', 'A b', 'x[1]', 'c*');
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  const glob = fc.constantFrom('a', 'b', 'a*', '*b', '?', '**', '*', 'x\\[1\\]', '[ab]', 'A b');
  const line = fc
    .tuple(fc.constantFrom('', '', '', '!'), fc.constantFrom('', '/'), fc.array(glob, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '/'))
    .map(([not, start, parts, end]) => `${not}${start}${parts.join('/')}${end}`);
  const text = fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => lines.join('\n'));

  it('ignores the same files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'soundkin-ignore-'));
    try {
      execFileSync('git', ['init', '-q', folder]);
      execFileSync('git', ['-C', folder, 'config', 'core.ignorecase', 'true']);
      let round = 0;
      fc.assert(
        fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 8 }), text, fc.option(fc.tuple(name, text)), (paths, top, nested) => {
          const base = `r${round++}`;
          const files = paths.filter((one) => !paths.some((other) => other.startsWith(`${one}/`)));
          const put = (file: string, content: string): void => {
            mkdirSync(dirname(join(folder, base, file)), { recursive: true });
            writeFileSync(join(folder, base, file), content);
          };
          for (const file of files) put(`${file}.wav`, '');
          put('.gitignore', top);
          if (nested !== null) put(`${nested[0]}/.gitignore`, nested[1]);
          const listed = execFileSync('git', ['-C', join(folder, base), 'ls-files', '-z', '--others', '--exclude-per-directory=.gitignore'], { encoding: 'utf8' }).split('\0');
          const kept = listed.filter((file) => file.endsWith('.wav')).sort();

          const outer = at().within('', top);
          const ours = files.map((file) => `${file}.wav`).filter((file) => {
            const parts = file.split('/');
            return parts.every((_, i) => {
              const rules = nested !== null && i > 0 && parts[0] === nested[0] ? outer.within(nested[0], nested[1]) : outer;
              return rules.judge(parts.slice(0, i + 1).join('/'), i < parts.length - 1) === undefined;
            });
          });
          expect(ours.sort()).toEqual(kept);
        }),
        { numRuns: 150 },
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
