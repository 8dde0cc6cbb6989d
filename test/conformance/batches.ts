import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import * as dsp from '../../src/tensor-dsp/index.js';
import { chirp, harmonics, noise, SAMPLE_RATE, scaled, silence } from '../support/signals.js';
import { BATCH_BOUND } from '../support/tolerance.js';

const SETTINGS: dsp.DspSettings = { sampleRate: SAMPLE_RATE, nFft: 512, hopLength: 200, nMels: 40, nMfcc: 13, nChroma: 12 };

/** A sound, and the tuning that its chroma is to be folded with. */
interface Sound {
  readonly samples: Float32Array;
  readonly tuning: number;
}

/** Everything that looks at more than a frame: values of each sound's own frames, by feature. */
type Measures = Record<string, Float32Array>;

/** Measures sounds of different lengths as one batch, padded to the longest. */
async function measureTogether(sounds: readonly Sound[], options: dsp.PlanOptions): Promise<Measures[]> {
  const { nFft, hopLength, nChroma } = SETTINGS;
  const half = Math.floor(nFft / 2);
  const longest = Math.max(...sounds.map(({ samples }) => samples.length));
  const batch = sounds.length;
  const counts = sounds.map(({ samples }) => dsp.frameCount(samples.length, nFft, hopLength));
  const frames = dsp.frameCount(longest, nFft, hopLength);

  const padded = new Float32Array(batch * (longest + 2 * half));
  sounds.forEach(({ samples }, i) => padded.set(samples, i * (longest + 2 * half) + half));
  const mask = Float32Array.from({ length: batch * frames }, (_, i) => (i % frames < counts[Math.floor(i / frames)]! ? 1 : 0));

  const plan = dsp.createDspPlan(SETTINGS, options);
  const results = tf.tidy(() => {
    const segments = tf.tensor2d(padded, [batch, longest + 2 * half]);
    const first = tf.fill([batch, 1], half) as tf.Tensor2D;
    const end = tf.tensor2d(sounds.map(({ samples }) => [half + samples.length]));
    const frameMask = tf.tensor3d(mask, [batch, frames, 1]);
    const f = dsp.frameFeatures(segments, first, end, plan);
    const m = dsp.magnitude(f.power);
    const melDb = dsp.powerToDb(f.mel, { frameMask });
    const mfcc = dsp.mfcc(melDb, plan.dct);
    const filterbanks = new Float32Array(batch * plan.fourier.nBins * nChroma);
    sounds.forEach(({ tuning }, i) => filterbanks.set(plan.chromaFilterbank(tuning), i * plan.fourier.nBins * nChroma));
    return {
      mel: f.mel,
      bandwidth: f.bandwidth,
      rms: f.rms,
      flatness: f.flatness,
      zeroCrossingRate: f.zeroCrossingRate,
      rolloff: dsp.spectralRolloff(m, SETTINGS.sampleRate / nFft),
      melDb,
      mfcc,
      deltaInterp: dsp.delta(mfcc, { frameCounts: counts }),
      deltaNearest: dsp.delta(mfcc, { frameCounts: counts, mode: 'nearest' }),
      chroma: dsp.chroma(f.power, tf.tensor3d(filterbanks, [batch, plan.fourier.nBins, nChroma])),
      contrast: dsp.spectralContrast(f.peaks, f.valleys, frameMask),
    } as Record<string, tf.Tensor>;
  });
  plan.dispose();

  const measures: Measures[] = sounds.map(() => ({}));
  for (const [feature, tensor] of Object.entries(results)) {
    const values = (await tensor.data()) as Float32Array;
    const width = values.length / (batch * frames);
    counts.forEach((count, i) => {
      measures[i]![feature] = values.slice(i * frames * width, (i * frames + count) * width);
    });
  }
  tf.dispose(results);
  return measures;
}

/** The largest difference as a share of the largest value. */
function difference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  const largest = Math.max(...a.map(Math.abs), 1e-30);
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / largest;
}

/** A batch is a loop: whatever its neighbours, a sound is measured as it would be alone. */
export function describeBatches(options: dsp.PlanOptions = {}): void {
  const quiet: Sound = { samples: scaled(harmonics(5000, [220, 277.2], 0.3), 1e-3), tuning: 0.3 };
  const loud: Sound = { samples: chirp(3111, 100, 8000).map((value, n) => value + 0.1 * Math.sin(n * n)), tuning: 0 };
  const mute: Sound = { samples: silence(4200), tuning: 0 };
  const short: Sound = { samples: noise(300, 5), tuning: -0.2 };

  // Its click lies nearer the first frame of its padding than its own last frame: what the mask is for.
  const abrupt: Sound = { samples: scaled(noise(2999, 6), 1e-5), tuning: 0 };
  abrupt.samples[2998] = 1;

  const BATCHES: readonly (readonly [string, readonly Sound[]])[] = [
    ['a quiet sound, one 1000 times louder, and silence', [quiet, loud, mute]],
    ['in another order', [mute, loud, quiet]],
    ['beside a sound too short for a delta', [short, quiet, loud]],
    ['a sound that ends in a click, within its padding', [abrupt, quiet]],
  ];

  it.each(BATCHES)('%s', async (_title, sounds) => {
    const together = await measureTogether(sounds, options);
    for (const [i, sound] of sounds.entries()) {
      const [alone] = await measureTogether([sound], options);
      for (const [feature, values] of Object.entries(alone!)) {
        expect(difference(values, together[i]![feature]!), `${feature} of sound ${i}`).toBeLessThanOrEqual(BATCH_BOUND);
      }
    }
  });

  it('hears the quiet sound at all', async () => {
    // Else the batches above might agree on nothing but floors.
    const [, measures] = await measureTogether([loud, quiet], options);
    expect(new Set(measures!['melDb']).size).toBeGreaterThan(200);
    expect(Math.max(...measures!['deltaInterp']!)).toBeGreaterThan(0.1);
  });
}
