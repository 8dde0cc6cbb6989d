import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAnalysisSettings, type AnalysisSettings } from '../../src/config/analysis.js';
import { createBatcher, type Measured } from '../../src/features/batcher.js';
import { createMeasurer, type Measurer, type Sound, type TrackFeatures } from '../../src/features/extract.js';
import { composedMeasurer } from '../../src/features/measure-composed.js';
import { webgpuMeasurer, webgpuSupports } from '../../src/features/measure-on-webgpu.js';
import { onBackend } from '../conformance/opening.js';
import { expectClose } from '../support/expect-close.js';
import { differences, rows, settings, soundOf, unsettled } from '../support/golden-rows.js';
import { chirp, harmonics, noise, SAMPLE_RATE, scaled, silence } from '../support/signals.js';
import { allowSoftwareGpu } from '../support/software-gpu.js';

allowSoftwareGpu();

/** A small setting: a software adapter is slow. */
const SMALL = createAnalysisSettings({ nFft: 512, hopLength: 200, nMels: 40, nMfcc: 13 });

/** Pipelines of ours that the backend has compiled. */
const pipelines = (): number => Object.keys((tf.backend() as unknown as { pipelineCache: object }).pipelineCache).filter((key) => key.startsWith('Soundkin')).length;

const sound = (samples: Float32Array): Sound => ({ samples, sampleRate: SAMPLE_RATE });
/** Quantised, with its integers beside it. */
const pcm16 = (samples: Float32Array): Sound => {
  const integers = Int16Array.from(samples, (value) => Math.max(-32768, Math.min(32767, Math.round(value * 32768))));
  return { samples: Float32Array.from(integers, (value) => value / 32768), sampleRate: SAMPLE_RATE, pcm16: integers };
};

