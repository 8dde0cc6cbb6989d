import { opendir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { settingsHash } from '../config/analysis.js';
import type { BackendName } from '../device/device.js';
import { keepDevice, type DeviceChange, type DeviceKeeper } from '../device/device-keeper.js';
import { openDevice } from '../device/open-device.js';
import { messageOf, SoundkinError, type ErrorCode } from '../errors.js';
import { FEATURE_SET_VERSION } from '../features/feature-set.js';
import { kernelSupports } from '../features/kernels/wasm/track-kernel.js';
import { openLibrary, type Library, type TrackRow } from '../library/index.js';
import { workOnJobs, type Handled } from '../queue/index.js';
import { createThreadPool, memoryBudget } from '../threads/index.js';
import { VERSION } from '../version.js';
import { measureTracks } from './measure-tracks.js';
import { pathMap } from './path-map.js';
import { libraryId, tracksOf, type TrackJob, type TrackJobResult } from './track-job.js';

export interface WorkerOptions {
  /** The address of a Redis. */
  readonly queue: string;
  readonly backend?: BackendName | 'auto';
  /** Threads that decode and measure. Default: as many as there are processors. */
  readonly workers?: number;
  /** Memory that sounds in hand may take, such as '2G'. Default: half of what is free. */
  readonly memory?: string;
  /** Folders that are elsewhere on this machine, as FROM=TO. Rows keep the names that the run was started with. */
  readonly map?: readonly string[];
  /** Ends once the queue is empty. Default: goes on until it is stopped. */
  readonly untilEmpty?: boolean;
  /** Ends the worker; the job in hand goes back to the queue. */
  readonly signal?: AbortSignal;
  readonly onNotice?: (line: string) => void;
  /** Told of each job when it is taken. */
  readonly onJob?: (job: { readonly library: string; readonly paths: readonly string[] }) => void;
  /** Milliseconds after which this worker, giving no sign of life, loses its job to another. */
  readonly lockMs?: number;
}

export interface WorkerOutcome {
  /** Jobs done, and their tracks. */
  readonly jobs: number;
  readonly tracks: number;
  /** Those that have features. */
  readonly measured: number;
  readonly audioSeconds: number;
  readonly seconds: number;
  readonly backend: BackendName | null;
  readonly deviceChanges: readonly DeviceChange[];
  /** Why it ended by itself: a job that no worker such as this one can do. */
  readonly refused: SoundkinError | null;
}

/** What is wrong with this machine, or this version, and not with a job: other workers may do it. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['DEVICE_UNAVAILABLE', 'DEVICE_WRONG_NUMBERS', 'DEVICE_FAILED', 'LIBRARY_NOT_FOUND', 'LIBRARY_FORMAT', 'LIBRARY_MIXED', 'SCAN_NOT_FOUND']);

/**
 * Measures tracks that `extract` offers on a queue, from any machine that can reach the sounds and the library. A job is answered once its rows are in the library,
 * so whatever happens to a worker, no row is lost.
 *
 * @throws QUEUE_UNAVAILABLE when there is no Redis at the start; DEVICE_UNAVAILABLE, CONFIG_RANGE, USAGE for its own options.
 */
export async function worker(options: WorkerOptions): Promise<WorkerOutcome> {
  const started = performance.now();
  const { queue, signal, onNotice, untilEmpty, lockMs } = options;
  const measurer = new JobMeasurer(options);
  try {
    await measurer.open();
    const { jobs, refused } = await workOnJobs<TrackJob, TrackJobResult>({
      url: queue,
      handle: (job, { signal: stop, onProgress }) => measurer.handle(job, stop, onProgress),
      backend: () => measurer.backend,
      signal,
      ...(onNotice !== undefined && { onNotice }),
      ...(untilEmpty !== undefined && { untilEmpty }),
      ...(lockMs !== undefined && { lockMs }),
    });
    const { tracks, measured, audioSeconds, backend, deviceChanges } = measurer;
    return { jobs, tracks, measured, audioSeconds, seconds: (performance.now() - started) / 1000, backend, deviceChanges, refused };
  } finally {
    await measurer.close();
  }
}

class JobMeasurer {
  tracks = 0;
  measured = 0;
  audioSeconds = 0;
  readonly #place: (path: string) => string;
  readonly #memoryBytes: number;
  readonly #threads;
  /** One with feature kernels alone, and one for settings that need tensors. */
  readonly #devices = new Map<boolean, Promise<DeviceKeeper>>();
  #current: DeviceKeeper | undefined;
  #library: { readonly library: Library; readonly id: string } | undefined;

  constructor(private readonly options: WorkerOptions) {
    this.#place = pathMap(options.map ?? []);
    this.#memoryBytes = memoryBudget(options.memory);
    this.#threads = createThreadPool(options.workers === undefined ? {} : { workers: options.workers });
    this.#threads.start();
  }

  /** What no job could do without. */
  async open(): Promise<void> {
    await this.#device(true);
  }

  get backend(): BackendName | null {
    return this.#current?.device.backend ?? null;
  }

  get deviceChanges(): readonly DeviceChange[] {
    return this.#current?.changes ?? [];
  }

  async handle(job: TrackJob, signal: AbortSignal, onProgress: (done: number) => void): Promise<Handled<TrackJobResult>> {
    try {
      return { result: await this.#measure(job, signal, onProgress) };
    } catch (error) {
      if (error instanceof SoundkinError && REFUSALS.has(error.code)) return { refused: error };
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#threads.close();
    await this.#library?.library.close();
  }

  async #measure(job: TrackJob, signal: AbortSignal, onProgress: (done: number) => void): Promise<TrackJobResult> {
    const { settings } = job;
    const library = await this.#open(job);
    for (const root of job.roots) await requireFolder(root, this.#place(root));
    const tracks = tracksOf(job, this.#place);
    const devices = await this.#device(kernelSupports(settings));
    this.options.onJob?.({ library: library.dir, paths: tracks.map(({ path }) => path) });

    const rows: TrackRow[] = [];
    const places = new Map(tracks.map((track) => [`${track.root}\0${track.path}`, track]));
    const onRow = async (row: TrackRow): Promise<void> => {
      rows.push(asTheCoordinator(row, places.get(`${row.root}\0${row.path}`)!.absolutePath));
      onProgress(rows.length);
    };
    await measureTracks(tracks, { settings, devices, threads: this.#threads, memoryBytes: this.#memoryBytes, signal, onRow });
    if (rows.length < tracks.length) throw new SoundkinError('INTERRUPTED', `worker: expected ${tracks.length} rows, got ${rows.length} when it was stopped. The job goes back.`);
    await library.appendRows(rows);

    const result = { tracks: rows.length, measured: rows.filter(({ features }) => features !== null).length, audioSeconds: rows.reduce((sum, { durationSeconds }) => sum + (durationSeconds ?? 0), 0) };
    this.tracks += result.tracks;
    this.measured += result.measured;
    this.audioSeconds += result.audioSeconds;
    return result;
  }

  /** The job's library as it is here, which has to be the very same one. */
  async #open(job: TrackJob): Promise<Library> {
    if (job.featureSetVersion !== FEATURE_SET_VERSION) {
      throw new SoundkinError('LIBRARY_MIXED', `worker: expected jobs of feature set ${FEATURE_SET_VERSION}, which Soundkin ${VERSION} here measures, got feature set ${job.featureSetVersion}. Install the same version everywhere.`);
    }
    const dir = resolve(this.#place(job.library));
    const id = await libraryId(dir).catch((error: unknown) => {
      throw new SoundkinError('LIBRARY_NOT_FOUND', `worker: expected the library ${job.library} at ${dir} on this machine, got "${messageOf(error)}". Mount it there, or say with --map ${job.library}=... where it is.`, { cause: error });
    });
    if (id !== job.libraryId) {
      throw new SoundkinError('LIBRARY_MIXED', `worker: expected the library at ${dir} to be the one that the run writes to, got another. Mount that one there, or say with --map ${job.library}=... where it is.`);
    }
    if (this.#library?.id === id && this.#library.library.dir === dir) return this.#library.library;
    await this.#library?.library.close();
    this.#library = undefined;
    const library = await openLibrary(dir);
    if (library.format.featureSetVersion !== job.featureSetVersion || settingsHash(library.format.settings) !== settingsHash(job.settings)) {
      await library.close();
      throw new SoundkinError('LIBRARY_MIXED', `worker: expected the settings of the library at ${dir} to be the job's, got others. Run the same version of Soundkin everywhere.`);
    }
    this.#library = { library, id };
    return library;
  }

  async #device(kernelsOnly: boolean): Promise<DeviceKeeper> {
    const { backend = 'auto', workers } = this.options;
    let opening = this.#devices.get(kernelsOnly);
    if (opening === undefined) this.#devices.set(kernelsOnly, (opening = openDevice(backend, { workers, kernelsOnly }).then(({ device }) => keepDevice(device))));
    return (this.#current = await opening);
  }
}

/** A folder that is not mounted here is absent, or empty: then its sounds are not gone, they are only not here. */
async function requireFolder(root: string, place: string): Promise<void> {
  let reason = 'an empty one';
  try {
    const folder = await opendir(place);
    const first = await folder.read();
    await folder.close();
    if (first !== null) return;
  } catch (error) {
    reason = `"${messageOf(error)}"`;
  }
  throw new SoundkinError('SCAN_NOT_FOUND', `worker: expected the sounds' folder ${root} at ${place} on this machine, got ${reason}. Mount it there, or say with --map ${root}=... where it is.`);
}

/** Messages name files as the run does that was started elsewhere: the library is the same, whoever measured. */
function asTheCoordinator(row: TrackRow, absolutePath: string): TrackRow {
  const named = `${row.root.replace(/[/\\]$/, '')}/${row.path}`;
  return row.message === null || named === absolutePath ? row : { ...row, message: row.message.replaceAll(absolutePath, named) };
}
