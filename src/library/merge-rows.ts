import { join, resolve } from 'node:path';
import { tmpdir } from 'node:os';

import { LazyDuckDb, PARQUET_OPTIONS, sqlName, sqlString } from './duckdb.js';
import { sqlType } from './fill-table.js';
import { openFormat, type LibraryFormat } from './library-format.js';
import { NewestRows, type LibraryProblem, type NewestRow, type View } from './newest-rows.js';
import { pickRows } from './picked-rows.js';
import { rowColumns } from './row-columns.js';
import { listRowFiles, nextName, rowPaths } from './row-files.js';
import type { TrackSummary } from './track-row.js';
import { temporaryName, writeWhole } from './write-whole.js';

export interface MergeRowsOptions {
  /** What a root of the other library is called in this one. Default: the same. */
  readonly place?: (root: string) => string;
  /** Told of each row looked at. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends early: what is copied by then is kept, and the next run goes on. */
  readonly signal?: AbortSignal | undefined;
}

export interface MergedRows {
  /** Rows copied, tombstones as well. */
  readonly taken: number;
  /** Rows that this library had, or had better. */
  readonly known: number;
  /** Files of either library that could not be read. */
  readonly problems: readonly LibraryProblem[];
}

/** Rows a file: written whole, so that a kill loses no more than these. */
const ROWS_PER_FILE = 20_480;

/**
 * Copies rows of another library into this one, features and all, from Parquet to Parquet: those of paths that it has not, or has no better row of. See `isBetter`.
 * Doing it again copies nothing.
 *
 * @param into made where there is none.
 * @throws LIBRARY_NOT_FOUND when there is no other; LIBRARY_MIXED when it was measured in another way; LIBRARY_FORMAT; LIBRARY_WRITE when the disk refuses.
 */
export async function mergeRows(into: string, other: string, options: MergeRowsOptions = {}): Promise<MergedRows> {
  const { place = (root) => root, onProgress = () => undefined, signal } = options;
  const format = await openFormat(resolve(other), undefined, true);
  await openFormat(resolve(into), format, false);
  const duck = new LazyDuckDb(join(tmpdir(), temporaryName()));
  try {
    const ours = new NewestRows(join(resolve(into), 'rows'), format, duck);
    const theirs = new NewestRows(join(resolve(other), 'rows'), format, duck);
    const known = new Map((await ours.view()).rows.map(({ track }) => [keyOf(track.root, track.path), track]));
    let taken = 0;
    let looked = 0;
    let total = 0;
    // Each time from the start: where the other library's files were merged meanwhile, what was copied is known by now.
    const copy = async (view: View): Promise<void> => {
      looked = 0;
      total = view.rows.length;
      let batch: NewestRow[] = [];
      const flush = async (): Promise<void> => {
        if (batch.length > 0) await copyRows(ours.rowsDir, theirs, batch, place);
        for (const { track } of batch) known.set(keyOf(place(track.root), track.path), track);
        taken += batch.length;
        batch = [];
      };
      for (const row of view.rows) {
        if (signal?.aborted === true) break;
        if (isBetter(row.track, known.get(keyOf(place(row.track.root), row.track.path)))) batch.push(row);
        looked += 1;
        if (batch.length === ROWS_PER_FILE) await flush();
        if (looked % 1024 === 0 || looked === total) onProgress(looked, total);
      }
      if (signal?.aborted !== true) await flush();
    };
    await theirs.withVerifiedView(copy);
    return { taken, known: Math.max(0, looked - taken), problems: [...ours.problems, ...theirs.problems] };
  } finally {
    await duck.close();
  }
}

/**
 * Whether another library's row is to stand in the place of ours, of the same path.
 *
 * A file that was changed later wins, whatever came of it: so do runs in one library. Of the same file, features win over an error, and that it is gone wins over
 * both, since who marked it gone had known it. Where neither wins ours stays.
 */
export function isBetter(theirs: TrackSummary, ours: TrackSummary | undefined): boolean {
  if (ours === undefined) return true; // a tombstone too: another library may still have the row
  if (theirs.mtimeMs !== ours.mtimeMs) return theirs.mtimeMs > ours.mtimeMs;
  if (theirs.removed !== ours.removed) return theirs.removed;
  return !theirs.removed && theirs.measured && !ours.measured;
}

function keyOf(root: string, path: string): string {
  return `${root}\0${path}`;
}

async function copyRows(rowsDir: string, { rowsDir: from, format, duck }: NewestRows, rows: readonly NewestRow[], place: (root: string) => string): Promise<void> {
  const files = rowPaths(from, [...new Set(rows.map(({ file }) => file))]);
  const produce = (temporary: string): Promise<void> =>
    duck.use(async (connection) => {
      const picked = await pickRows(connection, files, rows, [{ name: 'new_root', type: 'VARCHAR', value: (i) => place(rows[i]!.track.root) }]);
      await connection.run(`COPY (SELECT ${selected(format)} FROM ${picked}) TO ${sqlString(temporary)} (${PARQUET_OPTIONS})`);
    });
  await writeWhole(rowsDir, produce, async () => nextName(await listRowFiles(rowsDir)));
}

function selected(format: LibraryFormat): string {
  return rowColumns(format, [])
    .map(({ name, type }) => `${name === 'root' ? 'p."new_root"' : `r.${sqlName(name)}`}::${sqlType(type)} AS ${sqlName(name)}`)
    .join(', ');
}
