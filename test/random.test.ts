import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../src/random.js';

const anySeed = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

describe('createRandom', () => {
  it('is the Mersenne Twister that the C++ standard pins: its 10 000th draw from seed 5489 is 4123659995', () => {
    const random = createRandom(5489);
    expect(random.next()).toBe(((3499211612 >>> 5) * 2 ** 26 + (581869302 >>> 6)) / 2 ** 53);
    for (let i = 1; i < 4999; i++) random.next();
    const low = (random.next() * 2 ** 53) % 2 ** 26;
    expect(low).toBe(4123659995 >>> 6);
  });

  it('counts only the low 32 bits of a seed', () => {
    expect(createRandom(-1).next()).toBe(createRandom(2 ** 32 - 1).next());
    expect(createRandom(2 ** 32 + 7).next()).toBe(createRandom(7).next());
  });

  it('stays in [0, 1), and its integers in [0, n)', () => {
    fc.assert(
      fc.property(anySeed, fc.integer({ min: 1, max: 2 ** 31 }), (seed, n) => {
        const random = createRandom(seed);
        for (let i = 0; i < 20; i++) {
          const x = random.next();
          const j = random.integer(n);
          expect(x >= 0 && x < 1 && Number.isInteger(j) && j >= 0 && j < n).toBe(true);
        }
      }),
    );
  });

  it('is even: 16 bins, chi-squared below its 1 in 10 000 bound of 44.3', () => {
    for (const seed of [0, 1, -1, 12345]) {
      const random = createRandom(seed);
      const bins = new Array<number>(16).fill(0);
      for (let i = 0; i < 16_000; i++) bins[random.integer(16)]! += 1;
      expect(bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(44.3);
    }
  });

  it('forks streams that differ from each other, from their parent and from near seeds, in any order', () => {
    const starts = new Set<number>();
    for (let seed = 0; seed < 20; seed++) {
      starts.add(createRandom(seed).next());
      for (let stream = 0; stream < 20; stream++) starts.add(createRandom(seed).fork(stream).next());
    }
    expect(starts.size).toBe(20 * 21);
    const used = createRandom(3);
    used.next();
    used.fork(1).next();
    expect(used.fork(7).next()).toBe(createRandom(3).fork(7).next());
  });
});
