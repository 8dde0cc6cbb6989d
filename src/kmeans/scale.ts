import { SoundkinError } from '../errors.js';
import { createScalerFit, type ScalerKind } from './scaler-fit.js';

export type { ScalerKind };

/** x -> (x - offset) / scale, feature by feature. */
export interface Scaler {
  readonly kind: ScalerKind;
  /** [d], in the features' own units. */
  readonly offset: Float64Array;
  /** [d], > 0; 1 where a feature is constant. */
  readonly scale: Float64Array;
  /** Points on the host, [n * d] row by row, into `out`, which may be `points` itself. */
  transformRows(points: Float32Array, out?: Float32Array): Float32Array;
}

/** @throws KMEANS_SHAPE when they differ. */
export function requireFeatures(expected: number, got: number): void {
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
    transformRows(points, out = new Float32Array(points.length)): Float32Array {
      if (points.length % d !== 0) requireFeatures(d, points.length);
      for (let i = 0; i < points.length; i += d) {
        for (let f = 0; f < d; f++) out[i + f] = (points[i + f]! - offset[f]!) / scale[f]!;
      }
      return out;
    },
  };
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
  const fit = createScalerFit(kind, nFeatures);
  for (let pass = 0; pass < fit.nPasses; pass++) fit.add(pass, points);
  const { offset, scale } = fit.finish();
  return createScaler(kind, offset, scale);
}
