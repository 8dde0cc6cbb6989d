import { describe, expect, it } from 'vitest';
import { bytes, counted, duration, score } from '../../src/terminal/units.js';

describe('units', () => {
  it.each([
    [0, '0.0 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [12.4, '12 s'],
    [59.4, '59 s'],
    [59.6, '1:00'],
    [185, '3:05'],
    [3599.6, '1:00:00'],
    [7800, '2:10:00'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  it('counts in words', () => {
    expect([counted(0, 'sound'), counted(1, 'sound'), counted(207, 'sound')]).toEqual(['0 sounds', '1 sound', '207 sounds']);
  });

  it('gives a score three digits, and a dash where there is none', () => {
    expect([0.12345, 1, -0.5, NaN, null, undefined].map(score)).toEqual(['0.123', '1.000', '-0.500', '–', '–', '–']);
  });

  it.each([
    [0, '0 B'],
    [812, '812 B'],
    [1000, '1.0 kB'],
    [9949, '9.9 kB'],
    [9951, '10 kB'],
    [37_400_000, '37 MB'],
    [1_320_000_000, '1.3 GB'],
    [5e15, '5000 TB'],
  ])('bytes(%d) is %s', (count, expected) => {
    expect(bytes(count)).toBe(expected);
  });
});
