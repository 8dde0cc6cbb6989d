import * as tf from '@tensorflow/tfjs-core';
import { centerPad, frameSignal } from './frames.js';
import { hasPowerSpectrogram, runPowerSpectrogram } from './kernels/power-spectrogram.js';
import { assertInteger, assertShape } from './shapes.js';
import { fourierTables } from './tables/fourier.js';
import { hannWindow, windowDifferences } from './tables/window.js';

/** The tables of one transform length on the device. Whoever creates it disposes it. */
export interface FourierPlan {
  readonly nFft: number;
  readonly nBins: number;
  /** Samples of the Hann window. */
  readonly winLength: number;
  /** What computes power spectra: the backend's own kernel, or operations composed here, which define it. */
  readonly powerSpectrum: 'kernel' | 'composed';
  /** @internal */ readonly sizes: { readonly n1Size: number; readonly n2Size: number; readonly k2Count: number };
  /** @internal */ readonly tables: {
    readonly window: tf.Tensor1D;
    readonly slope: tf.Tensor1D;
    readonly bend: tf.Tensor1D;
    readonly inner: tf.Tensor2D;
    readonly twiddleReal: tf.Tensor2D;
    readonly twiddleImag: tf.Tensor2D;
    readonly outer: tf.Tensor2D;
    readonly binPlace: tf.Tensor1D;
    readonly binConjugate: tf.Tensor1D;
    /** Gain of the second difference at each place, squared: (2 sin(pi k / nFft))^4. */
    readonly gainSquared: tf.Tensor1D;
    /** The gain itself, -(2 sin(pi k / nFft))^2. */
    readonly gain: tf.Tensor1D;
  };
  dispose(): void;
}

/** How a plan's operations are made. */
export interface PlanOptions {
  /** Composes every operation, even where the backend has a kernel for it. Default false. */
  readonly composed?: boolean;
}

/**
 * Prepares the windowed transform of frames.
 *
 * @param nFft      samples of a frame, >= 1; any integer, though primes are slow.
 * @param winLength samples of the Hann window, centred in the frame, 1 to nFft. Default nFft.
 */
export function createFourierPlan(nFft: number, winLength: number = nFft, { composed = false }: PlanOptions = {}): FourierPlan {
  assertInteger('nFft', nFft, 1);
  const { n1Size, n2Size, k2Count, inner, twiddleReal, twiddleImag, outer, binPlace, binConjugate } = fourierTables(nFft);
  const float = (table: Float64Array, shape: number[]): tf.Tensor => tf.tensor(Float32Array.from(table), shape, 'float32');
  const window = hannWindow(nFft, winLength);
  const { slope, bend } = windowDifferences(window);
  // The place k2 n1Size + k1 holds bin n2Size k1 + k2.
  const gain = new Float64Array(n1Size * k2Count);
  for (let k2 = 0; k2 < k2Count; k2++) {
    for (let k1 = 0; k1 < n1Size; k1++) gain[k2 * n1Size + k1] = -((2 * Math.sin((Math.PI * (n2Size * k1 + k2)) / nFft)) ** 2);
  }
  const tables = {
    window: float(window, [nFft]) as tf.Tensor1D,
    slope: float(slope, [nFft]) as tf.Tensor1D,
    bend: float(bend, [nFft]) as tf.Tensor1D,
    inner: float(inner, [n2Size, 2 * k2Count]) as tf.Tensor2D,
    twiddleReal: float(twiddleReal, [n1Size, k2Count]) as tf.Tensor2D,
    twiddleImag: float(twiddleImag, [n1Size, k2Count]) as tf.Tensor2D,
    outer: float(outer, [2 * n1Size, 2 * n1Size]) as tf.Tensor2D,
    binPlace: tf.tensor1d(binPlace, 'int32'),
    binConjugate: float(binConjugate, [binConjugate.length]) as tf.Tensor1D,
    gainSquared: float(gain.map((g) => g * g), [gain.length]) as tf.Tensor1D,
    gain: float(gain, [gain.length]) as tf.Tensor1D,
  };
  return {
    nFft,
    nBins: binPlace.length,
    winLength,
    powerSpectrum: !composed && hasPowerSpectrogram(nFft) ? 'kernel' : 'composed',
    sizes: { n1Size, n2Size, k2Count },
    tables,
    dispose: () => tf.dispose(tables),
  };
}

/** Real and imaginary parts at every place of the outer product, each [rows, places]. See tables/fourier.ts. */
interface Places {
  readonly real: tf.Tensor2D;
  readonly imag: tf.Tensor2D;
}

