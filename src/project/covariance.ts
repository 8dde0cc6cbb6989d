/** Multiplications up to which plain float64 loops are quick enough, about a second. */
const HOST_PRODUCTS = 1e9;

/** [d * d] sums of products of the centred points, on the host, exact to float64. */
function scatterOnHost(points: Float32Array, n: number, d: number, mean: Float64Array): Float64Array {
  const scatter = new Float64Array(d * d);
  const row = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let f = 0; f < d; f++) row[f] = points[i * d + f]! - mean[f]!;
    for (let f = 0; f < d; f++) {
      const value = row[f]!;
      const at = f * d;
      for (let g = f; g < d; g++) scatter[at + g]! += value * row[g]!;
    }
  }
  for (let f = 0; f < d; f++) for (let g = 0; g < f; g++) scatter[f * d + g] = scatter[g * d + f]!;
  return scatter;
}

/** Means of the features, and their covariance over n - 1 (n when there is one point). */
export interface Covariance {
  /** [d] */
  readonly mean: Float64Array;
  /** [d * d] */
  readonly matrix: Float64Array;
}

/**
 * Covariance of points: in float64 loops while those are quick, beyond by matMul on the backend that is set.
 *
 * @param points [n * d], finite. Not changed.
 */
export async function covariance(points: Float32Array, n: number, d: number, hostProducts = HOST_PRODUCTS): Promise<Covariance> {
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let f = 0; f < d; f++) mean[f]! += points[i * d + f]!;
  for (let f = 0; f < d; f++) mean[f]! /= n;
  const scatter =
    (n * d * d) / 2 <= hostProducts ? scatterOnHost(points, n, d, mean) : await (await import('./scatter-on-device.js')).scatterOnDevice(points, n, d, mean);
  const divisor = Math.max(1, n - 1);
  return { mean, matrix: scatter.map((sum) => sum / divisor) };
}
