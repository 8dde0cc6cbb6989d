import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAnalysisSettings } from '../../src/config/analysis.js';
import { openDevice } from '../../src/device/open-device.js';
import { packChromaFilterbank, packContrastBands } from '../../src/features/kernels/wasm/pack-tables.js';
import { createTrackInstance, type TrackInstance } from '../../src/features/kernels/wasm/track-instance.js';
import { createRandom } from '../../src/random.js';
import { chromaFilterbank } from '../../src/tensor-dsp/tables/chroma-filterbank.js';
import { createTuningEstimator } from '../../src/tensor-dsp/tuning-estimator.js';

const SAMPLE_RATE = 22050;
const settings = { ...createAnalysisSettings(), sampleRate: SAMPLE_RATE };
const { nFft, nChroma } = settings;
let instance: TrackInstance;

beforeAll(async () => {
  instance = createTrackInstance((await openDevice('wasm')).device.trackKernel!, settings);
});

/** Writes floats into the kernel's memory. */
function place(values: ArrayLike<number>, room = 0): number {
  const address = instance.memory.allocate(4 * (values.length + room));
  instance.memory.floats(address, values.length).set(values);
  return address;
}

/** Spectra that are hard to select from: falling, rising, with peaks at a block's distance, of few values, all alike, silent. */
const SHAPES: Readonly<Record<string, (k: number, random: () => number) => number>> = {
  noise: (_, random) => random(),
  'falls by 140 dB': (k, random) => 10 ** (-k / 70) * (0.5 + random()),
  rises: (k) => k * k,
  'has harmonics sixteen bins apart': (k, random) => (k % 16 < 3 ? 1 + random() : 1e-6 * random()),
  'has harmonics sixty-four bins apart': (k, random) => (k % 64 < 4 ? 1 + random() : 1e-6 * random()),
  'knows three values': (_, random) => Math.floor(3 * random()),
  'is the same everywhere': () => 0.25,
  silent: () => 0,
  'has one bin': (k) => (k === 777 ? 1 : 0),
};

describe('the contrast of the kernel', () => {
  it.each(Object.entries(SHAPES))('finds the largest and the smallest of a spectrum that is or %s', (_, shape) => {
    const random = createRandom(7);
    const power = Float32Array.from({ length: 1025 }, (_unused, k) => shape(k, () => random.next()));
    const bands = [[0, 1, 1], [0, 3, 1], [3, 22, 2], [5, 90, 1], [21, 59, 7], [58, 134, 2], [133, 282, 3], [281, 594, 6], [594, 1025, 9], [593, 1025, 15], [100, 1025, 33], [0, 1025, 300], [7, 17, 10]] as const;
    const { kernel, memory } = instance;
    const mark = memory.mark();
    const table = memory.place(packContrastBands(bands.map(([start, end, count]) => ({ start, end, count }))));
    kernel.setupContrast(bands.length, table, 1025, 300, memory.allocate(kernel.contrastBytes(1025, 300)));
    const out = memory.allocate(4 * 32);
    kernel.contrast(place(power, 7), out);
    const got = memory.floats(out, 32).slice();
    memory.release(mark);
    bands.forEach(([start, end, count], band) => {
      const sorted = power.slice(start, end).sort();
      const meanOf = (values: Float32Array): number => values.reduce((sum, value) => sum + Math.sqrt(value), 0) / count;
      const [valley, peak] = [meanOf(sorted.subarray(0, count)), meanOf(sorted.subarray(sorted.length - count))];
      expect(Math.abs(got[band]! - peak), `peak of ${start} to ${end}`).toBeLessThanOrEqual(1e-5 * peak);
      expect(Math.abs(got[16 + band]! - valley), `valley of ${start} to ${end}`).toBeLessThanOrEqual(1e-5 * valley);
    });
  });
});

describe('the bandwidth of the kernel', () => {
  // Of its own: the contrast above has set up other bands in the one that the stages share.
  beforeAll(async () => {
    instance = createTrackInstance((await openDevice('wasm')).device.trackKernel!, settings);
  });

  /** One frame's bandwidth in Hz, and what its own powers say in float64. */
  const bandwidthOf = (samples: Float32Array): { got: number; expected: number } => {
    const { kernel, memory, stride, nBins } = instance;
    const mark = memory.mark();
    const power = memory.allocate(4 * stride);
    const row = memory.allocate(4 * kernel.rowFloats());
    kernel.measureFrames(place(samples, 64), 1, 0, nFft, power, stride, row, kernel.rowFloats(), memory.allocate(instance.tilePeakBytes));
    const magnitudes = Float64Array.from(memory.floats(power, nBins), Math.sqrt);
    const got = memory.floats(row, 1)[0]!;
    memory.release(mark);
    const total = magnitudes.reduce((sum, m) => sum + m, 0);
    const centroid = magnitudes.reduce((sum, m, k) => sum + m * k, 0) / total;
    return { got, expected: (Math.sqrt(magnitudes.reduce((sum, m, k) => sum + m * (k - centroid) ** 2, 0) / total) * SAMPLE_RATE) / nFft };
  };

  it('keeps the spread of a single tone, which is that of the window alone, however far up it lies', () => {
    for (let bin = 3; bin < nFft / 2; bin += 7.3) {
      const { got, expected } = bandwidthOf(Float32Array.from({ length: nFft }, (_, n) => 0.5 * Math.sin((2 * Math.PI * bin * n) / nFft)));
      expect(Math.abs(got - expected), `bin ${bin}: ${got} against ${expected}`).toBeLessThan(2e-6 * expected);
    }
  });

  it('is that of all bins for noise', () => {
    const random = createRandom(11);
    const { got, expected } = bandwidthOf(Float32Array.from({ length: nFft }, () => random.next() - 0.5));
    expect(Math.abs(got - expected)).toBeLessThan(2e-6 * expected);
  });
});

