import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { SoundkinError } from '../errors.js';
import { carryRows, type CarriedRow } from './carry-rows.js';
import { ClusteringFiles } from './clustering-files.js';
import type { Clustering, Sweep } from './clustering.js';
import { compactRows } from './compaction.js';
import { LazyDuckDb } from './duckdb.js';
import { exportParquet } from './export-tracks.js';
import { openFormat, type LibraryFormat } from './library-format.js';
import { NewestRows, type LibraryProblem } from './newest-rows.js';
import { writeRowFile, type TakeFeatures } from './row-files.js';
import { checkRow, type TrackRow, type TrackSummary } from './track-row.js';
import { cleanTemporaries, temporaryName } from './write-whole.js';

export interface OpenLibraryOptions {
  /** Makes a library of this format where there is none; one that is there has to agree with it. */
  readonly create?: LibraryFormat;
  /** Nothing in the folder is written or cleaned; what would write is refused. */
  readonly readOnly?: boolean;
}

export interface Library {
  /** Its full path. */
  readonly dir: string;
  readonly format: LibraryFormat;
  /** Row files that could not be used so far. They are found as they are read. */
  readonly problems: readonly LibraryProblem[];
  /** Writes rows as one file: all of them are in the library when this resolves, none when the process is killed before. */
  appendRows(rows: readonly TrackRow[]): Promise<void>;
  /**
   * Copies rows to other names: of files that moved, or that have the content of another.
   *
   * @returns those of which there is no measured row to copy.
   */
  carryRows(carried: readonly CarriedRow[]): Promise<CarriedRow[]>;
  /** The newest row of each (root, path) without tombstones and features; by root, then path, in code-unit order. */
  tracks(): Promise<TrackSummary[]>;
  /**
   * One recipe's features of the measured tracks, in the order of `tracks()`.
   *
   * @returns points: [n, width], row-major. @throws CONFIG_RANGE when the library has no such recipe.
   */
  readPoints(
    recipe: string,
    filter?: (track: TrackSummary) => boolean,
  ): Promise<{ tracks: TrackSummary[]; points: Float32Array; width: number }>;
  /**
   * As `readPoints`, but without a matrix of them all.
   *
   * @param begin told the tracks, and takes the features of each, [width], by its number there, in any order. Called again, to begin anew, when a file turned out to be damaged.
   */
  streamPoints(recipe: string, filter: (track: TrackSummary) => boolean, begin: (tracks: TrackSummary[], width: number) => TakeFeatures): Promise<void>;
  /** The path of a file to be made, which no one else's name is. Left behind by a process that was killed, it goes the next time the library is written to. */
  temporaryFile(): string;
  /** Keeps a clustering under a name, in place of the one there was. @throws USAGE when no folder can have that name. */
  writeClustering(name: string, clustering: Clustering): Promise<void>;
  /** @throws CLUSTERING_NOT_FOUND when there is none, listing what there is. @throws LIBRARY_FORMAT when it is damaged. */
  readClustering(name: string): Promise<Clustering>;
  /** The names of the clusterings, in code-unit order. */
  clusterings(): Promise<string[]>;
  writeSweep(name: string, sweep: Sweep): Promise<void>;
  /** The sweep kept under a name, or null. @throws LIBRARY_FORMAT when it is damaged. */
  readSweep(name: string): Promise<Sweep | null>;
  /** Merges the row files into one when there are more than 16, at any moment, whoever else reads or appends. */
  compact(): Promise<void>;
  /**
   * Copies a clustering's labels, what is known of each file and its features into one Parquet file.
   *
   * @returns how many members the library still had.
   * @throws CLUSTERING_NOT_FOUND | LIBRARY_EMPTY when no member is left | EXPORT_FORMAT when the target cannot be written.
   */
  exportTracks(name: string, format: 'parquet', target: string): Promise<number>;
  /** Loads what the first read or write needs, since one is to come and there is time now. */
  warm(): void;
  /** Waits for what is being written, then lets DuckDB go. */
  close(): Promise<void>;
}

