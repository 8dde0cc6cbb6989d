import { relative, sep } from 'node:path';
import type { AnalysisSettings } from '../config/analysis.js';
import { keepDevice, type DeviceChange } from '../device/device-keeper.js';
import { openDevice, type Refusal } from '../device/open-device.js';
import type { BackendName, Device } from '../device/device.js';
import type { ErrorCode } from '../errors.js';
import { kernelSupports } from '../features/kernels/wasm/track-kernel.js';
import { folderBytes, lockForRun, type Library, type RunLock, type TrackRow, type TrackSummary } from '../library/index.js';
import type { OnProgress } from '../progress.js';
import { scan, type PassedOver, type ScanResult, type Track } from '../scan/scan.js';
import { takeStageSeconds, type SoundStage, type StageSeconds } from '../stage-seconds.js';
import { createThreadPool, memoryBudget, type ThreadPool } from '../threads/index.js';
import { carryKnown } from './carry-known.js';
import { MeasuredRows } from './measured-rows.js';
import { measureTracks, type MeasureTracksOptions } from './measure-tracks.js';
import type { OfferTracksOutcome, WorkerShare } from './offer-tracks.js';
import { openForWriting } from './open-for-writing.js';
import { removeMissing } from './remove-missing.js';
import { inShard, type Shard } from './shard.js';
import { idOf } from './track-id.js';
import { tracksToMeasure } from './tracks-to-measure.js';

/** What every command that measures sounds takes. */
export interface ExtractOptions {
  /** Files and folders. */
  readonly sounds: readonly string[];
  /** The library's folder. */
  readonly library: string;
  readonly backend?: BackendName | 'auto';
  /** Settings other than the library's own, or than librosa's for a new library. */
  readonly analysis?: Partial<AnalysisSettings>;
  /** What to pass over, in gitignore's syntax, relative to each folder; stronger than any `.soundkinignore`. */
  readonly exclude?: readonly string[];
  /** Measure files again that have not changed. */
  readonly force?: boolean;
  /** Measure files again that failed or are damaged, though they have not changed. */
  readonly retryErrors?: boolean;
  /** Threads that decode and measure. Default: as many as there are processors. The results do not depend on it. */
  readonly workers?: number;
  /** Memory that sounds in hand may take, such as '2G'. Default: half of what is free. */
  readonly memory?: string;
  /** Ends the run early: what is measured by then is kept. */
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** The address of a Redis: workers on other machines measure, not this one. See `worker`. */
  readonly queue?: string;
  /** Only a part of the sounds is measured. */
  readonly shard?: Shard;
  /** How the run was started, for another run that finds the library busy. */
  readonly command?: string;
  /** Lines for people, about workers and the queue. */
  readonly onNotice?: (line: string) => void;
}

/** A file that was not measured, or only in part. */
export interface FileProblem {
  /** The folder that the path is relative to. */
  readonly root?: string;
  readonly path: string;
  readonly code: ErrorCode;
  readonly message: string;
}

export interface FileCounts extends PassedOver {
  /** Sounds found in the paths given. */
  readonly found: number;
  /** Of them, those that have features now. */
  readonly ok: number;
  /** Those that have none. */
  readonly failed: number;
  /** Those that are ok, but damaged. */
  readonly damaged: number;
  /** Measured in this run. */
  readonly measured: number;
  /** Not looked into, because neither size nor time of change differ from the library's. */
  readonly unchanged: number;
  /** Not measured, because the library knows their content: moved, renamed, copied or touched. */
  readonly carried: number;
  /** In the library before, and gone from the folders scanned. */
  readonly removed: number;
  /** Files and folders that could not be looked at. */
  readonly unreadable: number;
}

/** Seconds by stage. Those of scanning and writing passed; the others are those of all threads together, which work beside each other and beside the writing. */
export interface RunStages extends StageSeconds {
  readonly scan: number;
  readonly write: number;
}

