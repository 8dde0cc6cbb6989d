import type { Contingency } from './contingency.js';

/**
 * Entropy of a labelling: -Σ p ln p, in nats.
 *
 * @param counts how often each label occurs, >= 1 each.
 * @see scikit-learn `entropy`
 */
export function entropy(counts: Float64Array): number {
  if (counts.length <= 1) return 0;
  const n = counts.reduce((sum, count) => sum + count, 0);
  let sum = 0;
  for (const count of counts) sum -= (count / n) * (Math.log(count) - Math.log(n));
  return sum;
}

/**
 * Mutual information of two labellings: Σ p_ij ln(p_ij / (p_i p_j)), in nats, >= 0.
 *
 * @see scikit-learn `mutual_info_score`
 */
export function mutualInfo({ n, classes, clusters, cells }: Contingency): number {
  let sum = 0;
  for (const cell of cells) {
    const p = cell.count / n;
    const product = Math.log(classes[cell.class]!) + Math.log(clusters[cell.cluster]!);
    const term = p * (Math.log(cell.count) - Math.log(n)) + p * (2 * Math.log(n) - product);
    if (Math.abs(term) >= Number.EPSILON) sum += term;
  }
  return Math.max(0, sum);
}
