import { SoundkinError } from '../errors.js';

/**
 * Checks that two labellings, or labels and points, are of one length.
 *
 * @throws EVALUATE_SHAPE when they are not.
 */
export function requireSameLength(what: string, expected: number, got: number): void {
  if (expected === got) return;
  throw new SoundkinError(
    'EVALUATE_SHAPE',
    `evaluate: expected as many labels as ${what}, ${expected}, got ${got}. Give one label a sound, in the same order.`,
  );
}

/**
 * Checks that a score that compares clusters has clusters to compare.
 *
 * @throws EVALUATE_RANGE unless there are 2 to n - 1 clusters.
 */
export function requireScorable(nLabels: number, nPoints: number): void {
  if (nLabels >= 2 && nLabels <= nPoints - 1) return;
  throw new SoundkinError(
    'EVALUATE_RANGE',
    `evaluate: expected 2 to ${nPoints - 1} clusters for ${nPoints} sounds, got ${nLabels}. This score is defined for no other number.`,
  );
}