export interface ExtractOutcome {
  readonly library: string;
  readonly files: FileCounts;
  readonly problems: readonly FileProblem[];
  /** Seconds of sound measured in this run. */
  readonly audioSeconds: number;
  readonly seconds: number;
  readonly stages: RunStages;
  /** All files in the library's folder. */
  readonly libraryBytes: number;
  /** The backend that measured; none was opened where nothing was new. */
  readonly device: Device | null;
  readonly refused: readonly Refusal[];
  /** Where the run went on when a device failed. */
  readonly deviceChanges: readonly DeviceChange[];
  /** Who measured, where that was on other machines. */
  readonly workers: readonly WorkerShare[];
  readonly interrupted: boolean;
  /** The sounds found, as (root, path). */
  readonly tracks: readonly Track[];
}

/** What goes on where measuring ends, with what is at hand by then. */
export interface Sequel {
  /** Told of each row of this run as it is measured, and how many are still to come. */
  onRow?(row: TrackRow, left: number): void;
  /** Takes the library over, still open, and closes it; with all its tracks, as `library.tracks()` gives them. Not called where something is thrown. */
  takeOver?(library: Library, tracks: readonly TrackSummary[]): void;
}

/**
 * Measures the sounds in files and folders into a library. Files that the library knows and that have not changed are left alone.
 *
 * @param threads the caller's; of their own they are `options.workers`, and end with the run.
 * @throws SCAN_NOT_FOUND, SCAN_EMPTY, LIBRARY_MIXED, LIBRARY_FORMAT, LIBRARY_WRITE, LIBRARY_LOCKED, DEVICE_UNAVAILABLE, CONFIG_RANGE, QUEUE_UNAVAILABLE; a file's own fault is a row, not an exception.
 */
export async function extract(options: ExtractOptions, threads?: ThreadPool, sequel: Sequel = {}): Promise<ExtractOutcome> {
  if (threads !== undefined) return extractWith(options, threads, sequel);
  const own = createThreadPool(options.workers === undefined ? {} : { workers: options.workers });
  try {
    return await extractWith(options, own, sequel);
  } finally {
    await own.close();
  }
}

