import { afterEach, describe, expect, it } from 'vitest';
import { bar, table } from '../../src/terminal/table.js';
import { terminalWidth, textWidth } from '../../src/terminal/text-width.js';

const columns = [{ title: '#', align: 'right' as const }, { title: 'kind' }, { title: 'file', fills: true }];
const before = process.env['COLUMNS'];
afterEach(() => {
  if (before === undefined) delete process.env['COLUMNS'];
  else process.env['COLUMNS'] = before;
});

describe('textWidth', () => {
  it.each([
    ['abc', 3],
    ['été', 3],
    ['e\u0301te\u0301', 3],
    ['太鼓', 4],
    ['🎵', 2],
    ['👩‍🎤', 2],
    ['ｶﾅ', 2],
    ['\u001B[31mred\u001B[39m', 3],
    ['', 0],
  ])('counts the columns of %s', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });
});

describe('table', () => {
  it('stands numbers right and leaves two columns between', () => {
    process.env['COLUMNS'] = '80';
    expect(table(columns, [['1', 'drum', 'a.wav'], ['12', 'x', 'bb.wav']])).toBe(' #  kind  file\n 1  drum  a.wav\n12  x     bb.wav');
  });

  it.each([20, 40, 41, 80])('keeps within %d columns, whatever the names', (width) => {
    process.env['COLUMNS'] = String(width);
    const names = ['x'.repeat(200), '太鼓'.repeat(40), 'e\u0301'.repeat(100), '🎵🥁'.repeat(30), 'short'];
    const lines = table(columns, names.map((name, i) => [String(i), 'k', name])).split('\n');
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(textWidth(line)).toBeLessThan(width);
    expect(lines[1]).toContain('…');
    expect(lines[5]).toContain('short');
  });

  it('cuts nothing in a pipe', () => {
    delete process.env['COLUMNS'];
    const name = 'x'.repeat(300);
    expect(process.stdout.isTTY ?? false).toBe(false);
    expect(table(columns, [['1', 'k', name]])).toContain(name);
  });

  it('draws a head alone where there are no rows', () => {
    expect(table(columns, [])).toBe('#  kind  file');
  });
});

describe('bar', () => {
  it('fills by eighths, within its width', () => {
    expect([0, 0.0625, 0.5, 1, 2, -1].map((share) => bar(share, 2))).toEqual(['', '▏', '█', '██', '██', '']);
    expect(bar(15 / 16, 2)).toBe('█▉');
  });
});

describe('terminalWidth', () => {
  it('is what COLUMNS says where there is no terminal, and 80 where that is no number', () => {
    process.env['COLUMNS'] = '33';
    expect(terminalWidth()).toBe(33);
    for (const wrong of ['', 'wide', '0', '-4', '3.5']) {
      process.env['COLUMNS'] = wrong;
      expect(terminalWidth()).toBe(80);
    }
  });
});

describe('a column with a most', () => {
  it('is cut there on a terminal, and not in a pipe', () => {
    const labelled = [{ title: 'label', most: 6 }, { title: 'file' }];
    process.env['COLUMNS'] = '80';
    expect(table(labelled, [['a long label', 'x'], ['short', 'y']])).toBe('label   file\na lon…  x\nshort   y');
    delete process.env['COLUMNS'];
    expect(table(labelled, [['a long label', 'x']])).toContain('a long label');
  });
});
