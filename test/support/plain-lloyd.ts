/** Lloyd's algorithm in plain float64 loops, without any trick: the slow twin of src/kmeans. */
export interface PlainLloyd {
  readonly labels: number[];
  readonly centroids: number[][];
  readonly inertia: number;
  readonly nIter: number;
  readonly history: number[];
}

const squared = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, f) => sum + (value - b[f]!) ** 2, 0);

function nearest(point: readonly number[], centroids: readonly (readonly number[])[]): number {
  let best = 0;
  centroids.forEach((centroid, j) => {
    if (squared(point, centroid) < squared(point, centroids[best]!)) best = j;
  });
  return best;
}

/** Until no label changes. An empty cluster takes the point farthest from its centroid, as in scikit-learn. */
export function plainLloyd(points: readonly (readonly number[])[], start: readonly (readonly number[])[], maxIter = 300): PlainLloyd {
  let centroids = start.map((row) => [...row]);
  let labels: number[] = points.map(() => -1);
  const history: number[] = [];
  const cost = (): number => points.reduce((sum, point, i) => sum + squared(point, centroids[labels[i]!]!), 0);
  for (;;) {
    const next = points.map((point) => nearest(point, centroids));
    const same = next.every((label, i) => label === labels[i]);
    labels = next;
    history.push(cost());
    const members = centroids.map((_, j) => points.filter((__, i) => labels[i] === j));
    const far = points.map((_, i) => i).sort((a, b) => squared(points[b]!, centroids[labels[b]!]!) - squared(points[a]!, centroids[labels[a]!]!));
    if (history.at(-1)! > 0) {
      members.forEach((own, j) => {
        if (own.length > 0) return;
        const point = points[far.shift()!]!;
        members.forEach((others, o) => (members[o] = others.filter((other) => other !== point)));
        members[j] = [point];
      });
    }
    const largest = members.reduce((a, b) => (b.length > a.length ? b : a));
    centroids = members.map((own) => {
      const from = own.length > 0 ? own : largest;
      return from[0]!.map((_, f) => from.reduce((sum, point) => sum + point[f]!, 0) / from.length);
    });
    if (same || history.length === maxIter) break;
  }
  labels = points.map((point) => nearest(point, centroids));
  return { labels, centroids, inertia: cost(), nIter: history.length, history };
}