async function extractWith(options: ExtractOptions, threads: ThreadPool, sequel: Sequel): Promise<ExtractOutcome> {
  const started = performance.now();
  const { queue, shard, signal, onProgress: progress = () => undefined } = options;
  const memoryBytes = memoryBudget(options.memory);
  const spentBefore = { ...threads.seconds };
  takeStageSeconds();
  if (queue === undefined) threads.start();
  const found = await scan(options.sounds, { onProgress: progress, exclude: [options.library], excludePatterns: options.exclude ?? [] });
  const scanSeconds = (performance.now() - started) / 1000;
  const library = await openForWriting(options.library, options.analysis ?? {});
  let isTaken = false;
  let lock: RunLock | undefined;
  try {
    lock = await lockForRun(library.dir, { command: options.command ?? 'soundkin extract', ...(shard && { part: `${shard.index}-of-${shard.count}` }) });
    const before = await library.tracks();
    const known = new Map(before.map((row) => [idOf(row), row]));
    const mine = shard === undefined ? found.tracks : found.tracks.filter(({ path }) => inShard(path, shard));
    const unsettled = tracksToMeasure(mine, known, options);
    const { left: todo, carried, removed: moved } = options.force === true ? { left: unsettled, carried: 0, removed: 0 } : await carryKnown(library, unsettled, before, { threads, roots: found.roots, signal, onProgress: progress });
    const removed = moved + (await removeMissing(library, found, before));

    const isLocal = todo.length > 0 && queue === undefined;
    const opened = isLocal ? await openDevice(options.backend ?? 'auto', { workers: options.workers, kernelsOnly: kernelSupports(library.format.settings) }) : null;
    const devices = opened === null ? null : keepDevice(opened.device);
    const run = new MeasuredRows(library, progress, isLocal ? todo.length : 0);
    if (devices !== null) await measureInto(run, sequel, todo, { settings: library.format.settings, devices, threads, memoryBytes, signal });
    const offered = todo.length === 0 || queue === undefined ? null : await offerInto(library, todo, { ...options, queue });
    await library.compact();

    const isChanged = todo.length + carried + removed > 0;
    const tracks = isChanged ? await library.tracks() : before;
    const now = isChanged ? new Map(tracks.map((row) => [idOf(row), row])) : known;
    const rows = mine.flatMap((track) => now.get(idOf(track)) ?? []);
    if (sequel.takeOver !== undefined) {
      sequel.takeOver(library, tracks);
      isTaken = true;
    }
    return {
      library: library.dir,
      files: {
        found: mine.length,
        ok: rows.filter((row) => row.measured).length,
        failed: rows.filter((row) => !row.measured).length,
        damaged: rows.filter((row) => row.measured && row.code !== null).length,
        measured: run.measured + (offered?.measured ?? 0),
        unchanged: mine.length - unsettled.length,
        carried,
        removed,
        unreadable: found.problems.length,
        ...passedOver(found),
      },
      problems: [
        ...found.problems.map(({ root, path, code, message }) => ({ root, path: relative(root, path).split(sep).join('/'), code, message })),
        ...rows.flatMap(({ root, path, code, message }) => (code === null ? [] : [{ root, path, code: code as ErrorCode, message: message ?? '' }])),
      ],
      audioSeconds: run.audioSeconds + (offered?.audioSeconds ?? 0),
      seconds: (performance.now() - started) / 1000,
      stages: { scan: scanSeconds, ...stagesSince(spentBefore, threads.seconds, takeStageSeconds()), write: run.writeSeconds },
      libraryBytes: await folderBytes(library.dir),
      device: devices?.device ?? null,
      refused: opened?.refused ?? [],
      deviceChanges: devices?.changes ?? [],
      workers: offered?.workers ?? [],
      interrupted: signal?.aborted === true,
      tracks: mine,
    };
  } finally {
    await lock?.release();
    if (!isTaken) await library.close();
  }
}

/** What threads spent since then, and this one, which measures where a device does. */
function stagesSince(before: StageSeconds, now: StageSeconds, here: StageSeconds): StageSeconds {
  const sum = (stage: SoundStage): number => now[stage] - before[stage] + here[stage];
  return { decode: sum('decode'), resample: sum('resample'), features: sum('features') };
}

function passedOver({ skipped, hidden, ignored, excluded, vanished }: ScanResult): PassedOver {
  return { skipped, hidden, ignored, excluded, vanished };
}

/** Measures tracks into rows; those that are done are kept whatever happens. */
async function measureInto(rows: MeasuredRows, sequel: Sequel, tracks: readonly Track[], options: Omit<MeasureTracksOptions, 'onRow'>): Promise<void> {
  let left = tracks.length;
  try {
    await measureTracks(tracks, {
      ...options,
      onRow: (row) => {
        sequel.onRow?.(row, --left);
        return rows.add(row);
      },
    });
  } catch (error) {
    await rows.flush().catch(() => undefined); // the first error is the one to tell of
    throw error;
  }
  await rows.flush();
}

/** Has workers measure tracks; what none of them could measure is kept here. */
async function offerInto(library: Library, tracks: readonly Track[], { queue, signal, onProgress, onNotice }: ExtractOptions & { readonly queue: string }): Promise<OfferTracksOutcome> {
  const { offerTracks } = await import('./offer-tracks.js');
  const lost = new MeasuredRows(library, () => undefined, tracks.length);
  try {
    return await offerTracks(tracks, { queue, library, signal, onRow: (row) => lost.add(row), ...(onProgress && { onProgress }), ...(onNotice && { onNotice }) });
  } finally {
    await lost.flush();
  }
}
