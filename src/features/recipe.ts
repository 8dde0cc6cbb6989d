import type { AnalysisSettings } from '../config/analysis.js';
import { featureLayout, type FeatureLayoutName } from './feature-set.js';

/** Which features sounds are compared by, and how they are weighed before the clustering. */
export interface Recipe {
  readonly name: FeatureLayoutName;
  /** One line for people. */
  readonly summary: string;
  /** How columns are brought to one scale. */
  readonly scaling: 'standard' | 'minMax' | 'none';
  /**
   * What happens to scaled points, in place.
   *
   * @param points [n, width] row-major.
   */
  shape(points: Float32Array, settings: AnalysisSettings): void;
}

/** Standard deviations beyond which a value tells no more: one odd column must not decide a distance. */
const CLIP = 3;

/**
 * Scaled points clipped to ±3, every block of d columns times sqrt(sqrt(d) / d), and rows to length 1.
 *
 * A block of d like columns then weighs as sqrt(d) instead of d: twenty MFCC count for more than one bandwidth, but not twenty times. Unit rows make
 * Euclidean distance that of the angle, so that sounds which are far from average in every way do not form a cluster for that alone.
 */
function shapeKin(points: Float32Array, settings: AnalysisSettings): void {
  const { blocks, width } = featureLayout('kin', settings);
  const weights = new Float64Array(width);
  for (const block of blocks) weights.fill(Math.sqrt(Math.sqrt(block.width) / block.width), block.start, block.start + block.width);
  for (let start = 0; start < points.length; start += width) {
    let squares = 0;
    for (let i = 0; i < width; i++) {
      const value = Math.min(Math.max(points[start + i]!, -CLIP), CLIP) * weights[i]!;
      points[start + i] = value;
      squares += value * value;
    }
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let i = 0; i < width; i++) points[start + i]! *= scale;
  }
}

/** Every recipe by name; `kin` is the default. */
export const RECIPES: Readonly<Record<FeatureLayoutName, Recipe>> = {
  kin: {
    name: 'kin',
    summary: 'four statistics of bandwidth, level, flatness, zero crossings, chroma, MFCC and their deltas, and contrast, weighed by block',
    scaling: 'standard',
    shape: shapeKin,
  },
  seed: {
    name: 'seed',
    summary: "the classic recipe: means of librosa's eight features, standard-scaled",
    scaling: 'standard',
    shape: () => undefined,
  },
};
