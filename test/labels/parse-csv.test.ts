import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCell, parseCsv } from '../../src/labels/parse-csv.js';

describe('parseCsv', () => {
  it.each([
    ['plain rows', 'a,b\nc,d\n', [['a', 'b'], ['c', 'd']]],
    ['no line end at the end', 'a,b\nc,d', [['a', 'b'], ['c', 'd']]],
    ['Windows line ends', 'a,b\r\nc,d\r\n', [['a', 'b'], ['c', 'd']]],
    ['line ends of old Macs', 'a,b\rc,d\r', [['a', 'b'], ['c', 'd']]],
    ['a byte-order mark', '\uFEFFpath,label\n', [['path', 'label']]],
    ['empty cells', ',\n,x,\n', [['', ''], ['', 'x', '']]],
    ['an empty line', 'a\n\nb\n', [['a'], [''], ['b']]],
    ['commas, quotes and line ends within quotes', '"a,b","say ""hi""","two\nlines"\n', [['a,b', 'say "hi"', 'two\nlines']]],
    ['a quote within a cell that is not quoted', 'a"b,5" tape\n', [['a"b', '5" tape']]],
    ['an empty quoted cell at the very end', 'a,""', [['a', '']]],
    ['a lone empty quoted cell', '""', [['']]],
    ['nothing', '', []],
  ])('reads %s', (_, text, rows) => {
    expect(parseCsv(text)).toEqual(rows);
  });

  it('refuses a quote that is never closed, naming the row', () => {
    expect(() => parseCsv('a,b\nc,d\n"e,f\ng,h\n')).toThrow(expect.objectContaining({ code: 'LABELS_FORMAT', message: expect.stringContaining('row 3') }));
  });

  it('reads back whatever csvCell wrote', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '🎵', ',', '"', '\n', '\r', ' ', ';', '\\') });
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 }), fc.constantFrom('\n', '\r\n'), (rows, end) => {
        expect(parseCsv(rows.map((row) => row.map(csvCell).join(',') + end).join(''))).toEqual(rows);
      }),
    );
  });
});

describe('csvCell', () => {
  it('quotes only what must be', () => {
    expect(['a b', 'a,b', 'a"b', 'a\nb', 1.5].map(csvCell)).toEqual(['a b', '"a,b"', '"a""b"', '"a\nb"', '1.5']);
  });
});
