import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ERROR_CODES, SoundkinError } from '../errors.js';
import type { Library, TrackRow } from '../library/index.js';
import type { OnProgress } from '../progress.js';
import { offerJobs, type JobFailure, type OfferState, type WorkerFacts } from '../queue/index.js';
import type { Track } from '../scan/scan.js';
import { libraryId, singleTrackJobs, trackJobs, tracksOf, type TrackJob, type TrackJobResult } from './track-job.js';
import { failedRow } from './track-row.js';

export interface OfferTracksOptions {
  /** The address of a Redis. */
  readonly queue: string;
  readonly library: Library;
  /** Withdraws what no worker has in hand. */
  readonly signal?: AbortSignal | undefined;
  /** Takes the rows of tracks that nobody could measure. All others the workers write. */
  readonly onRow: (row: TrackRow) => Promise<void>;
  readonly onProgress?: OnProgress;
  /** Lines for people: who joined, who refused, what is waited for. */
  readonly onNotice?: (line: string) => void;
  /** Tracks in a job, at most. */
  readonly mostTracks?: number;
  /** Milliseconds that the rows which workers wrote may take to be seen here: network folders keep their listings for a while. Default 60,000. */
  readonly seenMs?: number;
}

/** What one worker did. */
export interface WorkerShare extends WorkerFacts {
  readonly tracks: number;
  readonly audioSeconds: number;
  /** Tracks a second, in its last job. */
  readonly perSecond: number;
}

export interface OfferTracksOutcome {
  /** Tracks that have features now. */
  readonly measured: number;
  readonly audioSeconds: number;
  /** In the order in which they joined. */
  readonly workers: readonly WorkerShare[];
}

/** How long nothing may be in any hand before people are told. */
const IDLE_MS = 10_000;

/**
 * Has tracks measured by workers on other machines: see `worker`. Ends when all rows are in the library, as seen from here.
 *
 * @throws QUEUE_UNAVAILABLE; LIBRARY_WRITE when the workers' rows do not appear here; what stopped workers again and again and is no fault of a file.
 */
export async function offerTracks(tracks: readonly Track[], options: OfferTracksOptions): Promise<OfferTracksOutcome> {
  const { library, signal, onRow, onProgress = () => undefined, onNotice = () => undefined } = options;
  const { dir, format } = library;
  const id = await libraryId(dir);
  const tally = new Tally(tracks.length, onProgress, onNotice);
  const lost = new Set<string>();

  await offerJobs<TrackJob, TrackJobResult>({
    url: options.queue,
    // A run that was killed is known by its library, whoever goes on with it.
    group: createHash('sha256').update(`${dir}\0${id}`).digest('hex').slice(0, 16),
    jobs: trackJobs(tracks, { library: dir, libraryId: id, featureSetVersion: format.featureSetVersion, settings: format.settings }, options.mostTracks),
    split: singleTrackJobs,
    onAnswer: (_, { worker, perSecond, result }) => tally.add(worker, perSecond, result),
    onFailure: async (job, failure) => {
      requireFault(failure);
      for (const track of tracksOf(job)) {
        lost.add(keyOf(track));
        await onRow(failedRow(track, failure));
        tally.lose();
      }
    },
    onRefusal: ({ worker, message }) => onNotice(`Worker ${nameOf(worker)} refused: ${message}`),
    onState: (state) => tally.tell(state),
    onNotice,
    signal,
  });
  if (signal?.aborted !== true) await requireRows(library, tracks.filter((track) => !lost.has(keyOf(track))), options.seenMs ?? 60_000);
  return { measured: tally.measured, audioSeconds: tally.audioSeconds, workers: [...tally.workers.values()] };
}

/** What is no file's fault would be the next file's too. */
function requireFault({ code, message }: JobFailure): void {
  if (ERROR_CODES[code].exit !== 1) throw new SoundkinError(code, message);
}

function keyOf({ root, path }: Pick<Track, 'root' | 'path'>): string {
  return `${root}\0${path}`;
}

function nameOf({ host, id, backend }: WorkerFacts): string {
  return `${host}/${id.slice(0, 4)}${backend === null ? '' : ` (${backend})`}`;
}

/** Counts what workers did. */
class Tally {
  measured = 0;
  audioSeconds = 0;
  readonly workers = new Map<string, WorkerShare>();
  #done = 0;
  #busyAt = performance.now();
  #idleTold = false;

  constructor(
    private readonly total: number,
    private readonly progress: OnProgress,
    private readonly notice: (line: string) => void,
  ) {}

  add(worker: WorkerFacts, perSecond: number, { tracks, measured, audioSeconds }: TrackJobResult): void {
    this.#done += tracks;
    this.measured += measured;
    this.audioSeconds += audioSeconds;
    const share = this.#share(worker);
    this.workers.set(worker.id, { ...worker, tracks: share.tracks + tracks, audioSeconds: share.audioSeconds + audioSeconds, perSecond });
    this.#show(0, worker);
  }

  lose(): void {
    this.#done += 1;
    this.#show(0);
  }

  tell({ inHand, waiting }: OfferState): void {
    for (const { worker, perSecond } of inHand) this.workers.set(worker.id, { ...this.#share(worker), ...worker, perSecond });
    if (inHand.length > 0 || waiting === 0) {
      this.#busyAt = performance.now();
      this.#idleTold = false;
    } else if (!this.#idleTold && performance.now() - this.#busyAt > IDLE_MS) {
      this.#idleTold = true;
      this.notice('No worker has taken anything for a while. Run `soundkin worker --queue ...` on machines that can reach the sounds and the library.');
    }
    this.#show(inHand.reduce((sum, { done }) => sum + done, 0), inHand.at(-1)?.worker);
  }

  #share(worker: WorkerFacts): WorkerShare {
    const known = this.workers.get(worker.id);
    if (known === undefined) this.notice(`Worker ${nameOf(worker)} joined.`);
    return known ?? { ...worker, tracks: 0, audioSeconds: 0, perSecond: 0 };
  }

  #show(inHand: number, worker?: WorkerFacts): void {
    // A job that is offered again begins anew: what is done may fall.
    this.progress({ stage: 'features', done: Math.min(this.total, this.#done + inHand), total: this.total, audioSeconds: this.audioSeconds, ...(worker !== undefined && { item: nameOf(worker) }) });
  }
}

/** Waits until the rows of all tracks are in the library as it is seen from here. */
async function requireRows(library: Library, tracks: readonly Track[], seenMs: number): Promise<void> {
  for (const started = performance.now(); ; await delay(500)) {
    const rows = new Map((await library.tracks()).map((row) => [keyOf(row), row]));
    const missing = tracks.filter((track) => {
      const row = rows.get(keyOf(track));
      return row?.size !== track.size || row.mtimeMs !== track.mtimeMs;
    });
    if (missing.length === 0) return;
    if (performance.now() - started > seenMs) {
      throw new SoundkinError('LIBRARY_WRITE', `library: expected the rows that workers wrote to appear in ${library.dir}, but those of ${missing.length} sounds did not. Do all machines mount the same folder? Run the same again to measure what is missing.`);
    }
  }
}
