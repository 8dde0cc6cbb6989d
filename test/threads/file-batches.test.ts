import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedBytes, fileBatches } from '../../src/threads/index.js';

const files = (...sizes: number[]): { path: string; size: number }[] => sizes.map((size, i) => ({ path: `${i}.wav`, size }));
const namesOf = (batches: Iterable<{ files: readonly { path: string }[] }>): string[][] => [...batches].map((batch) => batch.files.map(({ path }) => path));
const KB = 1024;
const MB = 1024 * KB;

describe('files in batches', () => {
  it('are each in one batch, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 * MB }), { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (sizes, threads) => {
        const given = files(...sizes);
        const dealt = [...fileBatches(given, threads)].flatMap((batch) => batch.files);
        expect([...dealt].sort((a, b) => given.indexOf(a) - given.indexOf(b))).toEqual(given);
      }),
    );
  });

  it('of small files have eight, and fewer towards the end', () => {
    const lengths = namesOf(fileBatches(files(...Array.from({ length: 200 }, () => 50 * KB)), 2)).map((names) => names.length);
    expect(lengths[0]).toBe(8);
    expect(lengths.at(-1)).toBe(1);
    expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));
    // So that every thread has some of the last ones.
    expect(lengths.slice(-8)).toEqual(Array.from({ length: 8 }, () => 1));
  });

  it('of few files have one each', () => {
    expect(namesOf(fileBatches(files(1, 1, 1, 1, 1, 1), 3))).toEqual([['0.wav'], ['1.wav'], ['2.wav'], ['3.wav'], ['4.wav'], ['5.wav']]);
    expect(namesOf(fileBatches([], 2))).toEqual([]);
  });

  it('hold no more than 2 MB of WAV, or a third of a megabyte of MP3', () => {
    const wavs = [...fileBatches(files(...Array.from({ length: 100 }, () => 0.9 * MB)), 1)];
    expect(wavs[0]!.files).toHaveLength(2);
    const mp3s = Array.from({ length: 100 }, (_, i) => ({ path: `${i}.mp3`, size: 150 * KB }));
    expect([...fileBatches(mp3s, 1)][0]!.files).toHaveLength(2);
    expect([...fileBatches(files(1, 1, 30 * MB, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), 1)].map((batch) => batch.files.length)).toContain(1);
  });

  it('begin with the largest files where threads would wait for one, and keep the order of the others', () => {
    const given = files(50 * KB, 3 * MB, 50 * KB, 40 * MB, 50 * KB, 60 * MB);
    expect(namesOf(fileBatches(given, 2)).flat()).toEqual(['5.wav', '3.wav', '0.wav', '1.wav', '2.wav', '4.wav']);
    // One thread waits for nobody.
    expect(namesOf(fileBatches(given, 1)).flat()).toEqual(given.map(({ path }) => path));
  });

  it('tell the memory they take: of one file as much as of the file', () => {
    const [only] = [...fileBatches(files(7 * MB), 2)];
    expect(only!.bytes).toBe(expectedBytes('0.wav', 7 * MB));
    const [first] = [...fileBatches(files(...Array.from({ length: 64 }, () => 100 * KB)), 2)];
    expect(first!.bytes).toBeGreaterThanOrEqual(8 * 4 * 100 * KB);
  });
});
