import { join, sep } from 'node:path';
import { createAnalysisSettings, DEFAULT_ANALYSIS, settingsHash, type AnalysisSettings } from '../config/analysis.js';
import { decodeFile, type DecodedAudio } from '../decode/index.js';
import { openDevice, type Refusal } from '../device/open-device.js';
import type { BackendName, Device } from '../device/device.js';
import { exitStatus, messageOf, SoundkinError, type ErrorCode } from '../errors.js';
import { createBatcher, featureLayout, FEATURE_LAYOUTS, FEATURE_SET_VERSION, type Batcher, type Measured } from '../features/index.js';
import { openLibrary, type Library, type LibraryFormat, type TrackRow, type TrackSummary } from '../library/index.js';
import type { OnProgress } from '../progress.js';
import { scan, type ScanResult, type Track } from '../scan/scan.js';

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
  readonly interrupted: boolean;
  /** The sounds found, as (root, path). */
  readonly tracks: readonly Track[];
}

/** Rows are kept at the latest after so many, or so much time. */
const ROWS_PER_FILE = 512;
const FLUSH_MS = 5000;

/**
 * Measures the sounds in files and folders into a library. Files that the library knows and that have not changed are left alone.
 *
 * @throws SCAN_NOT_FOUND, SCAN_EMPTY, LIBRARY_MIXED, LIBRARY_FORMAT, LIBRARY_WRITE, DEVICE_UNAVAILABLE; a file's own fault is a row, not an exception.
 */
export async function extract(options: ExtractOptions): Promise<ExtractOutcome> {
  const started = performance.now();
  const progress = options.onProgress ?? (() => undefined);
  const found = await scan(options.sounds, { onProgress: progress, exclude: [options.library] });
  const library = await openForWriting(options.library, options.analysis ?? {});
  try {
    const known = new Map((await library.tracks()).map((row) => [idOf(row), row]));
    const todo = found.tracks.filter((track) => options.force === true || !isSettled(track, known.get(idOf(track))));
    const removed = await removeMissing(library, found, [...known.values()]);

    const opened = todo.length === 0 ? null : await openDevice(options.backend ?? 'auto');
    const run = new ExtractRun(library, opened?.device ?? null, progress, todo.length);
    if (opened !== null) await run.measureAll(todo, options.signal);
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
      device: opened?.device ?? null,
      refused: opened?.refused ?? [],
      interrupted: options.signal?.aborted === true,
      tracks: found.tracks,
    };
  } finally {
    await library.close();
  }
}

/** One pass over the files that are new or changed. */
class ExtractRun {
  audioSeconds = 0;
  measured = 0;
  #done = 0;
  #rows: TrackRow[] = [];
  #lastFlush = performance.now();

  constructor(
    private readonly library: Library,
    private readonly device: Device | null,
    private readonly progress: OnProgress,
    private readonly total: number,
  ) {}

  async measureAll(tracks: readonly Track[], signal: AbortSignal | undefined): Promise<void> {
    const batcher: Batcher<{ track: Track; decoded: DecodedAudio }> = createBatcher(this.library.format.settings, this.device!);
    try {
      for (const track of tracks) {
        if (signal?.aborted === true) break;
        await this.#measure(track, batcher, signal);
        if (this.#rows.length >= ROWS_PER_FILE || performance.now() - this.#lastFlush > FLUSH_MS) await this.#flush();
      }
      this.#keep(await batcher.finish());
      await this.#flush();
    } catch (error) {
      await this.#flush().catch(() => undefined); // the first error is the one to tell of
      throw error;
    } finally {
      batcher.dispose();
    }
  }

  async #measure(track: Track, batcher: Batcher<{ track: Track; decoded: DecodedAudio }>, signal: AbortSignal | undefined): Promise<void> {
    let decoded: DecodedAudio;
    try {
      decoded = await decodeFile(track.absolutePath, { sampleRate: this.library.format.settings.sampleRate });
    } catch (error) {
      // A fault of ours is not the file's, and would be ours again with the next one.
      if (error instanceof SoundkinError && exitStatus(error) === 3) throw error;
      // Ctrl-C also reaches the programs that decode for us: what they leave unfinished is no fault of the file.
      if (signal?.aborted !== true) this.#add(failedRow(track, error), 0);
      return;
    }
    const { samples, sampleRate } = decoded;
    // The samples are the batcher's alone from here: what waits for its batch must not hold them twice.
    const facts = { ...decoded, samples: NO_SAMPLES };
    this.#keep(await batcher.add({ samples, sampleRate }, { track, decoded: facts }));
  }

  #keep(done: readonly Measured<{ track: Track; decoded: DecodedAudio }>[]): void {
    for (const { tag, features, error } of done) {
      const row = error === undefined ? measuredRow(tag.track, tag.decoded, features, this.device!.backend) : failedRow(tag.track, error, tag.decoded);
      this.#add(row, tag.decoded.durationSeconds);
    }
  }

  #add(row: TrackRow, audioSeconds: number): void {
    this.#rows.push(row);
    this.#done += 1;
    if (row.features !== null) this.measured += 1;
    this.audioSeconds += audioSeconds;
    this.progress({ stage: 'features', done: this.#done, total: this.total, audioSeconds: this.audioSeconds, item: row.path });
  }

  async #flush(): Promise<void> {
    if (this.#rows.length > 0) await this.library.appendRows(this.#rows);
    this.#rows = [];
    this.#lastFlush = performance.now();
  }
}

const NO_SAMPLES = new Float32Array(0);

function measuredRow(track: Track, decoded: DecodedAudio, features: Readonly<Record<string, Float32Array>>, backend: BackendName): TrackRow {
  return {
    ...factsOf(track, decoded),
    backend,
    features,
    code: decoded.warning?.code ?? null,
    message: decoded.warning?.message ?? null,
  };
}

function failedRow(track: Track, error: unknown, decoded?: DecodedAudio): TrackRow {
  const code: ErrorCode = error instanceof SoundkinError ? error.code : 'DECODE_FAILED';
  return { ...factsOf(track, decoded), backend: null, features: null, code, message: messageOf(error) };
}

function factsOf({ root, path, size, mtimeMs }: Track, decoded?: DecodedAudio): Omit<TrackRow, 'features' | 'code' | 'message' | 'backend'> {
  return {
    root,
    path,
    size,
    mtimeMs,
    contentId: decoded?.contentId ?? null,
    durationSeconds: decoded?.durationSeconds ?? null,
    sampleRate: decoded?.sourceSampleRate ?? null,
    channels: decoded?.channels ?? null,
    format: decoded?.format ?? null,
    decoder: decoded?.decoder ?? null,
    removed: false,
  };
}

/** A track's identity within a library. */
export function idOf({ root, path }: { readonly root: string; readonly path: string }): string {
  return `${root}\0${path}`;
}

/** What a file failed of outside itself: rights and programs come without the file changing. */
const WORTH_ANOTHER_TRY: ReadonlySet<string | null> = new Set<ErrorCode>(['DECODE_READ', 'DECODE_UNSUPPORTED']);

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
