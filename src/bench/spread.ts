/** What rounds of the same work took. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly rounds: number;
}

/** The middle value, or the mean of the two middle ones. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values), rounds: values.length };
}

/** How far the rounds lie apart: half the way from the fastest to the slowest, as a share of the median. */
export function relativeSpread({ median: middle, least, most }: Spread): number {
  return (most - least) / 2 / middle;
}
