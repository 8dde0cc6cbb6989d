import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planPreviews, previewBytes } from '../../src/report/plan-previews.js';
import { soundPeaks } from '../../src/report/peaks.js';
import { decodeSound } from '../../src/report/codec/decode-sound.js';
import { createPreview, PREVIEW_RATE } from '../../src/report/preview.js';
import { realPreviewSound } from './real-sounds.js';

const tone = (level: number, seconds: number): Float32Array =>
  Float32Array.from({ length: Math.round(seconds * PREVIEW_RATE) }, (_, i) => level * Math.sin((2 * Math.PI * 330 * i) / PREVIEW_RATE));

const rms = (samples: ArrayLike<number>): number => Math.sqrt(Array.from(samples).reduce((sum, x) => sum + x * x, 0) / samples.length);

describe('createPreview', () => {
  it('holds a whole short sound, at its own level, and its outline', async () => {
    const samples = await realPreviewSound('drum_snare_hard.flac');
    const { sound, peaks } = await createPreview(samples);
    const decoded = decodeSound(sound);
    expect(decoded).toHaveLength(samples.length);
    expect(Math.abs(rms(decoded) / (32768 * rms(samples)) - 1)).toBeLessThan(0.03);
    expect(peaks).toHaveLength(80);
    expect(Math.max(...peaks)).toBe(255);
  });

  it('cuts a long sound and fades it out', async () => {
    const long = tone(0.5, 20);
    const { sound, peaks } = await createPreview(long, { maxSeconds: 2 });
    const decoded = decodeSound(sound);
    expect(decoded).toHaveLength(2 * PREVIEW_RATE);
    const second = rms(decoded.subarray(PREVIEW_RATE, PREVIEW_RATE + 2000));
    expect(second / (32768 * 0.5 * Math.SQRT1_2)).toBeCloseTo(1, 1);
    expect(rms(decoded.subarray(Math.round(1.97 * PREVIEW_RATE)))).toBeLessThan(0.05 * second);
    // half way through the fade of 0.4 s: cos^2 of 45 degrees
    expect(rms(decoded.subarray(Math.round(1.79 * PREVIEW_RATE), Math.round(1.81 * PREVIEW_RATE))) / second).toBeCloseTo(0.5, 1);
    expect(peaks.at(-1)).toBeLessThan(40);
    expect(peaks[20]).toBeGreaterThan(250);
    expect(sound.length).toBeLessThan(previewBytes(2));
    expect(decodeSound((await createPreview(long)).sound)).toHaveLength(6 * PREVIEW_RATE);
  });

  it('does not fade a sound that ends by itself', async () => {
    const decoded = decodeSound((await createPreview(tone(0.5, 2), { maxSeconds: 2 })).sound);
    expect(rms(decoded.subarray(Math.round(1.97 * PREVIEW_RATE))) / (32768 * 0.5 * Math.SQRT1_2)).toBeCloseTo(1, 1);
  });

  it('leaves the samples it is given as they are, and has no peaks of what is not finite', async () => {
    const samples = Float32Array.from({ length: 9000 }, (_, i) => (i % 3 === 0 ? Number.NaN : Infinity));
    const { sound, peaks } = await createPreview(samples, { maxSeconds: 0.3 });
    expect(samples[1]).toBe(Infinity);
    expect(decodeSound(sound).every((sample) => sample === 0)).toBe(true);
    expect(Math.max(...peaks)).toBe(0);
  });

  it('gives the same bytes also when asked for many at once', async () => {
    const samples = await realPreviewSound('tabla_ghe1.flac');
    const alone = await createPreview(samples);
    const [, among] = await Promise.all([createPreview(samples.subarray(100)), createPreview(samples), createPreview(new Float32Array(5))]);
    expect(among).toEqual(alone);
  });
});

describe('soundPeaks', () => {
  it('is the largest level of each stretch, relative to the loudest', () => {
    expect([...soundPeaks(Float32Array.of(0.1, -0.2, 0.05, 0, 0.4, -0.1), 3)]).toEqual([128, 32, 255]);
  });
  it('fills every bar of a sound shorter than the bars', () => {
    expect([...soundPeaks(Float32Array.of(0.5, 1), 4)]).toEqual([128, 128, 255, 255]);
  });
});

describe('planPreviews', () => {
  const sound = fc.record({
    cluster: fc.integer({ min: 0, max: 4 }),
    distance: fc.oneof(fc.double({ min: 0, max: 9, noNaN: true }), fc.constant(Number.NaN)),
    durationSeconds: fc.double({ min: 0, max: 30, noNaN: true }),
  });

  it('stays within the budget, and goes by typicality within and evenly across clusters', () => {
    fc.assert(
      fc.property(fc.array(sound, { maxLength: 60 }), fc.integer({ min: 0, max: 3_000_000 }), (sounds, budget) => {
        const chosen = planPreviews(sounds, budget);
        expect(new Set(chosen).size).toBe(chosen.length);
        const spent = chosen.reduce((sum, index) => sum + previewBytes(sounds[index]?.durationSeconds ?? 0), 0);
        expect(spent).toBeLessThanOrEqual(budget);
        const taken = (cluster: number): number => chosen.filter((i) => sounds[i]?.cluster === cluster).length;
        const clusters = [...new Set(sounds.map(({ cluster }) => cluster))];
        for (const cluster of clusters) {
          const level = (i: number): number => (Number.isNaN(sounds[i]?.distance) ? Infinity : (sounds[i]?.distance ?? Infinity));
          const members = sounds.map((_, i) => i).filter((i) => sounds[i]?.cluster === cluster);
          const left = members.filter((i) => !chosen.includes(i));
          for (const i of members) if (chosen.includes(i)) for (const j of left) expect(level(i)).toBeLessThanOrEqual(level(j));
          // No cluster is behind another by more than one, unless it has no more sounds.
          for (const other of clusters) if (left.length > 0) expect(taken(cluster)).toBeGreaterThanOrEqual(taken(other) - 1);
        }
      }),
    );
  });

  it('takes every sound where there is room, and none where there is none', () => {
    const sounds = [3, 1, 2].map((distance) => ({ cluster: 0, distance, durationSeconds: 1 }));
    expect(planPreviews(sounds, 1e9)).toEqual([1, 2, 0]);
    expect(planPreviews(sounds, 100)).toEqual([]);
    expect(planPreviews([], 1e9)).toEqual([]);
  });

  it('counts a preview for at least what it takes', async () => {
    for (const name of ['drum_snare_hard.flac', 'tabla_ghe1.flac', 'loop_amen.flac']) {
      const samples = await realPreviewSound(name);
      const { sound, peaks } = await createPreview(samples);
      const taken = 4 * Math.ceil(sound.length / 3) + 4 * Math.ceil(peaks.length / 3);
      expect(taken).toBeLessThanOrEqual(previewBytes(samples.length / PREVIEW_RATE));
    }
  });
});
