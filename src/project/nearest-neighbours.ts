/** For every point its nearest points, itself first. */
export interface NearestNeighbours {
  /** [n * count] */
  readonly indices: Int32Array;
  /** [n * count], not squared, rising. */
  readonly distances: Float64Array;
}

/** Features summed between two looks at whether a point is too far already. */
const STRIDE = 6;

/**
 * The exact nearest neighbours of every point, by comparing all pairs: for a few thousand points quicker than an index.
 *
 * @param points [n * d]. Not changed.
 * @param count  neighbours a point, itself among them, 1 to n.
 */
export function nearestNeighbours(points: Float32Array, n: number, d: number, count: number): NearestNeighbours {
  const indices = new Int32Array(n * count);
  const distances = new Float64Array(n * count);
  const exact = Float64Array.from(points);
  const nearest = new Int32Array(count);
  const squares = new Float64Array(count);
  for (let i = 0; i < n; i++) {
    squares.fill(Infinity);
    // The point itself comes first even where others lie on it.
    nearest[0] = i;
    squares[0] = -1;
    const own = i * d;
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      const worst = squares[count - 1]!;
      const other = j * d;
      let sum = 0;
      for (let from = 0; from < d && sum < worst; from += STRIDE) {
        const to = Math.min(d, from + STRIDE);
        for (let f = from; f < to; f++) {
          const difference = exact[own + f]! - exact[other + f]!;
          sum += difference * difference;
        }
      }
      if (sum >= worst) continue;
      let place = count - 1;
      while (squares[place - 1]! > sum) {
        squares[place] = squares[place - 1]!;
        nearest[place] = nearest[place - 1]!;
        place--;
      }
      squares[place] = sum;
      nearest[place] = j;
    }
    indices.set(nearest, i * count);
    for (let r = 0; r < count; r++) distances[i * count + r] = Math.sqrt(Math.max(0, squares[r]!));
  }
  return { indices, distances };
}
