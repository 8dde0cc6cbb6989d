import { SoundkinError } from '../errors.js';
import { axesOfFeatures, axesOfPoints } from './principal-axes.js';

export interface Pca {
  readonly nComponents: number;
  /** [d] */
  readonly mean: Float64Array;
  /** [nComponents * d], a row a component, length 1, largest variance first. */
  readonly components: Float64Array;
  /** [nComponents], over n - 1. */
  readonly explainedVariance: Float64Array;
  /** [nComponents], shares of the whole variance, 0 where there is none. */
  readonly explainedVarianceRatio: Float64Array;
  /** [n * nComponents], the points in the components' coordinates. */
  readonly coordinates: Float32Array;
}

/**
 * Principal components: the directions in which points vary most. Each component's entry of the largest magnitude is
 * positive, so the same points always give the same picture.
 *
 * @param points      [n * d], finite. Not changed.
 * @param nComponents 1 to d.
 * @throws EVALUATE_SHAPE when the numbers do not fit together.
 * @see scikit-learn `PCA(svd_solver='covariance_eigh')`, with the signs of its `svd_flip`. Unlike there nComponents may
 *   exceed n: what lies beyond the points' own dimensions has variance 0.
 */
export async function pca(points: Float32Array, n: number, d: number, nComponents: number): Promise<Pca> {
  if (n < 1 || d < 1 || points.length !== n * d || nComponents < 1 || nComponents > d) {
    throw new SoundkinError(
      'EVALUATE_SHAPE',
      `project: expected ${n} x ${d} numbers and 1 to ${d} components, got ${points.length} numbers and ${nComponents} components. Give one row of features a sound.`,
    );
  }
  const { mean, axes: components, variances: explainedVariance, totalVariance } = n < d ? axesOfPoints(points, n, d, nComponents) : await axesOfFeatures(points, n, d, nComponents);
  for (let c = 0; c < nComponents; c++) {
    const row = components.subarray(c * d, (c + 1) * d);
    let largest = 0;
    for (let f = 1; f < d; f++) if (Math.abs(row[f]!) > Math.abs(row[largest]!)) largest = f;
    if (row[largest]! < 0) for (let f = 0; f < d; f++) row[f]! *= -1;
  }

  const coordinates = new Float32Array(n * nComponents);
  const row = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let f = 0; f < d; f++) row[f] = points[i * d + f]! - mean[f]!;
    for (let c = 0; c < nComponents; c++) {
      let sum = 0;
      for (let f = 0; f < d; f++) sum += row[f]! * components[c * d + f]!;
      coordinates[i * nComponents + c] = sum;
    }
  }
  return {
    nComponents,
    mean,
    components,
    explainedVariance,
    explainedVarianceRatio: explainedVariance.map((value) => (totalVariance > 0 ? value / totalVariance : 0)),
    coordinates,
  };
}
