import { beforeAll, describe, expect, it } from 'vitest';
import { createAnalysisSettings, type AnalysisSettings } from '../../src/config/analysis.js';
import { openDevice } from '../../src/device/open-device.js';
import { createMeasurer, type TrackFeatures } from '../../src/features/extract.js';
import { columnNames, featureLayout } from '../../src/features/feature-set.js';
import { kernelSupports } from '../../src/features/kernels/wasm/track-kernel.js';
import { createRandom } from '../../src/random.js';
import type { WasmModule } from '../../src/web-assembly.js';

/** A chirp over noise that swells, so that every feature moves. */
function sound(samples: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: samples }, (_, n) => {
    const t = n / samples;
    return (0.2 + 0.6 * t) * Math.sin(n * (0.02 + 0.3 * t)) + 0.05 * (random.next() - 0.5);
  });
}

/** float32 in another order, and float64 where the other has float32: the bounds of the frames, on their statistics. */
function expectAlike(actual: TrackFeatures, expected: TrackFeatures, settings: AnalysisSettings): void {
  for (const layout of ['seed', 'kin'] as const) {
    for (const [i, name] of columnNames(featureLayout(layout, settings)).entries()) {
      const [a, e] = [actual[layout][i]!, expected[layout][i]!];
      const bound = /^(mfcc|contrast)/.test(name) ? 0.01 : 2e-4 * Math.max(Math.abs(e), /^(mel|rms)/.test(name) ? 1e-4 : name.startsWith('bandwidth') ? 1000 : 1);
      expect(Math.abs(a - e), `${layout} ${name}: ${a} against ${e}`).toBeLessThanOrEqual(bound);
    }
  }
}

describe('the feature kernel', () => {
  let module: WasmModule;
  beforeAll(async () => {
    module = (await openDevice('wasm')).device.trackKernel!;
  });

  const measure = async (settings: AnalysisSettings, samples: Float32Array, sampleRate: number, kernel?: WasmModule): Promise<TrackFeatures> => {
    const measurer = createMeasurer(settings, kernel);
    const [features] = await measurer.measure([{ samples, sampleRate }], 256);
    measurer.dispose();
    return features!;
  };

  it.each([
    { nFft: 2048, hopLength: 512, sampleRate: 22050 },
    { nFft: 1024, hopLength: 256, sampleRate: 16000 },
    { nFft: 512, hopLength: 100, sampleRate: 22050, nMels: 40, nMfcc: 13 },
    { nFft: 4096, hopLength: 4096, sampleRate: 48000, nMels: 131, nMfcc: 31 },
    { nFft: 2048, hopLength: 333, sampleRate: 44100, nChroma: 24 },
    { nFft: 8192, hopLength: 1024, sampleRate: 96000, nMfcc: 1 },
    { nFft: 1000, hopLength: 250, sampleRate: 22050 },
    { nFft: 1536, hopLength: 384, sampleRate: 32000, nMels: 1, nMfcc: 1 },
    { nFft: 2050, hopLength: 700, sampleRate: 44100, nMels: 64, nMfcc: 7 },
    { nFft: 130, hopLength: 64, sampleRate: 16000, nMels: 12, nMfcc: 12 },
  ])('equals the composed operations for $nFft by $hopLength at $sampleRate Hz', async ({ sampleRate, ...given }) => {
    const settings = createAnalysisSettings(given);
    for (const samples of [50, 3 * settings.nFft + 17, 40_001]) {
      const x = sound(samples, samples);
      expectAlike(await measure(settings, x, sampleRate, module), await measure(settings, x, sampleRate), settings);
    }
  });

  it('equals them beyond the frames whose spectra it keeps, and in every tile', async () => {
    const settings = createAnalysisSettings({ nFft: 512, hopLength: 256 });
    const x = sound(256 * 4200 + 5, 3);
    expectAlike(await measure(settings, x, 22050, module), await measure(settings, x, 22050), settings);
  });

  it('measures a track the same whatever it measured before', async () => {
    const settings = createAnalysisSettings();
    const measurer = createMeasurer(settings, module);
    const of = async (samples: Float32Array): Promise<TrackFeatures> => (await measurer.measure([{ samples, sampleRate: 22050 }], 1))[0]!;
    const short = sound(5000, 1);
    const first = await of(short);
    await of(sound(300_000, 2).map((value) => value * 1e15));
    expect(await of(short)).toEqual(first);
  });

  it('gives zeros for silence where librosa does, and no number that is none', async () => {
    const features = await measure(createAnalysisSettings(), new Float32Array(9000), 22050, module);
    expect([...features.seed, ...features.kin].every(Number.isFinite)).toBe(true);
    expect(features.seed.slice(0, 2)).toEqual(new Float32Array(2));
    expect(features.seed[2]).toBeCloseTo(1, 5);
  });

  it('leaves odd transforms to the composed operations, and those too short for its registers', async () => {
    const supports = (nFft: number): boolean => kernelSupports({ ...createAnalysisSettings({ nFft, hopLength: 16 }), sampleRate: 22050 });
    expect([62, 64, 65, 66, 1000, 1001, 2048].map(supports)).toEqual([false, true, false, true, true, false, true]);
    const settings = createAnalysisSettings({ nFft: 1001, hopLength: 250 });
    expectAlike(await measure(settings, sound(9000, 4), 22050, module), await measure(settings, sound(9000, 4), 22050), settings);
  });

  it('passes on what is no number, rather than hide it', async () => {
    for (const fault of [NaN, Infinity, 3e38]) {
      const x = sound(20_000, 5);
      x[12_345] = fault;
      const { seed } = await measure(createAnalysisSettings(), x, 22050, module);
      expect(seed.every(Number.isFinite), String(fault)).toBe(false);
    }
  });
});
