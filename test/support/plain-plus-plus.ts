import type { Random } from '../../src/random.js';

/** Greedy k-means++ in plain loops, with the same random numbers. */
export function plainPlusPlus(rows: readonly number[][], k: number, random: Random): number[] {
  const squared = (i: number, j: number): number => rows[i]!.reduce((sum, value, f) => sum + (value - rows[j]![f]!) ** 2, 0);
  const chosen = [random.integer(rows.length)];
  let closest = rows.map((_, i) => squared(i, chosen[0]!));
  while (chosen.length < k) {
    const total = closest.reduce((sum, weight) => sum + weight, 0);
    const options = Array.from({ length: 2 + Math.floor(Math.log(k)) }, () => {
      let left = random.next() * total;
      const row = closest.findIndex((weight) => (left -= weight) < 0);
      return { row, after: closest.map((weight, i) => Math.min(weight, squared(i, row))) };
    });
    const sums = options.map(({ after }) => after.reduce((sum, weight) => sum + weight, 0));
    const best = options[sums.indexOf(Math.min(...sums))]!;
    chosen.push(best.row);
    closest = best.after;
  }
  return chosen;
}
