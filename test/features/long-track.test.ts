import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAnalysisSettings, type AnalysisSettings } from '../../src/config/analysis.js';
import { openDevice } from '../../src/device/open-device.js';
import type { TrackFeatures } from '../../src/features/extract.js';
import { measureLongTrack } from '../../src/features/kernels/wasm/long-track.js';
import { createTrackKernel } from '../../src/features/kernels/wasm/track-kernel.js';
import { createTuningHistogram } from '../../src/features/kernels/wasm/tuning-histogram.js';
import { createRandom } from '../../src/random.js';
import { createTuningEstimator } from '../../src/tensor-dsp/tuning-estimator.js';
import type { WasmModule } from '../../src/web-assembly.js';

const SAMPLE_RATE = 22050;
let module: WasmModule;
beforeAll(async () => {
  module = (await openDevice('wasm')).device.trackKernel!;
});

/** A chord, a little flat, over a chirp and noise that swell: quiet enough at first for the decibels' floors to matter. */
function sound(samples: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: samples }, (_, n) => {
    const t = n / samples;
    return t ** 6 * (Math.sin(n * (0.02 + 0.3 * t)) + 0.1 * (random.next() - 0.5)) + 0.2 * t * (Math.sin(n * 0.1239) + Math.sin(n * 0.1561));
  });
}

function* blocks(samples: Float32Array, size: number): Generator<Float32Array> {
  for (let at = 0; at < samples.length; at += size) yield samples.subarray(at, at + size);
}

const measure = (settings: AnalysisSettings, samples: Float32Array): TrackFeatures => createTrackKernel(module, { ...settings, sampleRate: SAMPLE_RATE }).measure(samples);

const measureLong = (settings: AnalysisSettings, samples: Float32Array, blockSize: number): Promise<TrackFeatures> =>
  measureLongTrack(module, { ...settings, sampleRate: SAMPLE_RATE }, () => blocks(samples, blockSize));

describe('a long track', () => {
  it.each([
    {},
    { nFft: 1000, hopLength: 250 },
    { nFft: 512, hopLength: 512, nMels: 41, nMfcc: 13 },
    { nFft: 2048, hopLength: 333, nChroma: 24 },
    { nFft: 4096, hopLength: 64 },
    { nFft: 128, hopLength: 1, nMels: 1, nMfcc: 1 },
  ])('has the row that it has when it is held, to the bit: %j', async (given) => {
    const settings = createAnalysisSettings(given);
    const { nFft, hopLength } = settings;
    // About the frames of a tile, and those that deltas reach over.
    for (const frames of [1, 2, 3, 8, 9, 10, 127, 128, 129, 132, 133, 137, 256, 300]) {
      const x = sound((frames - 1) * hopLength + (frames % 3), frames);
      if (x.length > 0) expect(await measureLong(settings, x, 3 * nFft), `${frames} frames`).toEqual(measure(settings, x));
    }
  });

  it('has it too when it is long', async () => {
    const settings = createAnalysisSettings();
    const minute = sound(60 * SAMPLE_RATE, 1);
    const x = new Float32Array(20 * minute.length);
    for (let i = 0; i < 20; i++) x.set(minute.map((value) => value * (i + 1)), i * minute.length);
    expect(await measureLong(settings, x, 2 ** 19)).toEqual(measure(settings, x));
  }, 60_000);

  it('does not depend on the blocks', async () => {
    const settings = createAnalysisSettings();
    const x = sound(150_001, 2);
    const expected = measure(settings, x);
    for (const size of [1, 511, 512, 513, 4096, 65_535, 67_072, 150_000, 150_001]) expect(await measureLong(settings, x, size), `blocks of ${size}`).toEqual(expected);
  });

  it.each([
    ['silence', () => 0],
    ['an offset', () => 0.25],
    ['one click at the end', (n: number) => (n === 199_999 ? 1 : 0)],
    ['sound that begins late', (n: number) => (n < 150_000 ? 0 : Math.sin(n / 9))],
    ['what is no number', (n: number) => (n === 123_456 ? NaN : Math.sin(n / 9))],
    ['what is not finite', (n: number) => (n === 67_584 ? Infinity : Math.sin(n / 9))],
    ['enormous sound', (n: number) => 1e30 * Math.sin(n / 9)],
    ['hardly any sound', (n: number) => 1e-30 * Math.sin(n / 9)],
  ])('takes %s as a track that is held', async (_, at) => {
    const settings = createAnalysisSettings();
    const x = Float32Array.from({ length: 200_000 }, (_unused, n) => at(n));
    expect(await measureLong(settings, x, 5000)).toEqual(measure(settings, x));
  });

  it('measures a tone as mathematics does', async () => {
    const settings = createAnalysisSettings();
    // Two samples of 0.5, two of -0.5: a quarter of the rate, whose crossings and level are known.
    const x = Float32Array.from({ length: 1_000_000 }, (_, n) => (n % 4 < 2 ? 0.5 : -0.5));
    const { seed } = await measureLong(settings, x, 100_000);
    // But for two frames at either end, of 1954, that are half silent or less, and a frame's first sample, which has none before it.
    expect(Math.abs(seed[1]! - 0.5)).toBeLessThan(0.001);
    expect(Math.abs(seed[3]! - 0.5)).toBeLessThan(0.001);
  });

  it('refuses a sound that is another when it is read again', async () => {
    const settings = { ...createAnalysisSettings(), sampleRate: SAMPLE_RATE };
    const x = sound(100_000, 3);
    for (const other of [99_999, 50_000, 100_001]) {
      const longer = sound(other, 3);
      await expect(measureLongTrack(module, settings, (reading) => blocks(reading === 1 ? x : longer, 4096))).rejects.toMatchObject({ code: 'DECODE_READ' });
    }
  });

  it('passes on what goes wrong with a reading', async () => {
    const settings = { ...createAnalysisSettings(), sampleRate: SAMPLE_RATE };
    const broken = new Error('gone');
    for (const bad of [1, 2]) {
      const read = async function* (reading: 1 | 2): AsyncGenerator<Float32Array> {
        yield sound(70_000, 4);
        if (reading === bad) throw broken;
      };
      await expect(measureLongTrack(module, settings, read)).rejects.toBe(broken);
    }
  });
});

