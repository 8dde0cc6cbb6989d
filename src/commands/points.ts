import { SoundkinError } from '../errors.js';
import { RECIPES, type FeatureLayoutName, type Recipe } from '../features/index.js';
import { fitScaler, type Scaler } from '../kmeans/index.js';
import type { Library, TrackSummary } from '../library/index.js';

/** The sounds of a library as a recipe sees them. */
export interface Points {
  readonly tracks: readonly TrackSummary[];
  /** [n * width], scaled and shaped by the recipe. */
  readonly values: Float32Array;
  readonly width: number;
  readonly recipe: Recipe;
  readonly scaler: Scaler;
}

/**
 * Reads a library's features, scales them over the sounds chosen, and shapes them by the recipe.
 *
 * @throws LIBRARY_EMPTY when no sound chosen has features.
 */
export async function readShapedPoints(library: Library, recipeName: FeatureLayoutName, choose?: (track: TrackSummary) => boolean): Promise<Points> {
  const recipe = RECIPES[recipeName];
  const { tracks, points, width } = await library.readPoints(recipeName, choose);
  if (tracks.length === 0) {
    throw new SoundkinError('LIBRARY_EMPTY', `library: expected measured sounds in ${library.dir}, got none. See which files failed, or run \`soundkin extract FOLDER\`.`);
  }
  const scaler = fitScaler(points, width, recipe.scaling);
  const values = scaler.transformRows(points, points);
  recipe.shape(values, library.format.settings);
  return { tracks, values, width, recipe, scaler };
}
