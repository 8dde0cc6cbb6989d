import { access } from 'node:fs/promises';
import { join } from 'node:path';

import type { DuckDBConnection } from '@duckdb/node-api';

import { messageOf, SoundkinError } from '../errors.js';
import type { LazyDuckDb } from './duckdb.js';
import type { LibraryFormat } from './library-format.js';
import { listRowFiles, readFeatures, readRowFile, verifyRowFile, type TakeFeatures } from './row-files.js';
import type { TrackSummary } from './track-row.js';
import { isMissing } from './write-whole.js';

/** A row file that could not be used. The rest of the library is used without it. */
export interface LibraryProblem {
  /** Its full path. */
  readonly file: string;
  /** For people: what is wrong and what to do. */
  readonly message: string;
}

/** The newest row of a path, and where it lies. */
export interface NewestRow {
  readonly track: TrackSummary;
  /** The name of its file. */
  readonly file: string;
  /** Its number in that file, from 0. */
  readonly row: number;
}

/** The library as it is at one moment. */
export interface View {
  /** The names of the files that can be read, oldest first. */
  readonly files: readonly string[];
  /** One row a (root, path), by root, then path, in code-unit order; tombstones as well. */
  readonly rows: readonly NewestRow[];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Finds the newest row of each path among the row files. Files never change, so a view holds until a file is added. */
export class NewestRows {
  readonly problems: LibraryProblem[] = [];
  readonly #damaged = new Set<string>();
  readonly #vanished = new Set<string>();
  #cached: { readonly listed: string; readonly view: View } | undefined;

  constructor(
    readonly rowsDir: string,
    readonly format: LibraryFormat,
    readonly duck: LazyDuckDb,
  ) {}

  /**
   * The newest rows. A file that cannot be read goes to `problems`; the older rows of its paths, if any, show again.
   *
   * @throws LIBRARY_MIXED when a file holds rows measured in another way.
   */
  async view(): Promise<View> {
    for (;;) {
      const names = await this.#list();
      const listed = names.join('/');
      if (this.#cached?.listed === listed) return this.#cached.view;
      const rows = await this.#merge(names);
      if (rows === null) continue;
      rows.sort((a, b) => compare(a.track.root, b.track.root) || compare(a.track.path, b.track.path));
      this.#cached = { listed, view: { files: names, rows } };
      return this.#cached.view;
    }
  }

  /** @returns null when a file could not be read, so that the list has to be made again. */
  async #merge(names: readonly string[]): Promise<NewestRow[] | null> {
    const rows: NewestRow[] = [];
    const seenUnder = new Map<string, Set<string>>();
    for (const file of names.toReversed()) {
      let tracks: TrackSummary[] = [];
      const read = await this.#attempt(file, async (connection, path) => {
        tracks = await readRowFile(connection, path, this.format);
      });
      if (!read) return null;
      for (let row = tracks.length - 1; row >= 0; row--) {
        const track = tracks[row] as TrackSummary;
        // A set a root: no text has to be made for a row.
        let seen = seenUnder.get(track.root);
        if (seen === undefined) seenUnder.set(track.root, (seen = new Set()));
        if (seen.has(track.path)) continue;
        seen.add(track.path);
        rows.push({ track, file, row });
      }
    }
    return rows;
  }

  /**
   * Reads the features of one recipe of the measured tracks that the filter keeps, row by row as they lie in the files.
   *
   * @param begin told the tracks, in view order, and takes each one's features by its number there. Called again, to begin anew, when a file turned out to be damaged.
   */
  async features(recipe: { readonly name: string; readonly width: number }, filter: (track: TrackSummary) => boolean, begin: (tracks: TrackSummary[]) => TakeFeatures): Promise<void> {
    for (;;) {
      const { rows } = await this.view();
      const chosen = rows.filter(({ track }) => track.measured && !track.removed && filter(track));
      const take = begin(chosen.map(({ track }) => track));
      let complete = true;
      for (const [file, indices] of indicesByFile(chosen)) {
        complete = await this.#attempt(file, (connection, path) => readFeatures(connection, path, recipe, indices, take));
        if (!complete) break;
      }
      if (complete) return;
    }
  }

  /**
   * Does work that reads whole files of a view on its own: on one of which every file was read to its last byte before,
   * and again on the next one when another process merged the files away meanwhile.
   */
  async withVerifiedView<T>(work: (view: View) => Promise<T>): Promise<T> {
    for (;;) {
      const view = await this.view();
      let sound = true;
      for (const file of view.files) {
        sound = await this.#attempt(file, (connection, path) => verifyRowFile(connection, path, this.format));
        if (!sound) break;
      }
      if (!sound) continue;
      try {
        return await work(view);
      } catch (error) {
        const there = await listRowFiles(this.rowsDir);
        if (view.files.every((file) => there.includes(file))) throw error;
      }
    }
  }

  /** The files that were not found damaged. Listed until two lists agree: one made during a merge may be neither state. */
  async #list(): Promise<string[]> {
    let names = await listRowFiles(this.rowsDir);
    for (;;) {
      const again = await listRowFiles(this.rowsDir);
      if (again.join('/') === names.join('/')) return names.filter((name) => !this.#damaged.has(name));
      names = again;
    }
  }

  /** @returns false when the file is damaged, or went away under us because another process merged it. */
  async #attempt(file: string, work: (connection: DuckDBConnection, path: string) => Promise<void>): Promise<boolean> {
    const path = join(this.rowsDir, file);
    try {
      await this.duck.use((connection) => work(connection, path));
      return true;
    } catch (error) {
      const message = messageOf(error);
      if (error instanceof SoundkinError || message.startsWith('Out of Memory')) throw error;
      const gone = await access(path).then(() => false, isMissing);
      this.#cached = undefined;
      if (gone && !this.#vanished.has(file)) {
        this.#vanished.add(file);
        return false;
      }
      this.#damaged.add(file);
      const [reason] = message.split('\n');
      this.problems.push({
        file: path,
        message: `library: expected a whole row file, got "${reason}" for ${path}. Its rows are left out; delete it, and what it held is measured again.`,
      });
      return false;
    }
  }
}

/** For each file, which of its rows go where in the order given. */
function indicesByFile(rows: readonly NewestRow[]): Map<string, Int32Array> {
  const lengths = new Map<string, number>();
  for (const { file, row } of rows) lengths.set(file, Math.max(lengths.get(file) ?? 0, row + 1));
  const indices = new Map<string, Int32Array>();
  for (const [file, length] of lengths) indices.set(file, new Int32Array(length).fill(-1));
  rows.forEach(({ file, row }, index) => ((indices.get(file) as Int32Array)[row] = index));
  return indices;
}
