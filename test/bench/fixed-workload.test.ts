import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fixedPoints, fixedSound, fixedSounds } from '../../src/bench/index.js';

/** Of values rounded to 1e-5: sines differ in their last bit between engines. */
const nameOf = (values: Float32Array): string => createHash('sha256').update(Int32Array.from(values, (value) => Math.round(value * 1e5))).digest('hex').slice(0, 8);

describe('the fixed workload', () => {
  it('is the same sound again, another with another seed, and audible', () => {
    const [a, again, b] = [fixedSound(30_000, 22_050, 1), fixedSound(30_000, 22_050, 1), fixedSound(30_000, 22_050, 2)];
    expect(nameOf(a)).toBe(nameOf(again));
    expect(nameOf(a)).not.toBe(nameOf(b));
    expect(Math.max(...a)).toBeLessThan(1);
    expect(Math.sqrt(a.reduce((sum, value) => sum + value * value, 0) / a.length)).toBeGreaterThan(0.03);
    expect(fixedSound(0, 22_050, 1)).toHaveLength(0);
  });

  it('repeats a few clips, of which every one is 30 s', () => {
    const clips = fixedSounds(6);
    expect(clips.map(({ length }) => length)).toEqual(Array.from({ length: 6 }, () => 661_500));
    expect(clips[4]).toBe(clips[0]);
    expect(clips[1]).not.toBe(clips[0]);
  });

  it('has points in clouds that differ by seed', () => {
    const points = fixedPoints(400, 3, 5);
    expect(points).toHaveLength(1200);
    expect(nameOf(points)).toBe(nameOf(fixedPoints(400, 3, 5)));
    expect(nameOf(points)).not.toBe(nameOf(fixedPoints(400, 3, 5, 2)));
    expect(points.every(Number.isFinite)).toBe(true);
  });
});
