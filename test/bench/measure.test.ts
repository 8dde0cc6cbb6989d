import { beforeAll, describe, expect, it } from 'vitest';
import { audioSeconds, checkedDevices, featureContestant, fittingPoints, fittingSounds, fixedPoints, fixedSound, framesOf, kmeansContestant, measureRows, ROW_TOLERANCE, rowDifference } from '../../src/bench/index.js';
import { createAnalysisSettings } from '../../src/config/analysis.js';
import type { Device } from '../../src/device/device.js';
import { openDevice } from '../../src/device/open-device.js';

const settings = createAnalysisSettings();
const sound = (samples: number, seed: number): { samples: Float32Array; sampleRate: number } => ({ samples: fixedSound(samples, 22_050, seed), sampleRate: 22_050 });
const sounds = [sound(30_000, 1), sound(9000, 2), sound(30_000, 3)];
let wasm: Device;

beforeAll(async () => {
  wasm = (await openDevice('wasm')).device;
});

describe('features', () => {
  it('are measured of every sound, each row at its place', async () => {
    const rows = await measureRows(wasm, sounds, settings);
    expect(rows.map((row) => row?.kin.length)).toEqual([252, 252, 252]);
    const [alone] = await measureRows(wasm, [sounds[1]!], settings);
    expect(rowDifference([alone], [rows[1]], settings)).toBe(0);
    const contestant = featureContestant(wasm, sounds, settings);
    expect(await contestant.run()).toBeGreaterThan(0);
    contestant.dispose();
  });

  it('differ by more than what is forgiven where the sound is another, a column is off, or a row is missing', async () => {
    const rows = await measureRows(wasm, sounds, settings);
    expect(rowDifference([rows[1]], [rows[0]], settings)).toBeGreaterThan(ROW_TOLERANCE);
    for (const column of [0, 5, 100, 150, 170]) {
      const seed = rows[0]!.seed.slice();
      // By the largest value of the frame's block at least as much as a wrong window would.
      seed[column]! += 0.01 * Math.max(...rows[0]!.seed.map(Math.abs));
      expect(rowDifference([{ ...rows[0]!, seed }], [rows[0]], settings), `column ${column}`).toBeGreaterThan(ROW_TOLERANCE);
    }
    expect(rowDifference([undefined], [rows[0]], settings)).toBe(Infinity);
    expect(rowDifference([{ ...rows[0]!, seed: rows[0]!.seed.map(() => NaN) }], [rows[0]], settings)).toBe(Infinity);
  });

  it('are asked of a part that fits the time: all of it where there is much, the beginning of the first where there is none', async () => {
    expect(audioSeconds(await fittingSounds(wasm, sounds, settings, 60))).toBeCloseTo(audioSeconds(sounds), 9);
    const long = [sound(10 * 22_050, 4)];
    expect(audioSeconds(await fittingSounds(wasm, long, settings, 1e-9))).toBeCloseTo(1.5, 3);
    expect(long[0]!.samples).toHaveLength(10 * 22_050);
  });

  it('have as many frames as librosa has', () => {
    expect(framesOf(sounds, settings)).toBe(59 + 18 + 59);
  });
});

describe('k-means', () => {
  it('runs from the first points, as often as told, and tells its inertia', async () => {
    const work = { values: fixedPoints(300, 4, 6), d: 4, nClusters: 5, iterations: 3 };
    const contestant = await kmeansContestant(wasm, work);
    expect(await contestant.run()).toBeGreaterThan(0);
    expect(contestant.nIter).toBeLessThanOrEqual(3);
    const first = contestant.inertia;
    await contestant.run();
    expect(contestant.inertia).toBe(first);
    contestant.dispose();
  });

  it('is asked of as many points as fit the time', async () => {
    const work = { values: fixedPoints(5000, 4, 6), d: 4, nClusters: 5, iterations: 2 };
    expect((await fittingPoints(wasm, work, 60)).values).toHaveLength(20_000);
    expect((await fittingPoints(wasm, work, 1e-9)).values).toHaveLength(8000);
  });
});

describe('the backends', () => {
  it('are checked against plain JavaScript before they have a figure, and one alone is not called auto', async () => {
    expect(await checkedDevices('wasm')).toMatchObject({ devices: [{ backend: 'wasm' }], refused: [], auto: null });
  });
});
