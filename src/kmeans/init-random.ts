import type { Random } from '../random.js';

/**
 * Distinct row numbers, every choice as likely as any other.
 *
 * @param nPoints   rows to choose from.
 * @param nClusters how many, at most nPoints.
 */
export function initRandom(nPoints: number, nClusters: number, random: Random): Int32Array {
  // Fisher and Yates' shuffle, of which only the rows that moved are kept.
  const moved = new Map<number, number>();
  const chosen = new Int32Array(nClusters);
  for (let i = 0; i < nClusters; i++) {
    const j = i + random.integer(nPoints - i);
    chosen[i] = moved.get(j) ?? j;
    moved.set(j, moved.get(i) ?? i);
  }
  return chosen;
}
