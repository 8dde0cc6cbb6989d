const TABLE_SIZE = 32;
const TABLE = new Float64Array(TABLE_SIZE);
let factorial = 1;
for (let n = 1; n < TABLE_SIZE; n++) {
  factorial *= n;
  TABLE[n] = Math.log(factorial);
}

/**
 * ln n! to float64's precision: a table, then Stirling's series, whose first term left out is below 1e-16 from there on.
 *
 * @param n an integer >= 0.
 */
export function logFactorial(n: number): number {
  if (n < TABLE_SIZE) return TABLE[n]!;
  const inverse = 1 / n;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))));
  return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + series;
}
