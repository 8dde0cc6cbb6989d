/** Where a curve of inertia over k bends. */
export interface Elbow {
  readonly k: number;
  /** 0 to 1: how far the curve lies below the straight line between its ends there, both axes scaled to 0 to 1. */
  readonly depth: number;
}

/**
 * The elbow of inertia over k: the k at which the curve lies farthest below the straight line from its first point to
 * its last, both axes scaled to 0 to 1.
 *
 * @param curve any order, k all different.
 * @returns     undefined with fewer than three points, or when the curve nowhere lies below the line.
 * @see Satopaa, Albrecht, Irwin & Raghavan 2011, "Finding a kneedle in a haystack": its offline rule, without smoothing
 *   and without the sensitivity threshold, which need more points than a sweep has.
 */
export function elbow(curve: readonly { readonly k: number; readonly inertia: number }[]): Elbow | undefined {
  const points = [...curve].sort((a, b) => a.k - b.k);
  const first = points[0];
  const last = points.at(-1);
  if (points.length < 3 || first === undefined || last === undefined || first.inertia <= last.inertia) return undefined;
  let best: Elbow | undefined;
  for (const { k, inertia } of points) {
    const along = (k - first.k) / (last.k - first.k);
    const fallen = (first.inertia - inertia) / (first.inertia - last.inertia);
    const depth = fallen - along;
    if (depth > 1e-12 && (best === undefined || depth > best.depth)) best = { k, depth };
  }
  return best;
}
