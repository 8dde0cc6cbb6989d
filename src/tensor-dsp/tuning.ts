import * as tf from '@tensorflow/tfjs-core';
import { SoundkinError } from '../errors.js';
import { assertShape } from './shapes.js';

/** Where spectral peaks are looked for. */
export interface PeakSettings {
  readonly sampleRate: number;
  readonly nFft: number;
  /** Hz, default 150. */
  readonly fMin?: number;
  /** Hz, default 4000. */
  readonly fMax?: number;
  /** Smallest share of the frame's maximum that is a peak, default 0.1. */
  readonly threshold?: number;
}

/** Peaks of a spectrum over the bins [firstBin, firstBin + width). */
export interface PitchPeaks {
  readonly firstBin: number;
  /** [batch, frames, width]: where between bins the peak lies, -1 to 1. */
  readonly shift: tf.Tensor3D;
  /** [batch, frames, width]: interpolated height, 0 where there is no peak. */
  readonly height: tf.Tensor3D;
}

/**
 * Local maxima of each frame, placed between the bins by a parabola through three of them.
 *
 * @param spectrum [batch, frames, bins], >= 0: magnitudes or powers. Not disposed.
 * @returns        shift and height. The caller disposes both.
 * @throws DSP_RANGE when no bin lies between fMin and fMax.
 * @see Smith, "Sinusoidal Peak Interpolation"; librosa `piptrack`.
 */
export function pitchPeaks(spectrum: tf.Tensor3D, { sampleRate, nFft, fMin = 150, fMax = 4000, threshold = 0.1 }: PeakSettings): PitchPeaks {
  assertShape('spectrum', spectrum, [null, null, Math.floor(nFft / 2) + 1]);
  const [batch, frames, bins] = spectrum.shape;
  const hzPerBin = sampleRate / nFft;
  const top = Math.min(fMax, sampleRate / 2);
  // A peak needs a neighbour on each side.
  const firstBin = Math.max(1, Math.ceil(fMin / hzPerBin));
  const lastBin = Math.min(bins - 2, Math.ceil(top / hzPerBin) - 1);
  const width = lastBin - firstBin + 1;
  if (width < 1) {
    throw new SoundkinError('DSP_RANGE', `tensor-dsp: expected bins between ${fMin} and ${top} Hz, got none with nFft ${nFft} at ${sampleRate} Hz. Choose a longer nFft.`);
  }
  const parts = tf.tidy(() => {
    const from = (bin: number): tf.Tensor => tf.slice(spectrum, [0, 0, bin], [batch, frames, width]);
    const [left, here, right] = [from(firstBin - 1), from(firstBin), from(firstBin + 1)];
    // Steps of differences rather than comparisons: these broadcast fast on every backend.
    const floor = tf.mul(tf.max(spectrum, 2, true), threshold);
    const aboveFloorAndLeft = tf.mul(tf.step(tf.sub(here, floor)), tf.step(tf.sub(here, left)));
    const isPeak = tf.mul(aboveFloorAndLeft, tf.sub(1, tf.step(tf.sub(right, here))));

    const curvature = tf.sub(tf.add(left, right), tf.mul(here, 2));
    const slope = tf.mul(tf.sub(right, left), 0.5);
    const inside = tf.greater(tf.abs(curvature), tf.abs(slope)); // else the parabola's top lies beyond the neighbours
    const shift = tf.where(inside, tf.div(tf.neg(slope), tf.where(inside, curvature, tf.onesLike(curvature))), tf.zerosLike(here));
    const height = tf.add(here, tf.mul(tf.mul(slope, shift), 0.5));
    return [shift as tf.Tensor3D, tf.mul(height, isPeak) as tf.Tensor3D];
  });
  return { firstBin, shift: parts[0]!, height: parts[1]! };
}

