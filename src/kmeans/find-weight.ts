/** The first position whose running sum passes the target; where rounding leaves none, the last with any weight. */
export function findWeight(length: number, weightAt: (i: number) => number, target: number): { index: number; before: number } {
  let sum = 0;
  let last = { index: 0, before: 0 };
  for (let i = 0; i < length; i++) {
    const weight = weightAt(i);
    if (weight > 0) {
      last = { index: i, before: sum };
      sum += weight;
      if (sum > target) return last;
    }
  }
  return last;
}
