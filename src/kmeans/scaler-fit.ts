import { SoundkinError } from '../errors.js';

/** 'standard': mean 0 and variance 1; 'minMax': 0 to 1; 'none': as they are. Each feature by itself. */
export type ScalerKind = 'standard' | 'minMax' | 'none';

/** A scaler being fitted to points that come block by block. */
export interface ScalerFit {
  /** How often all points have to come. */
  readonly nPasses: number;
  /**
   * Takes a block of points, [rows * d] row by row. The same blocks in the same order in every pass; how they are cut shows in nothing.
   *
   * @throws KMEANS_NOT_FINITE when a value is NaN or infinite.
   */
  add(pass: number, block: Float32Array): void;
  /** What scales the points: x -> (x - offset) / scale. */
  finish(): { offset: Float64Array; scale: Float64Array };
}

/** scikit-learn's `_is_constant_feature`: a variance that rounding alone can leave. */
function isConstant(variance: number, mean: number, n: number): boolean {
  return variance <= n * Number.EPSILON * variance + (n * mean * Number.EPSILON) ** 2;
}

function fitStandard(d: number): ScalerFit {
  const mean = new Float64Array(d);
  const squares = new Float64Array(d);
  const rest = new Float64Array(d);
  let n = 0;
  let isDivided = false;
  return {
    nPasses: 2,
    add(pass, block): void {
      if (pass === 0) {
        n += block.length / d;
        for (let i = 0; i < block.length; i += d) for (let f = 0; f < d; f++) mean[f]! += block[i + f]!;
        return;
      }
      if (!isDivided) for (let f = 0; f < d; f++) mean[f]! /= n;
      isDivided = true;
      for (let i = 0; i < block.length; i += d) {
        for (let f = 0; f < d; f++) {
          const difference = block[i + f]! - mean[f]!;
          squares[f]! += difference * difference;
          rest[f]! += difference;
        }
      }
    },
    finish() {
      // The differences would sum to zero but for the mean's own rounding, which this takes out again (Chan et al. 1983).
      const scale = squares.map((sum, f) => {
        const variance = Math.max(0, (sum - (rest[f]! * rest[f]!) / n) / n);
        return isConstant(variance, mean[f]!, n) ? 1 : Math.sqrt(variance);
      });
      return { offset: mean, scale };
    },
  };
}

function fitMinMax(d: number): ScalerFit {
  const low = new Float64Array(d).fill(Infinity);
  const high = new Float64Array(d).fill(-Infinity);
  return {
    nPasses: 1,
    add(_pass, block): void {
      for (let i = 0; i < block.length; i += d) {
        for (let f = 0; f < d; f++) {
          const value = block[i + f]!;
          if (value < low[f]!) low[f] = value;
          if (value > high[f]!) high[f] = value;
        }
      }
    },
    finish() {
      const range = high.map((value, f) => value - low[f]!);
      return { offset: low, scale: range.map((value) => (value < 10 * Number.EPSILON ? 1 : value)) };
    },
  };
}

function fitNothing(d: number): ScalerFit {
  return { nPasses: 1, add: () => undefined, finish: () => ({ offset: new Float64Array(d), scale: new Float64Array(d).fill(1) }) };
}

/**
 * Fits a scaler to points that need not be in memory all at once, in float64: what `fitScaler` finds on the same rows, bit for bit.
 *
 * @param nFeatures d, >= 1.
 * @see scikit-learn `StandardScaler`, `MinMaxScaler`
 */
export function createScalerFit(kind: ScalerKind, nFeatures: number): ScalerFit {
  const fit = kind === 'standard' ? fitStandard(nFeatures) : kind === 'minMax' ? fitMinMax(nFeatures) : fitNothing(nFeatures);
  let nSeen = 0;
  return {
    nPasses: fit.nPasses,
    add(pass, block): void {
      if (pass === 0) {
        // min and max pass NaN by, and 'none' looks at nothing: so every value is looked at here.
        const bad = block.findIndex((value) => !Number.isFinite(value));
        if (bad >= 0) {
          throw new SoundkinError(
            'KMEANS_NOT_FINITE',
            `kmeans: expected finite numbers, got ${block[bad]} in row ${nSeen + Math.floor(bad / nFeatures)}, feature ${bad % nFeatures}. Leave out the sounds whose features are not finite.`,
          );
        }
        nSeen += block.length / nFeatures;
      }
      fit.add(pass, block);
    },
    finish: () => fit.finish(),
  };
}
