import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inShard, shardOf } from '../../src/commands/shard.js';

const shards = (count: number) => Array.from({ length: count }, (_, i) => ({ index: i + 1, count }));

describe('a shard', () => {
  it('is written as a part and the number of parts', () => {
    expect(shardOf('1/1')).toEqual({ index: 1, count: 1 });
    expect(shardOf('07/16')).toEqual({ index: 7, count: 16 });
  });

  it.each(['', '1', '0/3', '4/3', '1/0', '-1/3', '1/3/5', '1.5/3', ' 1/3', 'one/three', '1/99999999999999999999'])('is not %j', (text) => {
    expect(() => shardOf(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it('holds each path that no other of its kind holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 50 }), (path, count) => {
        expect(shards(count).filter((shard) => inShard(path, shard))).toHaveLength(1);
      }),
    );
  });

  it('is as large as the others, also where names are alike', () => {
    for (const name of [(i: number) => `${i}.wav`, (i: number) => `album ${i % 40}/track ${String(i).padStart(6, '0')}.flac`, (i: number) => 'a'.repeat(i % 97) + i]) {
      const paths = Array.from({ length: 20_000 }, (_, i) => name(i));
      for (const count of [2, 3, 8, 10]) {
        const expected = 20_000 / count;
        // Five standard deviations of a fair draw.
        for (const shard of shards(count)) expect(Math.abs(paths.filter((path) => inShard(path, shard)).length - expected)).toBeLessThan(5 * Math.sqrt(expected));
      }
    }
  });

  it('is what it always was: a library measured in shards goes on in the same ones', () => {
    expect(['a.wav', 'b.wav', 'Drums/kick 01.flac', 'é.mp3', ''].map((path) => shards(1000).find((shard) => inShard(path, shard))!.index)).toMatchInlineSnapshot(`
      [
        747,
        612,
        597,
        290,
        924,
      ]
    `);
  });

  it('does not depend on how a file system composes characters', () => {
    const index = (path: string): number => shards(1000).find((shard) => inShard(path, shard))!.index;
    expect(index('e\u0301tude.wav')).toBe(index('\u00e9tude.wav'));
    expect(index('etude.wav')).not.toBe(index('\u00e9tude.wav'));
  });
});
