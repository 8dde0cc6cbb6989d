import { contingency } from './contingency.js';
import { entropy, mutualInfo } from './mutual-info.js';

export interface VMeasure {
  /** 1 when every cluster holds sounds of one class only. */
  readonly homogeneity: number;
  /** 1 when every class lies in one cluster. */
  readonly completeness: number;
  /** Their harmonic mean. */
  readonly vMeasure: number;
}

/**
 * Homogeneity, completeness and V-measure, 0 to 1, whatever the labels are called.
 *
 *   homogeneity = I(truth; labels) / H(truth)     completeness = I(truth; labels) / H(labels)     v = 2 h c / (h + c)
 *
 * @param truth  [n], the known classes.
 * @param labels [n], the clusters.
 * @throws EVALUATE_SHAPE when they differ in length.
 * @see Rosenberg & Hirschberg 2007; scikit-learn `homogeneity_completeness_v_measure` (all 1 when there is nothing to
 *   label, homogeneity 1 for a single class, completeness 1 for a single cluster)
 */
export function homogeneityCompletenessVMeasure(truth: ArrayLike<number>, labels: ArrayLike<number>): VMeasure {
  const table = contingency(truth, labels);
  if (table.n === 0) return { homogeneity: 1, completeness: 1, vMeasure: 1 };
  const shared = mutualInfo(table);
  const ofTruth = entropy(table.classes);
  const ofLabels = entropy(table.clusters);
  const homogeneity = ofTruth === 0 ? 1 : shared / ofTruth;
  const completeness = ofLabels === 0 ? 1 : shared / ofLabels;
  const sum = homogeneity + completeness;
  return { homogeneity, completeness, vMeasure: sum === 0 ? 0 : (2 * homogeneity * completeness) / sum };
}

/** 1 when every cluster holds sounds of one class only. As `homogeneityCompletenessVMeasure`. */
export function homogeneity(truth: ArrayLike<number>, labels: ArrayLike<number>): number {
  return homogeneityCompletenessVMeasure(truth, labels).homogeneity;
}

/** 1 when every class lies in one cluster. As `homogeneityCompletenessVMeasure`. */
export function completeness(truth: ArrayLike<number>, labels: ArrayLike<number>): number {
  return homogeneityCompletenessVMeasure(truth, labels).completeness;
}

/** The harmonic mean of homogeneity and completeness. As `homogeneityCompletenessVMeasure`. */
export function vMeasure(truth: ArrayLike<number>, labels: ArrayLike<number>): number {
  return homogeneityCompletenessVMeasure(truth, labels).vMeasure;
}