describe('the tuning of the kernel', () => {
  const estimate = (pairs: readonly (readonly [number, number])[], binsPerOctave = 12): { kernel: number; estimator: number } => {
    const { kernel, memory, tuningScratch } = instance;
    const mark = memory.mark();
    const pitches = Float32Array.from(pairs.flat());
    const step = kernel.estimateTuning(place(pitches, 8), pairs.length, binsPerOctave, tuningScratch);
    memory.release(mark);
    const estimator = createTuningEstimator({ sampleRate: SAMPLE_RATE, nFft }, binsPerOctave);
    estimator.addPitches(pitches);
    return { kernel: step < 0 ? 0 : -0.5 + step * 0.01, estimator: estimator.estimate() };
  };

  it('is 0 where there is no peak', () => {
    expect(estimate([])).toEqual({ kernel: 0, estimator: 0 });
  });

  it.each([1, 12, 120])("is the estimator's, for any pitches and %i classes", (binsPerOctave) => {
    const pair = fc.tuple(fc.float({ min: 30, max: Math.fround(11_000), noNaN: true }), fc.float({ min: Math.fround(1e-30), max: Math.fround(1e6), noNaN: true }));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 60 }), (pairs) => {
        const { kernel, estimator } = estimate(pairs, binsPerOctave);
        expect(kernel).toBeCloseTo(estimator, 12);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('rounds as the estimator does where a pitch lies on an edge, in many of equal height', () => {
    for (let cents = -60; cents <= 60; cents++) {
      const hz = Math.fround(440 * 2 ** (cents / 1200));
      for (const ulps of [-9, -2, -1, 0, 1, 2, 9]) {
        const bits = new Uint32Array(Float32Array.of(hz).buffer);
        const near = new Float32Array(Uint32Array.of(bits[0]! + ulps).buffer)[0]!;
        const { kernel, estimator } = estimate([[near, 1], [near, 1], [880, 0.5], [near, 1]]);
        expect(kernel).toBeCloseTo(estimator, 12);
      }
    }
  });
});

describe('the chroma of the kernel', () => {
  it.each([-0.5, -0.13, 0, 0.49])('leaves out nothing that matters, tuned by %d', (tuning) => {
    const nBins = nFft / 2 + 1;
    const filterbank = chromaFilterbank({ ...settings, tuning });
    const table = packChromaFilterbank(filterbank, nBins, nChroma);
    // Half of the dense table, no more: else nothing would be gained.
    expect(table.length).toBeLessThan(0.7 * 4 * nBins * nChroma);
    const { kernel, memory, stride, chromaTable } = instance;
    const random = createRandom(3);
    const frames = 6;
    const mark = memory.mark();
    const power = memory.allocate(4 * stride * frames);
    const out = memory.allocate(4 * nChroma * frames);
    memory.bytes(chromaTable, table.length).set(table);
    const spectra = Array.from({ length: frames }, (_, t) =>
      Float32Array.from({ length: nBins }, (_unused, k) => (t === 0 ? 0 : t < 4 ? random.next() * 10 ** (-k / (20 * t)) : Math.abs(k - 40 * t) < 2 ? 1 : 0)),
    );
    memory.floats(power, stride * frames).fill(0);
    spectra.forEach((spectrum, t) => memory.floats(power + 4 * stride * t, nBins).set(spectrum));
    kernel.measureChroma(power, stride, frames, chromaTable, nChroma, out, nChroma);
    const got = memory.floats(out, nChroma * frames).slice();
    memory.release(mark);
    spectra.forEach((spectrum, t) => {
      const raw = Array.from({ length: nChroma }, (_, c) => spectrum.reduce((sum, value, k) => sum + value * filterbank[k * nChroma + c]!, 0));
      const strongest = Math.max(...raw) || 1;
      raw.forEach((value, c) => expect(Math.abs(got[t * nChroma + c]! - value / strongest)).toBeLessThan(1e-6));
    });
  });
});
