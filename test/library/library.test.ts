import { readdirSync, copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { TrackRow, TrackSummary } from '../../src/library/index.js';
import { failedRow, features, sampleRow, SMALL, libraryFolder } from './sample-rows.js';

const { fresh, withLibrary } = libraryFolder();

function summaryOf({ features: measured, ...rest }: TrackRow): TrackSummary {
  return { ...rest, measured: measured !== null };
}

const rowNames = (dir: string): string[] => readdirSync(join(dir, 'rows')).sort();

describe('appendRows and tracks', () => {
  it('gives back every column, ordered by root then path in code-unit order', async () => {
    const rows = [
      sampleRow('b.wav'),
      sampleRow('a.wav', { root: '/z' }),
      failedRow('a/text.wav'),
      sampleRow('B.wav', { size: 2 ** 53 - 1, mtimeMs: 0.0001220703125, sampleRate: 22254.5454, channels: 6 }),
      // U+1F3B5 sorts before U+FFFD by code units, after it by code points (as in UTF-8)
      sampleRow('\u{fffd}.wav'),
      sampleRow('\u{1f3b5} it\'s "q"\n\t\\ cafe\u0301.wav', {
        code: 'DECODE_TRUNCATED',
        message: "ends 'early'; 100 %\r\nNULL",
        contentId: null,
        durationSeconds: null,
        sampleRate: null,
        channels: null,
        format: null,
        decoder: null,
        excerpt: '60s@middle',
        title: null,
        artist: '\u{1f3b5}',
        album: 'caf\u00e9',
        genre: null,
        backend: null,
      }),
      sampleRow('caf\u00e9.wav'),
      sampleRow('cafe\u0301.wav', { contentId: '' }),
    ];
    await withLibrary(async (library) => {
      await library.appendRows(rows);
      const expected = rows
        .map(summaryOf)
        .sort((a, b) => (a.root < b.root ? -1 : a.root > b.root ? 1 : a.path < b.path ? -1 : 1));
      expect(await library.tracks()).toEqual(expected);
      expect(library.problems).toEqual([]);
    });
  });

  it('keeps any rows bit by bit, in any number of batches, and the last one of a path wins (property)', async () => {
    const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
    const text = fc.string({ unit: 'binary', maxLength: 12 });
    const name = fc.oneof(fc.constantFrom('a', 'b', "c'd", 'e\u0301', '\u00e9'), text);
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    const row: fc.Arbitrary<TrackRow> = fc.record({
      root: fc.constantFrom('/r', "/s'\n"),
      path: name,
      size: fc.maxSafeNat(),
      mtimeMs: finite,
      contentId: maybe(text),
      durationSeconds: maybe(finite),
      sampleRate: maybe(finite),
      channels: maybe(fc.integer({ min: 0, max: 255 })),
      format: maybe(text),
      decoder: maybe(text),
      excerpt: maybe(text),
      title: maybe(text),
      artist: maybe(text),
      album: maybe(text),
      genre: maybe(text),
      backend: maybe(text),
      features: maybe(
        fc.record({
          seed: fc.float32Array({ minLength: 3, maxLength: 3 }),
          kin: fc.float32Array({ minLength: 5, maxLength: 5 }),
        }),
      ),
      code: maybe(text),
      message: maybe(text),
      removed: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(row, { maxLength: 12 }), { maxLength: 4 }), async (batches) => {
        await withLibrary(async (library) => {
          const newest = new Map<string, TrackRow>();
          for (const batch of batches) {
            await library.appendRows(batch);
            for (const each of batch) newest.set(JSON.stringify([each.root, each.path]), each);
          }
          const expected = [...newest.values()]
            .filter(({ removed }) => !removed)
            .sort((a, b) => (a.root < b.root ? -1 : a.root > b.root ? 1 : a.path < b.path ? -1 : 1));
          expect(await library.tracks()).toEqual(expected.map(summaryOf));
          const measured = expected.filter((each) => each.features !== null);
          for (const { name: recipe } of SMALL.recipes) {
            const read = await library.readPoints(recipe);
            expect(read.tracks).toEqual(measured.map(summaryOf));
            const flat = Float32Array.from(measured.flatMap((each) => [...(each.features?.[recipe] ?? [])]));
            expect(read.points).toEqual(flat); // Object.is: NaN, infinities and -0 too
          }
        });
      }),
      { numRuns: 25 },
    );
  });

  it('lets the newest row of a path win, across files, reopening, and roots', async () => {
    const dir = fresh();
    await withLibrary(async (library) => {
      await library.appendRows([sampleRow('a', { size: 1 }), sampleRow('b', { size: 1 }), sampleRow('a', { size: 2, root: '/other' })]);
      await library.appendRows([sampleRow('a', { size: 3 }), sampleRow('a', { size: 4 })]);
    }, dir);
    await withLibrary(async (library) => {
      await library.appendRows([failedRow('b')]);
      const tracks = await library.tracks();
      expect(tracks.map(({ root, path, size, measured }) => [root, path, size, measured])).toEqual([
        ['/other', 'a', 2, true],
        ['/sounds', 'a', 4, true],
        ['/sounds', 'b', 1000, false],
      ]);
    }, dir);
  });

  it('keeps the order of calls that did not wait for one another', async () => {
    await withLibrary(async (library) => {
      await Promise.all(Array.from({ length: 8 }, (_, i) => library.appendRows([sampleRow('a', { size: i })])));
      expect((await library.tracks())[0]?.size).toBe(7);
    });
  });

  it('hides a removed track, and shows it again when it is back', async () => {
    await withLibrary(async (library) => {
      await library.appendRows([sampleRow('a'), sampleRow('b')]);
      await library.appendRows([sampleRow('a', { removed: true, features: null })]);
      expect((await library.tracks()).map(({ path }) => path)).toEqual(['b']);
      expect((await library.readPoints('seed')).tracks).toHaveLength(1);
      await library.appendRows([sampleRow('a')]);
      expect(await library.tracks()).toHaveLength(2);
    });
  });

  it('writes nothing for no rows, and an empty library has no tracks', async () => {
    const dir = fresh();
    await withLibrary(async (library) => {
      await library.appendRows([]);
      expect(existsSync(join(dir, 'rows'))).toBe(false);
      expect(await library.tracks()).toEqual([]);
      expect((await library.readPoints('kin')).points).toHaveLength(0);
    }, dir);
  });

  it('refuses rows that could not be read again', async () => {
    await withLibrary(async (library) => {
      const { kin, seed } = features(1) as { kin: Float32Array; seed: Float32Array };
      const wrong: Partial<TrackRow>[] = [
        { features: { seed } },
        { features: { seed, kin: kin.subarray(1) } },
        { features: { seed, kin, more: kin } },
        { size: 0.5 },
      ];
      for (const changes of wrong) {
        await expect(library.appendRows([sampleRow('a'), sampleRow('b', changes)])).rejects.toMatchObject({ code: 'INTERNAL' });
      }
      expect(await library.tracks()).toEqual([]);
    });
  });

  it('works in folders whose names mean something to SQL, to wildcards or to Hive', async () => {
    for (const name of ["it's", '[2024] a-z', 'st*r', '**', 'q?', 'size=7', '{x}', '\u{1f3b5} e\u0301', 'back\\slash', 'line\nbreak', '%41 ~']) {
      const dir = join(fresh(), name);
      await withLibrary(async (library) => {
        await library.appendRows([sampleRow('a', { size: 5 })]);
        expect((await library.tracks()).map(({ size }) => size)).toEqual([5]);
        expect((await library.readPoints('seed')).points).toEqual(features(1).seed);
        expect(library.problems).toEqual([]);
      }, dir);
    }
  });

  it('reads its own files, not those of a neighbour that its name matches as a pattern', async () => {
    const parent = fresh();
    const [plain, starred] = [join(parent, 'stXr'), join(parent, 'st**r')];
    await withLibrary((library) => library.appendRows([sampleRow('a', { size: 1 })]), starred);
    await withLibrary((library) => library.appendRows([sampleRow('a', { size: 2 }), sampleRow('b')]), plain);
    const [own] = rowNames(starred) as [string];
    const [other] = rowNames(plain) as [string];
    copyFileSync(join(plain, 'rows', other), join(plain, 'rows', own));
    await withLibrary(async (library) => {
      expect((await library.tracks()).map(({ path, size }) => [path, size])).toEqual([['a', 1]]);
    }, starred);
  });

  it('keeps two libraries side by side apart', async () => {
    await withLibrary((one) =>
      withLibrary(async (two) => {
        await Promise.all([one.appendRows([sampleRow('one')]), two.appendRows([sampleRow('two'), sampleRow('three')])]);
        expect((await one.tracks()).map(({ path }) => path)).toEqual(['one']);
        expect((await two.tracks()).map(({ path }) => path)).toEqual(['three', 'two']);
      }),
    );
  });

  it('sees at once what another open library of the same folder appended', async () => {
    const dir = fresh();
    await withLibrary(
      (writer) =>
        withLibrary(async (reader) => {
          await writer.appendRows([sampleRow('a')]);
          expect(await reader.tracks()).toHaveLength(1);
          await writer.appendRows([sampleRow('b')]);
          expect(await reader.tracks()).toHaveLength(2);
        }, dir),
      dir,
    );
  });
});

