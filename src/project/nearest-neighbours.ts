/** For every point its nearest points, itself first, as umap-js takes them. */
export interface NearestNeighbours {
  readonly indices: number[][];
  /** Not squared, rising. */
  readonly distances: number[][];
}

/**
 * The exact nearest neighbours of every point, by comparing all pairs: for a few thousand points quicker than an index.
 *
 * @param points [n * d]. Not changed.
 * @param count  neighbours a point, itself among them, 1 to n.
 */
export function nearestNeighbours(points: Float32Array, n: number, d: number, count: number): NearestNeighbours {
  const indices: number[][] = [];
  const distances: number[][] = [];
  const nearest = new Int32Array(count);
  const squares = new Float64Array(count);
  for (let i = 0; i < n; i++) {
    squares.fill(Infinity);
    // The point itself comes first even where others lie on it.
    nearest[0] = i;
    squares[0] = -1;
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      const worst = squares[count - 1]!;
      let sum = 0;
      for (let f = 0; f < d && sum < worst; f++) sum += (points[i * d + f]! - points[j * d + f]!) ** 2;
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
    indices.push(Array.from(nearest));
    distances.push(Array.from(squares, (square) => Math.sqrt(Math.max(0, square))));
  }
  return { indices, distances };
}
