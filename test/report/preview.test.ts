import fc from 'fast-check';
import { MPEGDecoder } from 'mpg123-decoder';
import { describe, expect, it } from 'vitest';
import { planPreviews, previewBytes } from '../../src/report/plan-previews.js';
import { soundPeaks } from '../../src/report/peaks.js';
import { createPreview } from '../../src/report/preview.js';
import { realSound } from './real-sounds.js';

async function decode(mp3: Uint8Array): Promise<{ samples: Float32Array; sampleRate: number }> {
  const decoder = new MPEGDecoder();
  await decoder.ready;
  const { channelData, sampleRate } = decoder.decode(mp3);
  decoder.free();
  return { samples: channelData[0] ?? new Float32Array(0), sampleRate };
}

/** The best correlation of two signals over shifts up to `most` samples, as an MP3 starts with the encoder's delay. */
function bestCorrelation(a: Float32Array, b: Float32Array, most: number): number {
  let best = -1;
  for (let shift = 0; shift <= most; shift++) {
    let ab = 0;
    let aa = 0;
    let bb = 0;
    for (let i = 0; i < a.length && i + shift < b.length; i++) {
      const x = a[i] ?? 0;
      const y = b[i + shift] ?? 0;
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    best = Math.max(best, ab / Math.sqrt(aa * bb || 1));
  }
  return best;
}

const rms = (samples: Float32Array): number => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);

describe('createPreview', () => {
  it('gives an MP3 that sounds like a real sound: its length, its shape, its level', async () => {
    const { samples, sampleRate } = await realSound('drum_snare_hard.flac');
    const { mp3, peaks } = await createPreview(samples, sampleRate);
    const decoded = await decode(mp3);
    expect(decoded.sampleRate).toBe(sampleRate);
    expect(Math.abs(decoded.samples.length - samples.length) / sampleRate).toBeLessThan(0.12);
    expect(bestCorrelation(samples, decoded.samples, 3000)).toBeGreaterThan(0.95);
    expect(peaks).toHaveLength(80);
    expect(Math.max(...peaks)).toBe(255);
  });

  it('is not the preview of another sound', async () => {
    const snare = await realSound('drum_snare_hard.flac');
    const other = await realSound('tabla_ghe1.flac');
    const decoded = await decode((await createPreview(other.samples, other.sampleRate)).mp3);
    expect(bestCorrelation(snare.samples, decoded.samples, 3000)).toBeLessThan(0.7);
  });

  it('keeps a quiet sound quiet', async () => {
    const tone = (level: number): Float32Array =>
      Float32Array.from({ length: 22050 }, (_, i) => level * Math.sin((2 * Math.PI * 440 * i) / 22050));
    const quiet = rms((await decode((await createPreview(tone(0.02), 22050)).mp3)).samples.subarray(3000, 20000));
    // LAME scales everything by 0.95.
    expect(quiet / (0.95 * (0.02 / Math.SQRT2))).toBeCloseTo(1, 1);
  });

  it('cuts a long sound and fades it out', async () => {
    const sampleRate = 22050;
    const long = Float32Array.from({ length: sampleRate * 20 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 330 * i) / sampleRate));
    const { mp3, peaks } = await createPreview(long, sampleRate, { maxSeconds: 2 });
    const { samples } = await decode(mp3);
    expect(samples.length / sampleRate).toBeGreaterThan(1.95);
    expect(samples.length / sampleRate).toBeLessThan(2.2);
    const last = samples.subarray(Math.round(1.97 * sampleRate), Math.round(2.0 * sampleRate));
    expect(rms(last)).toBeLessThan(0.1 * rms(samples.subarray(sampleRate, sampleRate + 2000)));
    expect(peaks.at(-1)).toBeLessThan(40);
    expect(peaks[20]).toBeGreaterThan(250);
    expect(mp3.length).toBeLessThan(previewBytes(2));
  });

  it.each([
    ['nothing', new Float32Array(0)],
    ['one sample', Float32Array.of(0.7)],
    ['silence', new Float32Array(30_000)],
    ['what is not finite', Float32Array.from({ length: 9000 }, (_, i) => (i % 3 === 0 ? Number.NaN : Infinity))],
  ])('takes %s', async (_, samples) => {
    const { mp3, peaks } = await createPreview(samples, 22050);
    const decoded = await decode(mp3);
    expect(decoded.samples.every((x) => Math.abs(x) <= 1)).toBe(true);
    expect(peaks).toHaveLength(80);
    if (samples.length !== 1) expect(Math.max(...peaks)).toBe(0);
  });

  it.each([7350, 8000, 16000, 44100, 48000, 96000])('takes %i Hz', async (sampleRate) => {
    const tone = Float32Array.from({ length: sampleRate }, (_, i) => 0.4 * Math.sin((2 * Math.PI * 500 * i) / sampleRate));
    const decoded = await decode((await createPreview(tone, sampleRate)).mp3);
    expect(decoded.samples.length / decoded.sampleRate).toBeGreaterThan(0.98);
    expect(decoded.samples.length / decoded.sampleRate).toBeLessThan(1.35);
  });

  it('gives the same bytes whatever was encoded before, also when asked for many at once', async () => {
    const { samples, sampleRate } = await realSound('tabla_ghe1.flac');
    const alone = await createPreview(samples, sampleRate);
    const [, among] = await Promise.all([
      createPreview(samples.subarray(100), 48000),
      createPreview(samples, sampleRate),
      createPreview(new Float32Array(5), 8000),
    ]);
    expect(Buffer.from(among?.mp3 ?? []).equals(alone.mp3)).toBe(true);
  });

  it.each([0, -1, Number.NaN, Infinity])('refuses %d Hz', async (sampleRate) => {
    await expect(createPreview(new Float32Array(4), sampleRate)).rejects.toMatchObject({ code: 'INTERNAL' });
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
      const { samples, sampleRate } = await realSound(name);
      const { mp3, peaks } = await createPreview(samples, sampleRate);
      const taken = 4 * Math.ceil(mp3.length / 3) + 4 * Math.ceil(peaks.length / 3);
      expect(taken).toBeLessThanOrEqual(previewBytes(samples.length / sampleRate));
    }
  });
});
