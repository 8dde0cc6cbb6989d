import { requireSameLength } from './check-labels.js';
import { encodeLabels } from './encode-labels.js';

/** How often a class of the truth and a cluster meet. */
export interface Contingency {
  readonly n: number;
  /** [classes], row sums. */
  readonly classes: Float64Array;
  /** [clusters], column sums. */
  readonly clusters: Float64Array;
  /** The pairs that meet at all, by class and then cluster. */
  readonly cells: readonly { readonly class: number; readonly cluster: number; readonly count: number }[];
}

/**
 * The contingency matrix of two labellings; sparse, because both may have very many labels.
 *
 * @throws EVALUATE_SHAPE when they differ in length.
 * @see scikit-learn `contingency_matrix`
 */
export function contingency(truth: ArrayLike<number>, labels: ArrayLike<number>): Contingency {
  requireSameLength('known labels', truth.length, labels.length);
  const rows = encodeLabels(truth);
  const columns = encodeLabels(labels);
  const width = columns.counts.length;
  const counts = new Map<number, number>();
  for (let i = 0; i < truth.length; i++) {
    const key = rows.codes[i]! * width + columns.codes[i]!;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const cells = Array.from(counts)
    .sort(([a], [b]) => a - b)
    .map(([key, count]) => ({ class: Math.floor(key / width), cluster: key % width, count }));
  return { n: truth.length, classes: rows.counts, clusters: columns.counts, cells };
}
