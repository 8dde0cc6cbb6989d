import { type Contingency, contingency } from './contingency.js';
import { logFactorial } from './log-factorial.js';
import { entropy, mutualInfo } from './mutual-info.js';

/** Terms with a logarithm of their probability below this add nothing that float64 could hold. */
const NEGLIGIBLE = -90;

/**
 * Mutual information that random labellings with these sizes have on average: exact, under the hypergeometric model.
 *
 * @see Vinh, Epps & Bailey 2010, eq. 24a; scikit-learn `expected_mutual_information`
 */
export function expectedMutualInfo({ n, classes, clusters }: Contingency): number {
  // Classes of one size give the same terms: each pair of sizes is computed once.
  const tally = (counts: Float64Array): [number, number][] => {
    const sizes = new Map<number, number>();
    for (const count of counts) sizes.set(count, (sizes.get(count) ?? 0) + 1);
    return [...sizes];
  };
  const columns = tally(clusters);
  let expected = 0;
  for (const [a, aTimes] of tally(classes)) {
    for (const [b, bTimes] of columns) {
      const fixed =
        logFactorial(a) + logFactorial(b) + logFactorial(n - a) + logFactorial(n - b) - logFactorial(n);
      const logProbability = (nij: number): number =>
        fixed - logFactorial(nij) - logFactorial(a - nij) - logFactorial(b - nij) - logFactorial(n - a - b + nij);
      const term = (nij: number, log: number): number => (nij / n) * (Math.log(n * nij) - Math.log(a * b)) * Math.exp(log);
      // From the likeliest overlap outwards the probabilities only fall, and soon vanish.
      const low = Math.max(1, a + b - n);
      const high = Math.min(a, b);
      const likeliest = Math.min(high, Math.max(low, Math.floor(((a + 1) * (b + 1)) / (n + 2))));
      let sum = 0;
      for (const step of [1, -1]) {
        for (let nij = step === 1 ? likeliest : likeliest - 1; nij >= low && nij <= high; nij += step) {
          const log = logProbability(nij);
          if (log < NEGLIGIBLE) break;
          sum += term(nij, log);
        }
      }
      expected += aTimes * bTimes * sum;
    }
  }
  return expected;
}

/** The value, but never closer to zero than float64 can tell, with its sign kept. */
function awayFromZero(value: number): number {
  return value < 0 ? Math.min(value, -Number.EPSILON) : Math.max(value, Number.EPSILON);
}

/**
 * Mutual information adjusted for chance: 1 when two labellings are the same, about 0 when one is random.
 *
 *   (I - E[I]) / ((H(truth) + H(labels)) / 2 - E[I])
 *
 * @param truth  [n], the known classes.
 * @param labels [n], the clusters.
 * @throws EVALUATE_SHAPE when they differ in length.
 * @see Vinh, Epps & Bailey 2010; scikit-learn `adjusted_mutual_info_score` (1 when neither splits, 0 when only one does)
 */
export function adjustedMutualInfo(truth: ArrayLike<number>, labels: ArrayLike<number>): number {
  const table = contingency(truth, labels);
  const { classes, clusters } = table;
  if (classes.length === clusters.length && classes.length <= 1) return 1;
  if (classes.length === 1 || clusters.length === 1) return 0;
  const expected = expectedMutualInfo(table);
  const mean = (entropy(classes) + entropy(clusters)) / 2;
  return awayFromZero(mutualInfo(table) - expected) / awayFromZero(mean - expected);
}

/**
 * Mutual information over the mean of the entropies, 0 to 1; not adjusted for chance. It equals the V-measure.
 *
 * @throws EVALUATE_SHAPE when they differ in length.
 * @see scikit-learn `normalized_mutual_info_score`
 */
export function normalizedMutualInfo(truth: ArrayLike<number>, labels: ArrayLike<number>): number {
  const table = contingency(truth, labels);
  const { classes, clusters } = table;
  if (classes.length === clusters.length && classes.length <= 1) return 1;
  const shared = mutualInfo(table);
  if (shared <= Number.EPSILON) return 0;
  return shared / ((entropy(classes) + entropy(clusters)) / 2);
}
