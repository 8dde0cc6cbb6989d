/** Differences of a band's level and step that the model tells apart. */
const LOWEST = -6;
const HIGHEST = 18;
/** Means are whole numbers of 1 / 4096, so that they are the same on every machine. */
const ONE = 4096;
/** Below this mean, runs of zeros are coded instead of single numbers. */
const SPARSE = ONE / 2;
const LEAST = 16;
/** A band of so many coefficients replaces what was known. */
const MEMORY = 128;

/** How to code a band: `k` of its Rice codes, and whether these count the zeros between numbers that are not. */
export interface BandCode {
  isSparse: boolean;
  k: number;
}

/**
 * Learns, while coding, how large the quantised numbers are in bands that are so many levels above their step. Encoder and decoder learn the same, from what both know.
 *
 * For numbers that fall off geometrically with mean m a Rice code is near the best with 2^k about 0.7 m; where most are zero, so is one of the runs between the others.
 */
export class MagnitudeModel {
  readonly #means = Int32Array.from({ length: HIGHEST - LOWEST + 1 }, (_, i) => Math.round(0.5 * ONE * 2 ** ((i + LOWEST) / 2)));

  #place(above: number): number {
    return Math.min(HIGHEST, Math.max(LOWEST, above)) - LOWEST;
  }

  /** @param above levels of the band over its step. */
  codeOf(above: number, code: BandCode): void {
    const mean = this.#means[this.#place(above)]!;
    code.isSparse = mean < SPARSE;
    // Runs of zeros have a mean near 1 / m.
    const expected = code.isSparse ? Math.floor((ONE * ONE) / mean) : mean;
    code.k = 0;
    for (let reach = 1.4 * ONE; expected > reach && code.k < 9; reach *= 2) code.k++;
  }

  /** @param sum of the magnitudes of `count` numbers. */
  learn(above: number, sum: number, count: number): void {
    const place = this.#place(above);
    const mean = this.#means[place]!;
    const seen = Math.floor((Math.min(sum, 1 << 18) * ONE) / count);
    this.#means[place] = Math.max(LEAST, mean + Math.trunc(((seen - mean) * count) / MEMORY));
  }
}
