import type { FeatureLayoutName } from '../features/feature-set.js';
import type { TrackRow } from '../library/index.js';
import { idOf } from './track-id.js';

/** Beyond, features are read from the library in one piece when they are needed: some 20 MB by then. */
const MOST_KEPT = 20_000;

/** One recipe's features of the rows of a run, so that they need not be read back. */
export class KeptFeatures {
  readonly #byId = new Map<string, Float32Array>();
  #isFull = false;

  /** @param most rows kept; with more, none is. */
  constructor(
    private readonly recipe: FeatureLayoutName,
    private readonly most = MOST_KEPT,
  ) {}

  add(row: TrackRow): void {
    const features = row.features?.[this.recipe];
    if (this.#isFull || features === undefined) return;
    if (this.#byId.size < this.most) return void this.#byId.set(idOf(row), features);
    this.#isFull = true;
    this.#byId.clear();
  }

  /** All features of some tracks, [n, width]; undefined where one is not kept. */
  of(tracks: readonly { readonly root: string; readonly path: string }[], width: number): Float32Array | undefined {
    const points = new Float32Array(tracks.length * width);
    for (const [i, track] of tracks.entries()) {
      const features = this.#byId.get(idOf(track));
      if (features?.length !== width) return undefined;
      points.set(features, i * width);
    }
    return points;
  }
}