/** @param windowed [rows, nFft] */
function transform(windowed: tf.Tensor2D, plan: FourierPlan): Places {
  const { n1Size, n2Size, k2Count } = plan.sizes;
  const rows = windowed.shape[0];
  const byN1 = tf.transpose(tf.reshape(windowed, [rows, n2Size, n1Size]), [0, 2, 1]);
  const inner = tf.reshape(tf.matMul(tf.reshape(byN1, [rows * n1Size, n2Size]) as tf.Tensor2D, plan.tables.inner), [rows, n1Size, 2 * k2Count]);
  const real = tf.slice(inner, [0, 0, 0], [rows, n1Size, k2Count]);
  const imag = tf.slice(inner, [0, 0, k2Count], [rows, n1Size, k2Count]);
  const { twiddleReal, twiddleImag } = plan.tables;
  const turned = tf.concat(
    [
      tf.sub(tf.mul(real, twiddleReal), tf.mul(imag, twiddleImag)),
      tf.add(tf.mul(real, twiddleImag), tf.mul(imag, twiddleReal)),
    ],
    1,
  );
  const byK2 = tf.reshape(tf.transpose(turned, [0, 2, 1]), [rows * k2Count, 2 * n1Size]) as tf.Tensor2D;
  const outer = tf.matMul(byK2, plan.tables.outer);
  const half = (from: number): tf.Tensor2D =>
    tf.reshape(tf.slice(outer, [0, from], [rows * k2Count, n1Size]), [rows, k2Count * n1Size]) as tf.Tensor2D;
  return { real: half(0), imag: half(n1Size) };
}

/**
 * Transforms every frame twice: as it is, and as its second difference.
 *
 * In float32 a transform's rounding is spread evenly over all bins, some 140 dB below the frame's level: quiet high bins, which spectral contrast and
 * roll-off read, drown in it. A second difference has little low-frequency energy to round, and multiplies bin k by the exact gain -(2 sin(pi k / nFft))^2.
 * The two results are joined by the inverse variance of their rounding, `ratio` = energy of the frame / energy of its difference, frame by frame:
 *
 *   X = (direct + ratio gain difference) / (1 + ratio gain^2)
 */
function transformTwice(frames: tf.Tensor3D, plan: FourierPlan): { direct: Places; difference: Places; ratio: tf.Tensor2D } {
  const [batch, count, nFft] = frames.shape;
  const { window, slope, bend } = plan.tables;
  const x = tf.reshape(frames, [batch * count, nFft]) as tf.Tensor2D;
  const rows = x.shape[0];
  // A frame's neighbours at both ends meet coefficients that cancel, so zeros do for them.
  const padded = tf.pad(x, [[0, 0], [1, 1]]);
  const before = tf.slice(padded, [0, 0], [rows, nFft]);
  const after = tf.slice(padded, [0, 2], [rows, nFft]);
  const windowed = tf.mul(x, window) as tf.Tensor2D;
  const curvature = tf.sub(tf.sub(after, x), tf.sub(x, before));
  const difference = tf.add(tf.add(tf.mul(curvature, window), tf.mul(tf.sub(after, before), slope)), tf.mul(after, bend)) as tf.Tensor2D;
  const ratio = tf.div(tf.sum(tf.square(windowed), 1, true), tf.maximum(tf.sum(tf.square(difference), 1, true), 1e-30)) as tf.Tensor2D;

  const direct = transform(windowed, plan);
  const ofDifference = transform(difference, plan);
  // The difference wraps around: sample 0 follows the last, whose windowed value it lacks so far. It is the same for every bin.
  const last = tf.slice(windowed, [0, nFft - 1], [rows, 1]);
  return { direct, difference: { real: tf.add(ofDifference.real, last) as tf.Tensor2D, imag: ofDifference.imag }, ratio };
}

/** Puts the places in the order of the bins: [rows, places] -> [batch, frames, bins]. */
function toBins(places: tf.Tensor, plan: FourierPlan, [batch, frames]: readonly number[]): tf.Tensor3D {
  // Whole rows move fast where single columns do not, hence the transposes around the gather.
  const bins = tf.transpose(tf.gather(tf.transpose(places), plan.tables.binPlace, 0));
  return tf.reshape(bins, [batch!, frames!, plan.nBins]) as tf.Tensor3D;
}

