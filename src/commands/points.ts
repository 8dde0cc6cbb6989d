import { join } from 'node:path';
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
 * Reads a library's features, scales them over the sounds chosen, and shapes them by the recipe. A file that was measured from a folder
 * and again from one within it counts once.
 *
 * @throws LIBRARY_EMPTY when no sound chosen has features.
 */
export async function readShapedPoints(library: Library, recipeName: FeatureLayoutName, choose?: (track: TrackSummary) => boolean): Promise<Points> {
  const recipe = RECIPES[recipeName];
  const owners = new Map<string, string>();
  const isFirst = ({ root, path }: TrackSummary): boolean => {
    const file = join(root, path);
    if (!owners.has(file)) owners.set(file, root);
    return owners.get(file) === root;
  };
  const { tracks, points, width } = await library.readPoints(recipeName, (track) => track.measured && (choose?.(track) ?? true) && isFirst(track));
  if (tracks.length === 0) {
    throw new SoundkinError('LIBRARY_EMPTY', `library: expected measured sounds in ${library.dir}, got none. See which files failed, or run \`soundkin extract FOLDER\`.`);
  }
  const scaler = fitScaler(points, width, recipe.scaling);
  const values = scaler.transformRows(points, points);
  recipe.shape(values, library.format.settings);
  return { tracks, values, width, recipe, scaler };
}
