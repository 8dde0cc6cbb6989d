import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { printable, problemLines } from '../../src/terminal/problem-lines.js';

const plain = pc.createColors(false);
const line = (path: string, message: string): string | undefined => problemLines([{ path, code: 'DECODE_FAILED', message }], plain)[0];

describe('problemLines', () => {
  it('says which file, why, and the code, each name once', () => {
    expect(line('sub/a.wav', 'decode: expected sound in "/x/sub/a.wav", but it is text. Leave it out.')).toBe('! sub/a.wav: expected sound, but it is text. Leave it out. (DECODE_FAILED)');
    expect(line('a.wav', 'decode: expected sound in "/x/other.wav", but it is text.')).toContain('in "/x/other.wav"');
  });

  it('lists ten, and counts the rest', () => {
    const lines = problemLines(Array.from({ length: 13 }, (_, i) => ({ path: `${i}.wav`, code: 'DECODE_EMPTY', message: 'decode: x' })), plain);
    expect(lines).toHaveLength(11);
    expect(lines[10]).toContain('3 more');
  });

  it('tells files of one name in two folders apart', () => {
    const of = (...roots: string[]): string[] => problemLines(roots.map((root) => ({ root, path: 'a.wav', code: 'DECODE_EMPTY', message: `decode: expected sound in "${root}/a.wav", got none.` })), plain);
    expect(of('/m', '/n')).toEqual(['! /m/a.wav: expected sound, got none. (DECODE_EMPTY)', '! /n/a.wav: expected sound, got none. (DECODE_EMPTY)']);
    expect(of('/m', '/m')[0]).toMatch(/^! a\.wav: /);
    const absolute = problemLines([{ root: '/m', path: '/m/shut', code: 'SCAN_NOT_FOUND', message: 'scan: x' }, { root: '/n', path: 'a.wav', code: 'DECODE_EMPTY', message: 'decode: x' }], plain);
    expect(absolute[0]).toMatch(/^! \/m\/shut: /);
  });

  it('stays one line whatever the name', () => {
    const name = 'two\nlines "quoted".wav';
    expect(line(name, `decode: expected sound in "/x/${name}", but it is text.`)).toBe('! two\\nlines "quoted".wav: expected sound, but it is text. (DECODE_FAILED)');
  });
});

describe('printable', () => {
  it('lets no name steer the terminal', () => {
    expect(printable('a\nb\tc\u001B[2Jd\u0007\u202Ee\u0085')).toBe('a\\nb\\tc\\u{1b}[2Jd\\u{7}\\u{202e}e\\u{85}');
  });

  it('leaves every other name alone', () => {
    for (const name of ['été 🎵.wav', 'e\u0301', '太鼓', 'a  b', '👩‍🎤']) expect(printable(name)).toBe(name);
  });
});
