import type { KMeansResult } from '../kmeans/index.js';
import type { Clustering, Library, Sweep, TrackSummary } from '../library/index.js';
import type { OnProgress } from '../progress.js';
import type { MadePreview, ThreadPool } from '../threads/index.js';
import { idOf } from './extract.js';
import { DEFAULT_PREVIEW_MEGABYTES, makePreviews } from './previews.js';
import { writeReport } from './report.js';

/** A page whose previews are made in threads while the main thread scores and draws. */
export class PageInWaiting {
  #previews: Promise<ReadonlyMap<string, MadePreview>> = Promise.resolve(new Map());
  #isAwaited = false;

  constructor(
    private readonly tracks: readonly TrackSummary[],
    private readonly threads: ThreadPool,
    private readonly onProgress: OnProgress | undefined,
  ) {}

  /** Begins with the previews: which of them there are follows from the clusters. Begun again, for other clusters, the first ones are forgotten. */
  begin({ labels, distances }: Pick<KMeansResult, 'labels' | 'distances'>): void {
    const candidates = this.tracks.map(({ root, path, durationSeconds }, i) => ({ root, path, cluster: labels[i]!, distance: distances[i]!, durationSeconds: durationSeconds ?? 0 }));
    this.#previews = makePreviews(candidates, DEFAULT_PREVIEW_MEGABYTES, this.threads, (event) => {
      // Until nothing else is left to do, progress is that of the rest.
      if (this.#isAwaited) this.onProgress?.(event);
    });
    this.#previews.catch(() => undefined);
  }

  /** Writes the page. @returns its path. @throws EXPORT_FORMAT | INTERNAL */
  async write(library: Library, clustering: Clustering, sweep: Sweep | null): Promise<string> {
    this.#isAwaited = true;
    const tracks = new Map((await library.tracks()).map((track) => [idOf(track), track]));
    const { report } = await writeReport({ dir: library.dir, clustering, sweep, tracks, previews: await this.#previews });
    return report;
  }
}