await onBackend('webgpu', () => {
  const measurers: Measurer[] = [];
  const opened: { dispose(): void }[] = [];
  const open = (make: (given: AnalysisSettings) => Measurer, given: AnalysisSettings = SMALL): Measurer => {
    const measurer = make(given);
    measurers.push(measurer);
    return measurer;
  };
  afterEach(() => {
    for (const one of [...measurers.splice(0), ...opened.splice(0)]) one.dispose();
  });

  describe('features of whole tracks by the kernels', () => {
    let measured: TrackFeatures[];
    beforeAll(async () => {
      const measurer = open(webgpuMeasurer, settings);
      measured = await measurer.measure(rows.map(soundOf), 130);
    });

    it.each(rows.map((row, i) => ({ name: `${row.signal}, ${row.samples} samples`, row, i })))('equal librosa and NumPy: $name', ({ row, i }) => {
      expect(differences('seed', measured[i]!.seed, row.seed, unsettled(row))).toEqual([]);
      expect(differences('kin', measured[i]!.kin, row.kin, unsettled(row))).toEqual([]);
    });

    it('notice a row of another sound', () => {
      expect(differences('kin', measured[1]!.kin, rows[2]!.kin).length).toBeGreaterThan(100);
    });
  });

  describe('the kernels', () => {
    it('are what measures on this backend, and leave odd transforms to composed operations', async () => {
      expect(webgpuSupports(SMALL)).toBe(true);
      expect(webgpuSupports(createAnalysisSettings({ nFft: 1000, hopLength: 250 }))).toBe(false);
      const odd = open(createMeasurer, createAnalysisSettings({ nFft: 1000, hopLength: 250, nMels: 40, nMfcc: 13 }));
      const before = pipelines();
      await odd.measure([sound(noise(3000, 1))], 16);
      expect(pipelines()).toBe(before);
      await open(createMeasurer).measure([sound(noise(3000, 1))], 16);
      expect(pipelines()).toBeGreaterThan(before);
    });

    it.each([
      { nFft: 128, hopLength: 50, nMels: 12, nMfcc: 5, sampleRate: 16_000 },
      { nFft: 256, hopLength: 256, nMels: 30, nMfcc: 30, nChroma: 7, sampleRate: 16_000 },
      { nFft: 1024, hopLength: 333, nMels: 131, nMfcc: 31, nChroma: 24, sampleRate: 48_000 },
      { nFft: 4096, hopLength: 1000, sampleRate: 22_050 },
    ])('equal the composed operations for $nFft by $hopLength at $sampleRate Hz', async ({ sampleRate, ...given }) => {
      const own = createAnalysisSettings(given);
      const sounds = [50, 3 * own.nFft + 17, 9001].map((length, i) => ({ samples: mixture(length, i), sampleRate }));
      const composed = open(composedMeasurer, own);
      const frames = Math.max(...sounds.map(composed.frameCount));
      const got = await open(webgpuMeasurer, own).measure(sounds, frames);
      const expected = await composed.measure(sounds, frames);
      for (const [i, features] of got.entries()) expectAlike(features, expected[i]!, `${sounds[i]!.samples.length} samples`);
    });

    it('measure a sound the same alone, among others, and in any order', async () => {
      const measurer = open(webgpuMeasurer);
      const abrupt = scaled(noise(2999, 6), 1e-5);
      abrupt[2998] = 1;
      const sounds = [scaled(harmonics(5000, [220, 277.2], 0.3), 1e-3), chirp(3111, 100, 8000), silence(4200), noise(300, 5), abrupt, noise(1, 2)].map(sound);
      const together = await measurer.measure(sounds, 64);
      const reversed = (await measurer.measure([...sounds].reverse(), 64)).reverse();
      for (const [i, one] of sounds.entries()) {
        const [alone] = await measurer.measure([one], 64);
        // Bit for bit: nothing of a sound's arithmetic depends on where it lies.
        expect(together[i]).toEqual(alone);
        expect(reversed[i]).toEqual(alone);
      }
    });

    it('fill batches with sounds of all lengths, each measured as it would be alone', async () => {
      const batcher = createBatcher<number>(SMALL, { backend: 'webgpu', framesPerBatch: 64 });
      opened.push(batcher);
      // 1 to 63 frames, some of which fill a batch exactly; and one that is longer than a batch.
      const counts = [10, 54, 3, 63, 1, 1, 70, 20, 20, 20, 64, 2];
      const sounds = counts.map((count, i) => sound(mixture((count - 1) * 200 + 1 + i, i)));
      const done: Measured<number>[] = [];
      for (const [i, one] of sounds.entries()) done.push(...(await batcher.add(one, i)));
      expect(done.length).toBeGreaterThan(6);
      done.push(...(await batcher.finish()));
      expect(done.map(({ tag }) => tag).sort((a, b) => a - b)).toEqual(sounds.map((_, i) => i));
      const measurer = open(webgpuMeasurer);
      for (const { tag, features } of done) expect(features, `${counts[tag]} frames`).toEqual((await measurer.measure([sounds[tag]!], 64))[0]);
    });

    it('measure 16-bit samples as the floats that they are', async () => {
      const measurer = open(webgpuMeasurer);
      for (const lengths of [[4001, 700, 3001], [1], [2]]) {
        const sounds = lengths.map((length, i) => pcm16(mixture(length, i)));
        const expected = await measurer.measure(sounds.map(({ samples, sampleRate }) => ({ samples, sampleRate })), 64);
        expect(await measurer.measure(sounds, 64)).toEqual(expected);
        // One that is not of integers, and all go as floats.
        const [other] = await measurer.measure([...sounds, sound(mixture(500, 9))].slice(0, 1), 64);
        expect(other).toEqual(expected[0]);
      }
    });

    it('take samples from shared memory, and from the middle of a buffer', async () => {
      const measurer = open(webgpuMeasurer);
      const plain = pcm16(mixture(2001, 4));
      const shared = new Float32Array(new SharedArrayBuffer(4 * 2001));
      shared.set(plain.samples);
      const longer = new Int16Array(3000);
      longer.set(plain.pcm16!, 7);
      const [expected] = await measurer.measure([plain], 64);
      expect(await measurer.measure([sound(shared)], 64)).toEqual([expected]);
      expect(await measurer.measure([{ ...plain, pcm16: longer.subarray(7, 2008) }], 64)).toEqual([expected]);
    });

    it.each([64, 65, 128])('do not depend on tiling a long track by %i frames', async (frames) => {
      const measurer = open(webgpuMeasurer);
      // Its loudest frames, and its pitch, are in parts that other tiles do not see.
      const samples = mixture(200 * 400 + 11, 7).map((value, n) => value * (0.01 + (n / 80_000) ** 4));
      const [whole] = await measurer.measure([sound(samples)], 1024);
      const [tiled] = await measurer.measure([sound(samples)], frames);
      expectClose(tiled!, whole!, SMALL);
      expect(await measurer.measure([pcm16(samples)], frames)).toHaveLength(1);
    });

    it('tile where the last tile holds a single frame', async () => {
      const measurer = open(webgpuMeasurer);
      // 52 frames of a tile of 64 are its own: frames 53, 105 and 157 are the first of another.
      for (const count of [53, 105, 157]) {
        const samples = mixture((count - 1) * 200 + 1, count);
        expect(measurer.frameCount(sound(samples))).toBe(count);
        const [whole] = await measurer.measure([sound(samples)], 1024);
        const [tiled] = await measurer.measure([sound(samples)], 52);
        expectClose(tiled!, whole!, SMALL);
      }
    });

    it('compile nothing more for 50 different lengths', async () => {
      const measurer = open(webgpuMeasurer);
      await measurer.measure([sound(mixture(900, 1))], 64);
      const before = Object.keys((tf.backend() as unknown as { pipelineCache: object }).pipelineCache).length;
      for (let i = 0; i < 50; i++) await measurer.measure([sound(noise(1 + 97 * i, i)), ...(i % 3 === 0 ? [sound(silence(i))] : [])].filter(({ samples }) => samples.length > 0), 64);
      expect(Object.keys((tf.backend() as unknown as { pipelineCache: object }).pipelineCache)).toHaveLength(before);
    });

    it('give finite numbers, whatever the samples', async () => {
      const measurer = open(webgpuMeasurer);
      const amplitude = fc.double({ min: -10, max: 6, noNaN: true }).map((exponent) => 10 ** exponent);
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 3000 }), amplitude, fc.integer({ min: 0, max: 99 }), async (length, gain, seed) => {
          const [features] = await measurer.measure([sound(scaled(noise(length, seed), gain))], 64);
          expect([...features!.seed, ...features!.kin].every(Number.isFinite)).toBe(true);
        }),
        { numRuns: 25 },
      );
    });

    it('give silence the values that librosa does', async () => {
      const [features] = await open(webgpuMeasurer).measure([sound(silence(3000))], 64);
      expect(features!.seed.slice(0, 2)).toEqual(new Float32Array(2));
      expect(features!.seed[2]).toBeCloseTo(1, 5);
      expect(features!.seed[3]).toBe(0);
    });

    it('leave no tensor behind', async () => {
      const measurer = open(webgpuMeasurer);
      await measurer.measure([sound(mixture(5000, 2))], 64);
      const before = tf.memory().numTensors;
      await measurer.measure([sound(mixture(4000, 2)), sound(mixture(3000, 3))], 64);
      await measurer.measure([sound(mixture(200 * 300, 3))], 64);
      expect(tf.memory().numTensors).toBe(before);
      measurers.splice(0).forEach((one) => one.dispose());
      expect(tf.memory().numTensors).toBeLessThan(before);
    });
  });
});

/** A chirp over noise that swells, so that every feature moves. */
function mixture(length: number, seed: number): Float32Array {
  const hiss = noise(length, seed);
  return Float32Array.from(hiss, (value, n) => (0.2 + (0.6 * n) / length) * Math.sin(n * (0.02 + (0.3 * n) / length)) + 0.05 * value);
}

/** float32 in another order: the bounds of the frames, on their statistics. */
function expectAlike(actual: TrackFeatures, expected: TrackFeatures, what: string): void {
  for (const layout of ['seed', 'kin'] as const) {
    expect(actual[layout].length).toBe(expected[layout].length);
    const worst = actual[layout].reduce((most, value, i) => Math.max(most, Math.abs(value - expected[layout][i]!) / Math.max(Math.abs(expected[layout][i]!), 20)), 0);
    expect(worst, `${layout}, ${what}`).toBeLessThanOrEqual(5e-4);
  }
}
