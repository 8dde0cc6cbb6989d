import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memberTracks } from '../../src/commands/member-tracks.js';
import { pickShown } from '../../src/commands/shown-sounds.js';
import type { TrackSummary } from '../../src/library/index.js';

describe('the sounds a page shows', () => {
  it('are all of them while there is room', () => {
    expect([...pickShown([0, 1, 0], [3, 2, 1], 2, 3)]).toEqual([0, 1, 2]);
  });

  it('are as many as there is room for, once each, the most typical of each cluster among them', () => {
    const cases = fc.record({ n: fc.integer({ min: 50, max: 400 }), k: fc.integer({ min: 1, max: 6 }), most: fc.integer({ min: 12, max: 49 }), salt: fc.integer({ min: 1, max: 1e6 }) });
    fc.assert(
      fc.property(cases, ({ n, k, most, salt }) => {
        const clusters = Array.from({ length: n }, (_, i) => (i * salt) % k);
        const distances = Array.from({ length: n }, (_, i) => (i * salt * 31) % 997);
        const shown = [...pickShown(clusters, distances, k, most)];
        expect(shown).toHaveLength(most);
        expect(new Set(shown).size).toBe(most);
        expect(shown).toEqual(shown.toSorted((a, b) => a - b));
        for (const j of new Set(clusters)) {
          const own = distances.flatMap((distance, i) => (clusters[i] === j ? [distance] : []));
          expect(Math.min(...shown.filter((i) => clusters[i] === j).map((i) => distances[i]!))).toBe(Math.min(...own));
        }
      }),
    );
  });

  it('are spread over the whole library', () => {
    const shown = [...pickShown(new Int32Array(10_000), Float32Array.from({ length: 10_000 }, (_, i) => i), 1, 1100)];
    expect(shown.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, i) => i)); // the typical ones
    for (let tenth = 1000; tenth < 10_000; tenth += 1000) {
      const inside = shown.filter((i) => i >= tenth && i < tenth + 1000).length;
      expect(inside).toBeGreaterThanOrEqual(100);
      expect(inside).toBeLessThanOrEqual(102);
    }
  });

  it('pass by distances that are not numbers, and more clusters than there is room for', () => {
    expect([...pickShown([0, 0, 0, 0, 0], [NaN, NaN, 1, NaN, NaN], 1, 2)]).toContain(2);
    expect(pickShown(Array.from({ length: 100 }, (_, i) => i), new Float32Array(100), 100, 10)).toHaveLength(10);
  });
});

describe('what the library knows of members', () => {
  const track = (root: string, path: string): TrackSummary => ({ root, path, durationSeconds: path.length }) as unknown as TrackSummary;
  const tracks = [track('/a', 'B'), track('/a', 'a'), track('/a', 'é'), track('/b', 'a'), track('/b', 'z')];

  it('is found side by side, and undefined for those that left', () => {
    const members = [tracks[0]!, track('/a', 'C'), tracks[2]!, tracks[4]!, track('/c', 'a')];
    expect(memberTracks(members, tracks)).toEqual([tracks[0], undefined, tracks[2], tracks[4], undefined]);
    expect(memberTracks([], tracks)).toEqual([]);
    expect(memberTracks(members, [])).toEqual(members.map(() => undefined));
  });

  it('is found for members in another order too', () => {
    expect(memberTracks([tracks[4]!, tracks[0]!], tracks)).toEqual([tracks[4], tracks[0]]);
  });
});
