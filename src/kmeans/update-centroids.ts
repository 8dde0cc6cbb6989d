/** What one pass over the points tells of every cluster. */
export interface ClusterSums {
  /** [k * d]: sum of each cluster's points. */
  readonly sums: Float64Array;
  /** [k]: how many points each has. */
  readonly counts: Float64Array;
}

/** A point far from its centroid, to be made the centroid of an empty cluster. */
export interface FarPoint {
  /** The cluster it is taken from. */
  readonly label: number;
  /** [d] */
  readonly values: ArrayLike<number>;
}

/** The clusters that no point belongs to. */
export function emptyClusters(counts: Float64Array): number[] {
  const empty: number[] = [];
  counts.forEach((count, j) => {
    if (count === 0) empty.push(j);
  });
  return empty;
}

/** Row numbers of the largest distances, the largest first; of equal ones the last, which numpy's partition takes. */
export function farthestPoints(squaredDistances: Float32Array, count: number): number[] {
  const far: number[] = [];
  for (let i = 0; i < squaredDistances.length; i++) {
    const distance = squaredDistances[i]!;
    if (far.length === count && distance < squaredDistances[far[count - 1]!]!) continue;
    let place = far.length;
    while (place > 0 && squaredDistances[far[place - 1]!]! <= distance) place--;
    far.splice(place, 0, i);
    if (far.length > count) far.pop();
  }
  return far;
}

/**
 * The sums after every empty cluster got the point farthest from its centroid. The sums given stay as they are.
 *
 * @param far one point for each of the empty clusters, in `emptyClusters`' order.
 * @see scikit-learn `_relocate_empty_clusters_dense`
 */
export function relocateEmptyClusters(given: ClusterSums, empty: readonly number[], far: readonly FarPoint[]): ClusterSums {
  const sums = Float64Array.from(given.sums);
  const counts = Float64Array.from(given.counts);
  const d = sums.length / counts.length;
  far.forEach(({ label, values }, i) => {
    const cluster = empty[i]!;
    for (let f = 0; f < d; f++) {
      sums[label * d + f]! -= values[f]!;
      sums[cluster * d + f] = values[f]!;
    }
    counts[cluster] = 1;
    counts[label]! -= 1;
  });
  return { sums, counts };
}

/**
 * Means of the clusters. One without points is put upon the largest cluster's (scikit-learn's `_average_centers` does
 * so too, but before that mean is divided when it comes later in the order).
 *
 * @returns [k * d]
 */
export function averageCentroids({ sums, counts }: ClusterSums): Float32Array {
  const k = counts.length;
  const d = sums.length / k;
  let largest = 0;
  for (let j = 1; j < k; j++) if (counts[j]! > counts[largest]!) largest = j;
  const centroids = new Float32Array(k * d);
  for (let j = 0; j < k; j++) {
    const from = counts[j]! > 0 ? j : largest;
    for (let f = 0; f < d; f++) centroids[j * d + f] = sums[from * d + f]! / counts[from]!;
  }
  return centroids;
}

/**
 * Sum of squared distances of the points to the centroids they were assigned to, from sums alone:
 * Σ||x||² - 2 Σ c·S + Σ n ||c||².
 */
export function inertiaFromSums({ sums, counts }: ClusterSums, centroids: Float32Array, totalSquares: number): number {
  const d = centroids.length / counts.length;
  let inertia = totalSquares;
  for (let j = 0; j < counts.length; j++) {
    let dot = 0;
    let square = 0;
    for (let i = j * d; i < (j + 1) * d; i++) {
      const c = centroids[i]!;
      dot += c * sums[i]!;
      square += c * c;
    }
    inertia += counts[j]! * square - 2 * dot;
  }
  return Math.max(0, inertia);
}
