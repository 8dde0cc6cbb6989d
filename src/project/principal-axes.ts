import { covariance } from './covariance.js';
import { symmetricEigen } from './symmetric-eigen.js';

/** Directions of largest variance, largest first. */
export interface PrincipalAxes {
  /** [d] */
  readonly mean: Float64Array;
  /** [nComponents * d], a row an axis, length 1, at right angles. */
  readonly axes: Float64Array;
  /** [nComponents], over n - 1. */
  readonly variances: Float64Array;
  /** Of all axes together. */
  readonly totalVariance: number;
}

/** Variances below this share of the largest are rounding: the axis is then any at right angles to those before. */
export const NOTHING = 1e-13;

/** From the covariance of the features. */
export async function axesOfFeatures(points: Float32Array, n: number, d: number, nComponents: number): Promise<PrincipalAxes> {
  const { mean, matrix } = await covariance(points, n, d);
  const { values, vectors } = symmetricEigen(matrix, d);
  const positive = values.map((value) => Math.max(0, value));
  return { mean, axes: vectors.slice(0, nComponents * d), variances: positive.slice(0, nComponents), totalVariance: positive.reduce((sum, value) => sum + value, 0) };
}

/** From the products of the points with one another: the same axes, much sooner where there are fewer points than features. */
export function axesOfPoints(points: Float32Array, n: number, d: number, nComponents: number): PrincipalAxes {
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let f = 0; f < d; f++) mean[f]! += points[i * d + f]!;
  for (let f = 0; f < d; f++) mean[f]! /= n;
  const centred = Float64Array.from(points, (value, i) => value - mean[i % d]!);
  const products = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let f = 0; f < d; f++) sum += centred[i * d + f]! * centred[j * d + f]!;
      products[i * n + j] = sum;
      products[j * n + i] = sum;
    }
  }
  const { values, vectors } = symmetricEigen(products, n);
  const divisor = Math.max(1, n - 1);
  const variances = Float64Array.from({ length: nComponents }, (_, c) => Math.max(0, values[c] ?? 0) / divisor);
  const axes = new Float64Array(nComponents * d);
  for (let c = 0; c < nComponents; c++) {
    const axis = axes.subarray(c * d, (c + 1) * d);
    if (variances[c]! > NOTHING * variances[0]!) {
      for (let i = 0; i < n; i++) for (let f = 0; f < d; f++) axis[f]! += vectors[c * n + i]! * centred[i * d + f]!;
      straighten(axes, c, d);
    } else {
      // Some feature's own direction is far from all axes so far.
      for (let f = 0, length = 0; length * length < (d - c) / (2 * d); f++) {
        axis.fill(0);
        axis[f] = 1;
        length = straighten(axes, c, d);
      }
    }
  }
  return { mean, axes, variances, totalVariance: values.reduce((sum, value) => sum + Math.max(0, value), 0) / divisor };
}

/** Makes axis `c` of length 1 and at right angles to those before. Returns the length that was left of it. */
function straighten(axes: Float64Array, c: number, d: number): number {
  const axis = axes.subarray(c * d, (c + 1) * d);
  for (let before = 0; before < c; before++) {
    let dot = 0;
    for (let f = 0; f < d; f++) dot += axis[f]! * axes[before * d + f]!;
    for (let f = 0; f < d; f++) axis[f]! -= dot * axes[before * d + f]!;
  }
  const length = Math.sqrt(axis.reduce((sum, value) => sum + value * value, 0));
  if (length > 0) for (let f = 0; f < d; f++) axis[f]! /= length;
  return length;
}