/**
 * Power |X|^2 of frames that are already cut.
 *
 * @param frames [batch, frames, nFft]. Not disposed.
 * @returns      [batch, frames, bins], linear. The caller disposes it.
 */
export function powerOfFrames(frames: tf.Tensor3D, plan: FourierPlan): tf.Tensor3D {
  const { nFft, winLength } = plan;
  assertShape('frames', frames, [null, null, nFft]);
  return tf.tidy(() => {
    if (plan.powerSpectrum === 'kernel' && frames.size > 0) {
      const [batch, count] = frames.shape;
      return runPowerSpectrogram(tf.cast(tf.reshape(frames, [batch, count * nFft]), 'float32') as tf.Tensor2D, { nFft, winLength, hopLength: nFft, center: false });
    }
    const { direct, difference, ratio } = transformTwice(frames, plan);
    const power = ({ real, imag }: Places): tf.Tensor => tf.add(tf.square(real), tf.square(imag));
    const joined = tf.div(
      tf.add(power(direct), tf.mul(power(difference), ratio)),
      tf.add(tf.mul(ratio, plan.tables.gainSquared), 1),
    );
    return toBins(joined, plan, frames.shape);
  });
}

/** How a signal is cut into frames. */
export interface FrameSettings {
  /** Samples from one frame to the next. */
  readonly hopLength: number;
  /** Frame t is centred on sample t * hopLength, with zeros around the signal. Default true. */
  readonly center?: boolean;
}

function cut(signal: tf.Tensor2D, nFft: number, { hopLength, center = true }: FrameSettings): tf.Tensor3D {
  return frameSignal(center ? centerPad(signal, nFft) : signal, nFft, hopLength);
}

/**
 * Short-time Fourier transform with a periodic Hann window.
 *
 *   X[b, t, k] = sum_n window[n] x[b, t hopLength + n] exp(-2 pi i k n / nFft)
 *
 * @param signal [batch, samples], float32. Not disposed.
 * @returns      real and imaginary parts, each [batch, frames, bins]. The caller disposes both.
 * @see librosa `stft(pad_mode='constant')`, transposed.
 */
export function stft(signal: tf.Tensor2D, plan: FourierPlan, settings: FrameSettings): { real: tf.Tensor3D; imag: tf.Tensor3D } {
  assertShape('signal', signal, [null, null]);
  const parts = tf.tidy(() => {
    const frames = cut(signal, plan.nFft, settings);
    const { direct, difference, ratio } = transformTwice(frames, plan);
    const { gain, gainSquared, binConjugate } = plan.tables;
    const weight = tf.mul(ratio, gain);
    const scale = tf.add(tf.mul(ratio, gainSquared), 1);
    const join = (a: tf.Tensor, b: tf.Tensor): tf.Tensor3D => toBins(tf.div(tf.add(a, tf.mul(weight, b)), scale), plan, frames.shape);
    return [join(direct.real, difference.real), tf.mul(join(direct.imag, difference.imag), binConjugate) as tf.Tensor3D];
  });
  return { real: parts[0]!, imag: parts[1]! };
}

/**
 * Power spectrum |X|^2 of every frame.
 *
 * @param signal [batch, samples], float32. Not disposed.
 * @returns      [batch, frames, bins], linear. The caller disposes it.
 * @see librosa `np.abs(stft(y)) ** 2`, transposed. Agrees with golden power_spectrogram.
 */
export function powerSpectrum(signal: tf.Tensor2D, plan: FourierPlan, settings: FrameSettings): tf.Tensor3D {
  assertShape('signal', signal, [null, null]);
  const { nFft, winLength } = plan;
  const { hopLength, center = true } = settings;
  return tf.tidy(() => {
    // What the composed operations refuse, they also explain.
    const isWhole = Number.isInteger(hopLength) && hopLength >= 1 && signal.shape[1] >= (center ? 1 : nFft) && signal.size > 0;
    if (plan.powerSpectrum === 'kernel' && isWhole) return runPowerSpectrogram(tf.cast(signal, 'float32'), { nFft, winLength, hopLength, center });
    return powerOfFrames(cut(signal, nFft, settings), plan);
  });
}

/**
 * Magnitude |X| of a power spectrum.
 *
 * @param powerSpectrum [batch, frames, bins], >= 0. Not disposed.
 * @returns             [batch, frames, bins], linear. The caller disposes it.
 */
export function magnitude(powerSpectrum: tf.Tensor3D): tf.Tensor3D {
  return tf.sqrt(powerSpectrum);
}
