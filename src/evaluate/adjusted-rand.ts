import { contingency } from './contingency.js';

/**
 * Rand index adjusted for chance: how often two labellings agree on whether a pair of sounds belongs together. 1 when
 * they are the same, about 0 when one is random, down to -0.5.
 *
 *   2 (tp tn - fn fp) / ((tp + fn)(fn + tn) + (tp + fp)(fp + tn))       over all ordered pairs
 *
 * @param truth  [n], the known classes.
 * @param labels [n], the clusters.
 * @throws EVALUATE_SHAPE when they differ in length.
 * @see Hubert & Arabie 1985; scikit-learn `adjusted_rand_score`
 */
export function adjustedRand(truth: ArrayLike<number>, labels: ArrayLike<number>): number {
  const { n, classes, clusters, cells } = contingency(truth, labels);
  const squares = (sum: number, count: number): number => sum + count * count;
  const together = cells.reduce((sum, { count }) => sum + count * count, 0);
  const inClasses = classes.reduce(squares, 0);
  const inClusters = clusters.reduce(squares, 0);
  const tp = together - n;
  const fp = inClusters - together;
  const fn = inClasses - together;
  const tn = n * n - fp - fn - together;
  if (fn === 0 && fp === 0) return 1;
  return (2 * (tp * tn - fn * fp)) / ((tp + fn) * (fn + tn) + (tp + fp) * (fp + tn));
}
