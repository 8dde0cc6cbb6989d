function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Result k lies at k * down / up samples of the source; the two have no common divisor. */
export interface ResamplingRatio {
  readonly up: number;
  readonly down: number;
}

export function resamplingRatio(sourceRate: number, targetRate: number): ResamplingRatio {
  const divisor = greatestCommonDivisor(sourceRate, targetRate);
  return { up: targetRate / divisor, down: sourceRate / divisor };
}
