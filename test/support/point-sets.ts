import { createRandom } from '../../src/random.js';

/** Points around some centres, the same for the same seed: [n * d] row by row, and the centre each belongs to. */
export function blobs(n: number, d: number, nCentres: number, spread: number, seed: number): { values: Float32Array; truth: Int32Array } {
  const random = createRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const centres = Array.from({ length: nCentres * d }, () => 10 * random.next() - 5);
  const truth = Int32Array.from({ length: n }, () => random.integer(nCentres));
  const values = Float32Array.from({ length: n * d }, (_, i) => centres[truth[Math.floor(i / d)]! * d + (i % d)]! + spread * normal());
  return { values, truth };
}

/** Rows of a flat matrix. */
export function rowsOf(values: ArrayLike<number>, d: number): number[][] {
  return Array.from({ length: values.length / d }, (_, i) => Array.from({ length: d }, (__, f) => values[i * d + f]!));
}