/** Gathers one track's peaks, from as many pieces as it comes in, and estimates its tuning. */
export interface TuningEstimator {
  /**
   * @param shift  [frames * width], as `pitchPeaks` gives it.
   * @param height [frames * width].
   */
  add(shift: Float32Array, height: Float32Array, firstBin: number, width: number): void;
  /** @param pitches pairs of Hz and height, both float32. */
  addPitches(pitches: Float32Array): void;
  /** Deviation from A440 in fractions of a pitch class, -0.5 to 0.49; 0 where no peak was found. */
  estimate(): number;
}

/**
 * Tuning: the commonest deviation of the louder half of a track's peaks from equal temperament.
 *
 * @param resolution steps of the histogram, fractions of a pitch class. Default 0.01.
 * @see librosa `estimate_tuning` and `pitch_tuning`, whose float32 rounding is kept so that peaks fall into the same bins.
 */
export function createTuningEstimator({ sampleRate, nFft }: Pick<PeakSettings, 'sampleRate' | 'nFft'>, binsPerOctave = 12, resolution = 0.01): TuningEstimator {
  let hz = new Float32Array(1024);
  let heights = new Float32Array(1024);
  let count = 0;
  const makeRoom = (more: number): void => {
    if (count + more <= hz.length) return;
    const grown = (old: Float32Array): Float32Array<ArrayBuffer> => {
      const larger = new Float32Array(Math.max(2 * old.length, count + more));
      larger.set(old);
      return larger;
    };
    hz = grown(hz);
    heights = grown(heights);
  };
  return {
    add: (shift, height, firstBin, width) => {
      makeRoom(height.length);
      for (let i = 0; i < height.length; i++) {
        if (height[i]! <= 0) continue;
        hz[count] = ((firstBin + (i % width) + shift[i]!) * sampleRate) / nFft;
        heights[count++] = height[i]!;
      }
    },
    addPitches: (pitches) => {
      makeRoom(pitches.length / 2);
      for (let i = 0; i < pitches.length; i += 2) {
        hz[count] = pitches[i]!;
        heights[count++] = pitches[i + 1]!;
      }
    },
    estimate: () => {
      if (count === 0) return 0;
      const threshold = median(heights.slice(0, count));
      const steps = Math.ceil(1 / resolution);
      const counts = new Int32Array(steps);
      const octaveMark = 440 / 16;
      for (let i = 0; i < count; i++) {
        if (heights[i]! < threshold) continue;
        const octs = Math.fround(Math.log2(Math.fround(hz[i]! / octaveMark)));
        const position = Math.fround(binsPerOctave * octs);
        let residual = Math.fround(position - Math.floor(position));
        if (residual >= 0.5) residual -= 1;
        counts[histogramBin(residual, steps)]!++;
      }
      return -0.5 + counts.indexOf(Math.max(...counts)) * (1 / steps);
    },
  };
}

/** The bin of `value` among `steps` equal ones over [-0.5, 0.5]; edges belong to the bin above, as in numpy. */
function histogramBin(value: number, steps: number): number {
  const edge = (i: number): number => -0.5 + i * (1 / steps);
  let bin = Math.min(Math.max(Math.floor((value + 0.5) * steps), 0), steps - 1);
  while (bin > 0 && value < edge(bin)) bin--;
  while (bin < steps - 1 && value >= edge(bin + 1)) bin++;
  return bin;
}

/** The middle value, or the mean of the two middle ones. Reorders its argument. */
function median(values: Float32Array): number {
  const middle = values.length >> 1;
  const upper = select(values, middle);
  if (values.length % 2 === 1) return upper;
  let lower = -Infinity; // the largest of those that selection left before the middle
  for (let i = 0; i < middle; i++) if (values[i]! > lower) lower = values[i]!;
  return Math.fround((lower + upper) / 2);
}

/** The value that sorting would put at `place`, which it is moved to, with no larger one before it (Hoare's selection). */
function select(values: Float32Array, place: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const swapped = values[i]!;
      values[i++] = values[j]!;
      values[j--] = swapped;
    }
    if (place <= j) high = j;
    else if (place >= i) low = i;
    else break;
  }
  return values[place]!;
}
