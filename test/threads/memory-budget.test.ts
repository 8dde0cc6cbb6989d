import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { expectedBytes, memoryBudget } from '../../src/threads/index.js';

describe('memoryBudget', () => {
  it.each([
    ['2G', 2 * 2 ** 30],
    ['1.5g', 1.5 * 2 ** 30],
    ['500 MB', 500 * 2 ** 20],
    ['500MiB', 500 * 2 ** 20],
    ['134217728', 2 ** 27],
    ['65536k', 2 ** 26],
  ])('reads %s', (text, bytes) => expect(memoryBudget(text)).toBe(bytes));

  it.each(['', 'lots', '-2G', '2X', '1M', '0', '2G2'])('refuses "%s"', (text) => expect(() => memoryBudget(text)).toThrowError(expect.objectContaining({ code: 'CONFIG_RANGE', message: expect.stringContaining('such as 2G') })));

  it('takes a part of the free memory by itself', () => {
    expect(memoryBudget()).toBeGreaterThanOrEqual(64 * 2 ** 20);
    expect(memoryBudget()).toBeLessThan(totalmem());
  });
});

describe('expectedBytes', () => {
  it('thinks more of compressed files than of plain ones, and of large than of small', () => {
    expect(expectedBytes('a.WAV', 1e6)).toBeLessThan(expectedBytes('a.flac', 1e6));
    expect(expectedBytes('a.flac', 1e6)).toBeLessThan(expectedBytes('a.mp3', 1e6));
    expect(expectedBytes('a', 1e6)).toBe(expectedBytes('a.mp3', 1e6));
    expect(expectedBytes('a.mp3', 2e6)).toBeGreaterThan(expectedBytes('a.mp3', 1e6));
  });
});
