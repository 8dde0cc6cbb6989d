import { join, sep } from 'node:path';
import { createAnalysisSettings, DEFAULT_ANALYSIS, settingsHash, type AnalysisSettings } from '../config/analysis.js';
import { keepDevice, type DeviceChange } from '../device/device-keeper.js';
import { openDevice, type Refusal } from '../device/open-device.js';
import type { BackendName, Device } from '../device/device.js';
import { SoundkinError, type ErrorCode } from '../errors.js';
import { featureLayout, FEATURE_LAYOUTS, FEATURE_SET_VERSION, kernelSupports } from '../features/index.js';
import { openLibrary, type Library, type LibraryFormat, type TrackSummary } from '../library/index.js';
import type { OnProgress } from '../progress.js';
import { scan, type ScanResult, type Track } from '../scan/scan.js';
import { createThreadPool, memoryBudget, type ThreadPool } from '../threads/index.js';
import { MeasuredRows } from './measured-rows.js';
import { measureTracks, type MeasureTracksOptions } from './measure-tracks.js';

/** What every command that measures sounds takes. */
export interface ExtractOptions {
  /** Files and folders. */
  readonly sounds: readonly string[];
  /** The library's folder. */
  readonly library: string;
  readonly backend?: BackendName | 'auto';
  /** Settings other than the library's own, or than librosa's for a new library. */
  readonly analysis?: Partial<AnalysisSettings>;
  /** Measure files again that have not changed. */
  readonly force?: boolean;
  /** Threads that decode and measure. Default: as many as there are processors. The results do not depend on it. */
  readonly workers?: number;
  /** Memory that sounds in hand may take, such as '2G'. Default: half of what is free. */
  readonly memory?: string;
  /** Ends the run early: what is measured by then is kept. */
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** A file that was not measured, or only in part. */
export interface FileProblem {
  readonly path: string;
  readonly code: ErrorCode;
  readonly message: string;
}

export interface FileCounts {
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
  /** In the library before, and gone from the folders scanned. */
  readonly removed: number;
  /** Files seen that are no sounds. */
  readonly skipped: number;
}

export interface ExtractOutcome {
  readonly library: string;
  readonly files: FileCounts;
  readonly problems: readonly FileProblem[];
  /** Seconds of sound measured in this run. */
  readonly audioSeconds: number;
  readonly seconds: number;
  /** The backend that measured; none was opened where nothing was new. */
  readonly device: Device | null;
  readonly refused: readonly Refusal[];
  /** Where the run went on when a device failed. */
  readonly deviceChanges: readonly DeviceChange[];
  readonly interrupted: boolean;
  /** The sounds found, as (root, path). */
  readonly tracks: readonly Track[];
}

/**
 * Measures the sounds in files and folders into a library. Files that the library knows and that have not changed are left alone.
 *
 * @param threads the caller's; of their own they are `options.workers`, and end with the run.
 * @throws SCAN_NOT_FOUND, SCAN_EMPTY, LIBRARY_MIXED, LIBRARY_FORMAT, LIBRARY_WRITE, DEVICE_UNAVAILABLE, CONFIG_RANGE; a file's own fault is a row, not an exception.
 */
export async function extract(options: ExtractOptions, threads?: ThreadPool): Promise<ExtractOutcome> {
  if (threads !== undefined) return extractWith(options, threads);
  const own = createThreadPool(options.workers === undefined ? {} : { workers: options.workers });
  try {
    return await extractWith(options, own);
  } finally {
    await own.close();
  }
}

async function extractWith(options: ExtractOptions, threads: ThreadPool): Promise<ExtractOutcome> {
  const started = performance.now();
  const progress = options.onProgress ?? (() => undefined);
  const memoryBytes = memoryBudget(options.memory);
  threads.start();
  const found = await scan(options.sounds, { onProgress: progress, exclude: [options.library] });
  const library = await openForWriting(options.library, options.analysis ?? {});
  try {
    const known = new Map((await library.tracks()).map((row) => [idOf(row), row]));
    const todo = found.tracks.filter((track) => options.force === true || !isSettled(track, known.get(idOf(track))));
    const removed = await removeMissing(library, found, [...known.values()]);

    const opened = todo.length === 0 ? null : await openDevice(options.backend ?? 'auto', { workers: options.workers, kernelsOnly: kernelSupports(library.format.settings) });
    const devices = opened === null ? null : keepDevice(opened.device);
    const run = new MeasuredRows(library, progress, todo.length);
    if (devices !== null) await measureInto(run, todo, { settings: library.format.settings, devices, threads, memoryBytes, signal: options.signal });
    await library.compact();

    const now = new Map((await library.tracks()).map((row) => [idOf(row), row]));
    const rows = found.tracks.flatMap((track) => now.get(idOf(track)) ?? []);
    return {
      library: library.dir,
      files: {
        found: found.tracks.length,
        ok: rows.filter((row) => row.measured).length,
        failed: rows.filter((row) => !row.measured).length,
        damaged: rows.filter((row) => row.measured && row.code !== null).length,
        measured: run.measured,
        unchanged: found.tracks.length - todo.length,
        removed,
        skipped: found.skipped,
      },
      problems: [
        ...found.problems,
        ...rows.flatMap(({ path, code, message }) => (code === null ? [] : [{ path, code: code as ErrorCode, message: message ?? '' }])),
      ],
      audioSeconds: run.audioSeconds,
      seconds: (performance.now() - started) / 1000,
      device: devices?.device ?? null,
      refused: opened?.refused ?? [],
      deviceChanges: devices?.changes ?? [],
      interrupted: options.signal?.aborted === true,
      tracks: found.tracks,
    };
  } finally {
    await library.close();
  }
}

/** Measures tracks into rows; those that are done are kept whatever happens. */
async function measureInto(rows: MeasuredRows, tracks: readonly Track[], options: Omit<MeasureTracksOptions, 'onRow'>): Promise<void> {
  try {
    await measureTracks(tracks, { ...options, onRow: (row) => rows.add(row) });
  } catch (error) {
    await rows.flush().catch(() => undefined); // the first error is the one to tell of
    throw error;
  }
  await rows.flush();
}

/** A track's identity within a library. */
export function idOf({ root, path }: { readonly root: string; readonly path: string }): string {
  return `${root}\0${path}`;
}

/** What a file failed of outside itself: rights, programs and memory come without the file changing. */
const WORTH_ANOTHER_TRY: ReadonlySet<string | null> = new Set<ErrorCode>(['DECODE_READ', 'DECODE_UNSUPPORTED', 'MEMORY_EXCEEDED']);

function isSettled(track: Track, row: TrackSummary | undefined): boolean {
  return row !== undefined && row.size === track.size && row.mtimeMs === track.mtimeMs && !WORTH_ANOTHER_TRY.has(row.code);
}

/** Marks as gone what the library has from the folders scanned and the scan did not find. */
async function removeMissing(library: Library, found: ScanResult, known: readonly TrackSummary[]): Promise<number> {
  const roots = new Set(found.roots);
  const there = new Set(found.tracks.map(idOf));
  // What lies where nothing could be looked at is not known to be gone.
  const unseen = found.problems.map(({ path }) => path);
  const isUnseen = ({ root, path }: TrackSummary): boolean => unseen.some((place) => join(root, path) === place || join(root, path).startsWith(place + sep));
  const gone = known.filter((row) => roots.has(row.root) && !there.has(idOf(row)) && !isUnseen(row));
  if (gone.length > 0) {
    await library.appendRows(gone.map(({ measured: _, ...row }) => ({ ...row, features: null, code: null, message: null, removed: true })));
  }
  return gone.length;
}

/** Opens the library with its own settings, or makes one; settings given explicitly must be those it was made with. */
async function openForWriting(dir: string, given: Partial<AnalysisSettings>): Promise<Library> {
  let existing: Library | undefined;
  try {
    existing = await openLibrary(dir);
  } catch (error) {
    if (!(error instanceof SoundkinError) || error.code !== 'LIBRARY_NOT_FOUND') throw error;
  }
  const settings = createAnalysisSettings({ ...(existing?.format.settings ?? DEFAULT_ANALYSIS), ...given });
  if (existing !== undefined && existing.format.featureSetVersion === FEATURE_SET_VERSION && settingsHash(existing.format.settings) === settingsHash(settings)) return existing;
  await existing?.close();
  return openLibrary(dir, { create: libraryFormat(settings) });
}

function libraryFormat(settings: AnalysisSettings): LibraryFormat {
  return {
    featureSetVersion: FEATURE_SET_VERSION,
    settings,
    recipes: FEATURE_LAYOUTS.map((name) => ({ name, width: featureLayout(name, settings).width })),
  };
}
