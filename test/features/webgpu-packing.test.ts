import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineMoments } from '../../src/features/kernels/webgpu/combine-moments.js';
import { CHUNK_FRAMES, CHUNK_INTEGERS } from '../../src/features/kernels/webgpu/moments.js';
import { packPieces, type Piece } from '../../src/features/kernels/webgpu/packed-batch.js';
import { TRACK, TRACK_INTEGERS } from '../../src/tensor-dsp/kernels/webgpu/spectrum-code.js';

const N_FFT = 64;
const HOP = 20;

/** A track of so many frames, of which [first, end) go to the device. */
const pieceOf = (totalFrames: number, first: number, end: number): Piece => ({
  sound: { samples: new Float32Array((totalFrames - 1) * HOP + 7), sampleRate: 22050 },
  totalFrames,
  first,
  end,
  countFirst: Math.min(first + 1, end - 1),
  countEnd: end,
});

const anyPiece = fc.tuple(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })).map(([total, a, b]) => {
  const first = Math.floor(a * (total - 1));
  return pieceOf(total, first, first + 1 + Math.floor(b * (total - first - 1)));
});

describe('a packed batch', () => {
  it('gives every frame a place of its own, with all the samples it looks at', () => {
    fc.assert(
      fc.property(fc.array(anyPiece, { minLength: 1, maxLength: 8 }), (pieces) => {
        const batch = packPieces(pieces, N_FFT, HOP);
        expect(Math.log2(batch.slots.length) % 1).toBe(0);
        expect(batch.slots.length).toBeGreaterThanOrEqual(batch.nFrames);
        let end = 0;
        pieces.forEach(({ sound, first, end: last }, i) => {
          const entry = (name: keyof typeof TRACK): number => batch.tracks[i * TRACK_INTEGERS + TRACK[name]]!;
          const { start, end: stop, at } = batch.placements[i]!;
          expect(at % 2).toBe(0);
          expect(at).toBeGreaterThanOrEqual(end);
          end = at + stop - start;
          for (let frame = first; frame < last; frame++) {
            const slot = entry('firstSlot') + frame - first;
            expect(batch.slots[slot]).toBe(i);
            // The shader's own sum: where the frame begins among the samples sent, and in the sound.
            const begins = entry('origin') + (frame - first) * HOP + start;
            expect(begins).toBe(frame * HOP - N_FFT / 2);
            expect(Math.max(begins, 0)).toBeGreaterThanOrEqual(Math.min(start, sound.samples.length));
            expect(Math.min(begins + N_FFT, sound.samples.length)).toBeLessThanOrEqual(Math.max(stop, 0));
          }
          expect(entry('sampleCount')).toBe(stop - start);
        });
        expect(batch.nSamples).toBeGreaterThanOrEqual(end);
      }),
    );
  });

  it('counts each frame that is to be counted in one chunk', () => {
    fc.assert(
      fc.property(fc.array(anyPiece, { minLength: 1, maxLength: 8 }), (pieces) => {
        const batch = packPieces(pieces, N_FFT, HOP);
        pieces.forEach(({ first, countFirst, countEnd }, i) => {
          const [from, to] = batch.chunkRanges[i]!;
          const counted: number[] = [];
          for (let chunk = from; chunk < to; chunk++) {
            const [slot, count, track] = batch.chunks.subarray(chunk * CHUNK_INTEGERS) as unknown as [number, number, number];
            expect(track).toBe(i);
            expect(count).toBeLessThanOrEqual(CHUNK_FRAMES);
            for (let frame = 0; frame < count; frame++) counted.push(slot + frame - batch.tracks[i * TRACK_INTEGERS + TRACK.firstSlot]! + first);
          }
          expect(counted).toEqual(Array.from({ length: countEnd - countFirst }, (_, frame) => countFirst + frame));
        });
      }),
    );
  });
});

describe('the moments of chunks', () => {
  // One chroma, one MFCC (and its delta), one contrast band, two mel bands: the narrowest rows there are.
  const settings = { nChroma: 1, nMels: 2, nMfcc: 1 };
  const layout = { nKin: 8, nSeed: 4, stride: 2 + 4 * 8 + 4 };
  const column = (frames: readonly (readonly number[])[], i: number): number[] => frames.map((frame) => frame[i]!);
  const moments = (values: readonly number[], weights: readonly number[]): [mean: number, squares: number] => {
    const total = weights.reduce((a, b) => a + b, 0);
    const mean = total > 0 ? values.reduce((sum, value, t) => sum + weights[t]! * value, 0) / total : 0;
    return [mean, values.reduce((sum, value, t) => sum + weights[t]! * (value - mean) ** 2, 0)];
  };

  it('add up to those of all frames, however they are cut', () => {
    const frame = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 12, maxLength: 12 });
    const cut = fc.array(fc.tuple(frame, fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 1, noNaN: true }))), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(cut, { minLength: 1, maxLength: 4 }), (chunks) => {
        const given = chunks.map((chunk) => {
          const frames = chunk.map(([values]) => values);
          const loud = chunk.map(([, weight]) => weight);
          const even = chunk.map(() => 1);
          return Float32Array.from([
            chunk.length,
            loud.reduce((a, b) => a + b, 0),
            ...Array.from({ length: 8 }, (_, i) => [...moments(column(frames, i), even), ...moments(column(frames, i), loud)]).flat(),
            ...Array.from({ length: 4 }, (_, i) => moments(column(frames, 8 + i), even)[0]),
          ]);
        });
        const all = chunks.flat();
        const frames = all.map(([values]) => values);
        const loudness = all.map(([, weight]) => weight);
        const weights = loudness.some((weight) => weight > 0) ? loudness : loudness.map(() => 1);
        const { seed, kin } = combineMoments(given, layout, settings);
        const near = (actual: number | undefined, expected: number): void => expect(Math.abs(actual! - expected)).toBeLessThanOrEqual(1e-3);
        const std = (values: number[], by: readonly number[]): number => Math.sqrt(moments(values, by)[1] / by.reduce((a, b) => a + b, 0));
        for (let i = 0; i < 8; i++) {
          const values = column(frames, i);
          near(kin[i], moments(values, values.map(() => 1))[0]);
          near(kin[8 + i], std(values, values.map(() => 1)));
          near(kin[16 + i], moments(values, weights)[0]);
          near(kin[24 + i], std(values, weights));
        }
        // bandwidth, rms, flatness, zero-crossing rate, chroma, two mel bands, MFCC, contrast
        [0, 8, 9, 3, 4, 10, 11, 5, 6].forEach((i, place) => near(seed[place], moments(column(frames, i), frames.map(() => 1))[0]));
        expect(seed).toHaveLength(9);
      }),
    );
  });
});
