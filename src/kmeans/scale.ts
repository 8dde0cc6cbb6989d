import * as tf from '@tensorflow/tfjs-core';
import { SoundkinError } from '../errors.js';

/** 'standard': mean 0 and variance 1; 'minMax': 0 to 1; 'none': as they are. Each feature by itself. */
export type ScalerKind = 'standard' | 'minMax' | 'none';

/** x -> (x - offset) / scale, feature by feature. */
export interface Scaler {
  readonly kind: ScalerKind;
  /** [d], in the features' own units. */
  readonly offset: Float64Array;
  /** [d], > 0; 1 where a feature is constant. */
  readonly scale: Float64Array;
  /** @param points [n, d]. Not disposed. @returns [n, d]. The caller disposes it. */
  transform(points: tf.Tensor2D): tf.Tensor2D;
  /** The same for points on the host, [n * d] row by row, into `out`, which may be `points` itself. */
  transformRows(points: Float32Array, out?: Float32Array): Float32Array;
}

function requireFeatures(expected: number, got: number): void {
  if (expected === got) return;
  throw new SoundkinError(
    'KMEANS_SHAPE',
    `kmeans: expected points of ${expected} features, as the scaler was fitted to, got ${got}. Scale what was measured the same way.`,
  );
}

/** A scaler from numbers kept earlier: `offset` and `scale` of one that was fitted. */
export function createScaler(kind: ScalerKind, offset: Float64Array, scale: Float64Array): Scaler {
  const d = offset.length;
  return {
    kind,
    offset,
    scale,
    transform(points): tf.Tensor2D {
      requireFeatures(d, points.shape[1]);
      return tf.tidy(() => {
        // The offset in two float32 parts: a large one (a centroid in Hz, say) must not cost digits of small differences.
        const high = Float32Array.from(offset);
        const low = Float32Array.from(offset, (value, f) => value - high[f]!);
        return tf.div(tf.sub(tf.sub(points, tf.tensor1d(high)), tf.tensor1d(low)), tf.tensor1d(Float32Array.from(scale)));
      });
    },
    transformRows(points, out = new Float32Array(points.length)): Float32Array {
      if (points.length % d !== 0) requireFeatures(d, points.length);
      for (let i = 0; i < points.length; i += d) {
        for (let f = 0; f < d; f++) out[i + f] = (points[i + f]! - offset[f]!) / scale[f]!;
      }
      return out;
    },
  };
}

/** scikit-learn's `_is_constant_feature`: a variance that rounding alone can leave. */
function isConstant(variance: number, mean: number, n: number): boolean {
  return variance <= n * Number.EPSILON * variance + (n * mean * Number.EPSILON) ** 2;
}

function fitStandard(points: Float32Array, n: number, d: number): [Float64Array, Float64Array] {
  const mean = new Float64Array(d);
  const squares = new Float64Array(d);
  const rest = new Float64Array(d);
  for (let i = 0; i < points.length; i += d) for (let f = 0; f < d; f++) mean[f]! += points[i + f]!;
  for (let f = 0; f < d; f++) mean[f]! /= n;
  for (let i = 0; i < points.length; i += d) {
    for (let f = 0; f < d; f++) {
      const difference = points[i + f]! - mean[f]!;
      squares[f]! += difference * difference;
      rest[f]! += difference;
    }
  }
  // The differences would sum to zero but for the mean's own rounding, which this takes out again (Chan et al. 1983).
  const scale = squares.map((sum, f) => {
    const variance = Math.max(0, (sum - (rest[f]! * rest[f]!) / n) / n);
    return isConstant(variance, mean[f]!, n) ? 1 : Math.sqrt(variance);
  });
  return [mean, scale];
}

function fitMinMax(points: Float32Array, d: number): [Float64Array, Float64Array] {
  const low = new Float64Array(d).fill(Infinity);
  const high = new Float64Array(d).fill(-Infinity);
  for (let i = 0; i < points.length; i += d) {
    for (let f = 0; f < d; f++) {
      const value = points[i + f]!;
      if (value < low[f]!) low[f] = value;
      if (value > high[f]!) high[f] = value;
    }
  }
  const range = high.map((value, f) => value - low[f]!);
  return [low, range.map((value) => (value < 10 * Number.EPSILON ? 1 : value))];
}

/**
 * Fits a scaler to points, in float64.
 *
 * @param points    [n * nFeatures], row by row, finite, n >= 1. Not changed.
 * @param nFeatures d, >= 1.
 * @throws KMEANS_SHAPE when there is no point, or the length is no multiple of nFeatures.
 * @throws KMEANS_NOT_FINITE when a value is NaN or infinite.
 * @see scikit-learn `StandardScaler`, `MinMaxScaler`; constant features get scale 1 there too.
 */
export function fitScaler(points: Float32Array, nFeatures: number, kind: ScalerKind): Scaler {
  const n = points.length / nFeatures;
  if (!Number.isInteger(n) || n < 1) {
    throw new SoundkinError(
      'KMEANS_SHAPE',
      `kmeans: expected at least one row of ${nFeatures} features, got ${points.length} numbers. Measure some sounds first.`,
    );
  }
  const [offset, scale] =
    kind === 'standard'
      ? fitStandard(points, n, nFeatures)
      : kind === 'minMax'
        ? fitMinMax(points, nFeatures)
        : [new Float64Array(nFeatures), new Float64Array(nFeatures).fill(1)];
  // min and max pass NaN by, and 'none' looks at nothing: so every value is looked at here.
  const bad = points.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new SoundkinError(
      'KMEANS_NOT_FINITE',
      `kmeans: expected finite numbers, got ${points[bad]} in row ${Math.floor(bad / nFeatures)}, feature ${bad % nFeatures}. Leave out the sounds whose features are not finite.`,
    );
  }
  return createScaler(kind, offset, scale);
}
