/** A cluster with more than this share of the sounds leaves nothing to tell the others apart by. */
const DOMINANT_SHARE = 0.9;

/** True when one cluster of several holds more than 90 % of the sounds, or more than half of the clusters hold one sound. */
export function isDegenerate(sizes: ArrayLike<number>): boolean {
  return sizesWarning(sizes) !== undefined;
}

/**
 * One sentence when a clustering says nothing, however good its silhouette looks: sizes such as 152, 1, 1, 1.
 *
 * @param sizes sounds in each cluster; empty clusters do not count.
 * @returns     undefined when the sizes are sound.
 */
export function sizesWarning(sizes: ArrayLike<number>): string | undefined {
  const filled = Array.from(sizes).filter((size) => size > 0);
  const n = filled.reduce((sum, size) => sum + size, 0);
  if (filled.length < 2) return undefined;
  const largest = Math.max(...filled);
  const singles = filled.filter((size) => size === 1).length;
  if (largest > DOMINANT_SHARE * n) {
    return `One cluster holds ${largest} of the ${n} sounds, so a good silhouette means little here: a few unlike sounds stand apart and the rest is not divided; try another k or other features.`;
  }
  if (singles * 2 > filled.length) {
    return `${singles} of the ${filled.length} clusters hold a single sound, so a good silhouette means little here; try fewer clusters or other features.`;
  }
  return undefined;
}