class FolderLibrary implements Library {
  readonly #duck: LazyDuckDb;
  readonly #newest: NewestRows;
  readonly #clusterings: ClusteringFiles;
  readonly #readOnly: boolean;
  #writing: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(
    readonly dir: string,
    readonly format: LibraryFormat,
    readOnly: boolean,
  ) {
    this.#readOnly = readOnly;
    // Sorts too large for the memory go where there is room for a library, if we may write there.
    this.#duck = new LazyDuckDb(join(readOnly ? tmpdir() : dir, temporaryName()));
    this.#newest = new NewestRows(join(dir, 'rows'), format, this.#duck);
    this.#clusterings = new ClusteringFiles(join(dir, 'clusterings'), this.#duck);
  }

  get problems(): readonly LibraryProblem[] {
    return this.#newest.problems;
  }

  #requireOpen(): void {
    if (this.#closed) {
      throw new SoundkinError('INTERNAL', `library: expected ${this.dir} to be open, got a call after its close. Please report this.`);
    }
  }

  /** One write after the other, in the order of the calls, so that the later call's rows are the newer ones. */
  #write(work: () => Promise<void>): Promise<void> {
    this.#requireOpen();
    if (this.#readOnly) {
      throw new SoundkinError('INTERNAL', `library: expected to read ${this.dir} only, got a call that writes. Please report this.`);
    }
    const done = this.#writing.then(work);
    this.#writing = done.catch(() => undefined);
    return done;
  }

  async appendRows(rows: readonly TrackRow[]): Promise<void> {
    for (const row of rows) checkRow(row, this.format);
    if (rows.length === 0) return;
    const { rowsDir } = this.#newest;
    await this.#write(() => writeRowFile(this.#duck, rowsDir, this.format, rows));
  }

  async carryRows(carried: readonly CarriedRow[]): Promise<CarriedRow[]> {
    let lost: CarriedRow[] = [];
    await this.#write(async () => {
      lost = await carryRows(this.#newest, carried);
    });
    return lost;
  }

  async tracks(): Promise<TrackSummary[]> {
    this.#requireOpen();
    const { rows } = await this.#newest.view();
    return rows.filter(({ track }) => !track.removed).map(({ track }) => track);
  }

  async readPoints(
    recipe: string,
    filter: (track: TrackSummary) => boolean = () => true,
  ): Promise<{ tracks: TrackSummary[]; points: Float32Array; width: number }> {
    let found: { tracks: TrackSummary[]; points: Float32Array; width: number } | undefined;
    await this.streamPoints(recipe, filter, (tracks, width) => {
      const points = new Float32Array(tracks.length * width);
      found = { tracks, points, width };
      return (index, features) => points.set(features, index * width);
    });
    return found!;
  }

  async streamPoints(recipe: string, filter: (track: TrackSummary) => boolean, begin: (tracks: TrackSummary[], width: number) => TakeFeatures): Promise<void> {
    this.#requireOpen();
    const known = this.format.recipes.find(({ name }) => name === recipe);
    if (known === undefined) {
      const names = this.format.recipes.map(({ name }) => name).join(', ');
      throw new SoundkinError('CONFIG_RANGE', `library: expected a recipe that the library was measured with (${names}), got ${recipe}. Choose one of these.`);
    }
    await this.#newest.features(known, filter, (tracks) => begin(tracks, known.width));
  }

  temporaryFile(): string {
    return join(this.#readOnly ? tmpdir() : this.dir, temporaryName());
  }

  async writeClustering(name: string, clustering: Clustering): Promise<void> {
    await this.#write(() => this.#clusterings.write(name, clustering));
  }

  async readClustering(name: string): Promise<Clustering> {
    this.#requireOpen();
    return this.#clusterings.read(name);
  }

  async clusterings(): Promise<string[]> {
    return this.#clusterings.list();
  }

  async writeSweep(name: string, sweep: Sweep): Promise<void> {
    await this.#write(() => this.#clusterings.writeSweep(name, sweep));
  }

  async readSweep(name: string): Promise<Sweep | null> {
    return this.#clusterings.readSweep(name);
  }

  async compact(): Promise<void> {
    await this.#write(() => compactRows(this.#newest));
  }

  async exportTracks(name: string, _format: 'parquet', target: string): Promise<number> {
    this.#requireOpen();
    return exportParquet(this.#newest, await this.#clusterings.read(name), target);
  }

  warm(): void {
    this.#duck.warm();
  }

  async close(): Promise<void> {
    await this.#writing;
    this.#closed = true;
    await this.#duck.close();
  }
}

/** Removes what killed processes left in any folder of the library. */
async function cleanLibrary(dir: string): Promise<void> {
  const clusterings = join(dir, 'clusterings');
  const names = await readdir(clusterings).catch(() => [] as string[]);
  const folders = [dir, join(dir, 'rows'), clusterings, ...names.map((name) => join(clusterings, name))];
  for (const folder of folders) await cleanTemporaries(folder);
}

/**
 * Opens the library in a folder: Parquet files that any number of processes may read, and append to, at once.
 *
 * @throws LIBRARY_NOT_FOUND when none is there and `create` was not given, or when it may not be read.
 * @throws LIBRARY_FORMAT when the folder holds something else, or a library of another format version.
 * @throws LIBRARY_MIXED when `create` differs from the library that is there.
 * @throws LIBRARY_WRITE when the disk refuses, or the path is a file.
 */
export async function openLibrary(dir: string, options: OpenLibraryOptions = {}): Promise<Library> {
  const { create, readOnly = false } = options;
  const path = resolve(dir);
  const format = await openFormat(path, create, readOnly);
  if (!readOnly) await cleanLibrary(path);
  return new FolderLibrary(path, format, readOnly);
}