describe('the histogram of tunings', () => {
  const place = { sampleRate: SAMPLE_RATE, nFft: 2048 };
  const estimates = (pairs: readonly (readonly [number, number])[], binsPerOctave = 12, mostKept = 0): { histogram: number; estimator: number } => {
    const pitches = Float32Array.from(pairs.flat());
    const histogram = createTuningHistogram(place, binsPerOctave, mostKept);
    const half = 2 * Math.floor(pairs.length / 2);
    histogram.add(pitches.subarray(0, half));
    histogram.add(pitches.subarray(half));
    const estimator = createTuningEstimator(place, binsPerOctave);
    estimator.addPitches(pitches);
    return { histogram: histogram.estimate(), estimator: estimator.estimate() };
  };

  it('is 0 where there is no peak', () => {
    expect(estimates([])).toEqual({ histogram: 0, estimator: 0 });
  });

  it.each([1, 12, 120])("is the estimator's to the bit where heights are those of its table, in %i classes", (binsPerOctave) => {
    const height = fc.tuple(fc.integer({ min: -90, max: 60 }), fc.integer({ min: 0, max: 255 })).map(([exponent, mantissa]) => 2 ** exponent * (1 + mantissa / 256));
    const pair = fc.tuple(fc.float({ min: 30, max: Math.fround(11_000), noNaN: true }), height);
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 60 }), (pairs) => {
        const { histogram, estimator } = estimates(pairs, binsPerOctave);
        expect(histogram).toBe(estimator);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it("is the estimator's to the bit for as many peaks as are kept, and takes those along when there are more", () => {
    const near = [[440, 1.003], [440, 1.003], [415, 1.001], [415, 1.001], [415, 1.003], [660, 1.1]] as const;
    const [exact, , counted] = [6, 5, 0].map((mostKept) => estimates(near, 12, mostKept));
    expect(exact!.histogram).toBe(exact!.estimator);
    expect(exact!.histogram).not.toBe(counted!.histogram);
    // The first half is kept at first.
    for (const mostKept of [1, 3, 4, 5]) expect(estimates(near, 12, mostKept)).toEqual(counted);
  });

  it('counts what is quieter than the median by less than a step, and nothing below', () => {
    // One deviation is the commonest among all but the quietest; the other is, only if those count.
    const flat = 440 * 2 ** (-0.3 / 12);
    const near = [[440, 1.003], [440, 1.003], [flat, 1.001], [flat, 1.001], [flat, 1.003]] as const;
    expect(estimates(near)).toEqual({ histogram: expect.closeTo(-0.3, 6), estimator: expect.closeTo(0, 6) });
    const far = near.map(([hz, height]) => [hz, height === 1.001 ? 0.999 : height] as const);
    expect(estimates(far)).toEqual({ histogram: expect.closeTo(0, 6), estimator: expect.closeTo(0, 6) });
  });
});