describe('readPoints', () => {
  it('follows the order of tracks() over several files and chunks, filtered or not', async () => {
    await withLibrary(async (library) => {
      const path = (i: number): string => `${(i * 7919) % 5003}.wav`;
      const all = Array.from({ length: 5003 }, (_, i) => (i % 11 === 0 ? failedRow(path(i)) : sampleRow(path(i), { features: features(i) })));
      await library.appendRows(all.slice(0, 3000));
      await library.appendRows(all.slice(2500));
      const byPath = new Map(all.map((row) => [row.path, row]));
      const measured = (await library.tracks()).filter((track) => track.measured);
      expect(measured.length).toBe(5003 - 455);
      for (const filter of [undefined, (track: TrackSummary): boolean => track.path.includes('3')]) {
        const { tracks, points, width } = await library.readPoints('kin', filter);
        expect(width).toBe(5);
        expect(tracks).toEqual(filter === undefined ? measured : measured.filter(filter));
        const expected = tracks.flatMap((track) => [...(byPath.get(track.path)?.features?.kin ?? [])]);
        expect(points).toEqual(Float32Array.from(expected));
      }
    });
  });

  it('names the recipes there are when asked for another', async () => {
    await withLibrary(async (library) => {
      await expect(library.readPoints('classic')).rejects.toMatchObject({ code: 'CONFIG_RANGE', message: expect.stringContaining('seed, kin') as string });
    });
  });
});
