import type { KMeansResult } from '../kmeans/index.js';
import type { Clustering, Sweep, TrackRow, TrackSummary } from '../library/index.js';
import type { OnProgress } from '../progress.js';
import type { MadePreview, ThreadPool } from '../threads/index.js';
import { idOf } from './track-id.js';
import { DEFAULT_PREVIEW_MEGABYTES, makePreviews, planOf, type PreviewCandidate } from './previews.js';
import { writeReport } from './report.js';
import { MOST_SHOWN, pickShown } from './shown-sounds.js';

type Previews = ReadonlyMap<string, MadePreview>;

/** A page whose previews are made in threads while the main thread writes, clusters, scores and draws. */
export class PageInWaiting {
  readonly #measured: PreviewCandidate[] = [];
  #nBegun = 0;
  readonly #early: Promise<Previews>[] = [];
  #previews: Promise<Previews> = Promise.resolve(new Map());
  #isAwaited = false;

  constructor(
    private readonly threads: ThreadPool,
    private readonly onProgress: OnProgress | undefined,
  ) {}

  /**
   * Takes note of a sound that was measured. Where few are left to be measured, threads will soon be idle: they begin with the previews of those that are done, if there
   * is room for all of them in the page, for then each has one whatever the clusters are.
   *
   * @param left rows that are still to come in this run.
   */
  foresee({ root, path, durationSeconds, features }: TrackRow, left: number): void {
    if (features !== null) this.#measured.push({ root, path, cluster: 0, distance: 0, durationSeconds: durationSeconds ?? 0 });
    if (left !== 0 && left !== this.threads.size) return;
    if (planOf(this.#measured, DEFAULT_PREVIEW_MEGABYTES).length < this.#measured.length) return;
    this.#early.push(this.#make(this.#measured.slice(this.#nBegun)));
    this.#nBegun = this.#measured.length;
  }

  /** Begins with the previews: which of them there are follows from the clusters. Begun again, for other clusters, the first ones are forgotten. */
  begin(tracks: readonly TrackSummary[], { labels, distances, nClusters }: Pick<KMeansResult, 'labels' | 'distances' | 'nClusters'>): void {
    const candidates = Array.from(pickShown(labels, distances, nClusters, MOST_SHOWN), (i) => {
      const { root, path, durationSeconds } = tracks[i]!;
      return { root, path, cluster: labels[i]!, distance: distances[i]!, durationSeconds: durationSeconds ?? 0 };
    });
    const planned = planOf(candidates, DEFAULT_PREVIEW_MEGABYTES);
    const wanted = new Set(planned.map(idOf));
    const begun = new Set(this.#measured.slice(0, this.#nBegun).map(idOf));
    const parts = [...this.#early, this.#make(planned.filter((sound) => !begun.has(idOf(sound))))];
    this.#previews = Promise.all(parts).then((made) => new Map(made.flatMap((part) => [...part]).filter(([id]) => wanted.has(id))));
    this.#previews.catch(() => undefined);
  }

  /** Writes the page. @param tracks all that the library has. @returns its path. @throws EXPORT_FORMAT | INTERNAL */
  async write(dir: string, tracks: readonly TrackSummary[], clustering: Clustering, sweep: Sweep | null): Promise<string> {
    this.#isAwaited = true;
    const { report } = await writeReport({ dir, clustering, sweep, tracks, previews: await this.#previews });
    return report;
  }

  #make(sounds: readonly PreviewCandidate[]): Promise<Previews> {
    const made = makePreviews(sounds, this.threads, (event) => {
      // Until nothing else is left to do, progress is that of the rest.
      if (this.#isAwaited) this.onProgress?.(event);
    });
    made.catch(() => undefined);
    return made;
  }
}
