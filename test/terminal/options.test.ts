import { describe, expect, it } from 'vitest';
import { chosenK, kRangeOf } from '../../src/terminal/options.js';
import { withoutUndefined } from '../../src/terminal/without-undefined.js';

describe('--k', () => {
  it('is a number, a range, or auto', () => {
    expect([chosenK('1'), chosenK('12'), chosenK('auto'), chosenK('2..5')]).toEqual([{ k: 1 }, { k: 12 }, { k: 'auto' }, { k: 'auto', kRange: [2, 5] }]);
  });

  it.each(['0', '-1', 'abc', '', '2.5', '1e3', '2..', '..5', '2...5', '2-5', ' 3', '5..2', '1..4', '0..0', 'NaN'])('is not "%s"', (text) => {
    expect(() => chosenK(text)).toThrow(expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(`"${text}"`) }));
  });

  it('of a sweep is a range only', () => {
    expect(kRangeOf('2..2')).toEqual([2, 2]);
    for (const text of ['3', 'auto', '5..2', '1..3']) expect(() => kRangeOf(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});

describe('withoutUndefined', () => {
  it('keeps null, 0, false and the empty text', () => {
    expect(Object.keys(withoutUndefined({ a: undefined, b: null, c: 0, d: false, e: '' }))).toEqual(['b', 'c', 'd', 'e']);
  });
});
