/** Whether two sets of features, levels or inertias are the same: a fast wrong answer is not a result. */
import type { Entry } from './result.js';

/** Means over time: for each feature, for each sound, its columns. */
export type FeatureMeans = Readonly<Record<string, readonly (readonly number[])[]>>;

/** Of the largest value of a feature. Other float32 transforms differ by 1e-5, other frames at the ends of a sound by 6e-3; a wrong feature by far more. */
export const FEATURE_TOLERANCE = 1e-2;

/** The largest difference as a share of the largest value of its row; Infinity where shapes differ or a number is none. */
export function worstShare(rows: readonly (readonly number[])[], expected: readonly (readonly number[])[]): number {
  let worst = rows.length === 0 || rows.length > expected.length ? Infinity : 0;
  for (const [i, row] of rows.entries()) {
    const right = expected[i] ?? [];
    if (right.length !== row.length) return Infinity;
    const largest = Math.max(1e-12, ...right.map(Math.abs));
    for (const [j, value] of row.entries()) {
      const share = Math.abs(value - right[j]!) / largest;
      if (!Number.isFinite(share)) return Infinity;
      worst = Math.max(worst, share);
    }
  }
  return worst;
}

/**
 * Holds features against those of the reference, as far as both have sounds; those that follow a definition of their own are named, not judged.
 */
export function judgeFeatures(means: FeatureMeans, reference: FeatureMeans, own: readonly string[] = []): Entry['check'] {
  const judged = Object.keys(means).filter((name) => !own.includes(name));
  const shares = judged.map((name) => [name, worstShare(means[name]!, reference[name]!)] as const);
  const wrong = shares.filter(([, share]) => !(share <= FEATURE_TOLERANCE));
  const others = own.length === 0 ? '' : `; own definition: ${own.join(', ')}`;
  if (judged.length === 0) return { ok: false, text: 'no feature that could be compared' };
  if (wrong.length > 0) return { ok: false, text: `other values: ${wrong.map(([name, share]) => `${name} by ${share.toExponential(0)}`).join(', ')}` };
  const all = Object.keys(reference).length;
  return { ok: true, text: `${judged.length} of ${all} features within ${Math.max(...shares.map(([, share]) => share)).toExponential(0)} of librosa's${others}` };
}
