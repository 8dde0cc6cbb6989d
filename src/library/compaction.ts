import { rm } from 'node:fs/promises';

import { SoundkinError } from '../errors.js';
import { parquetTable, PARQUET_OPTIONS, sqlString } from './duckdb.js';
import type { NewestRows, View } from './newest-rows.js';
import { pickRows } from './picked-rows.js';
import { selectRow } from './row-columns.js';
import { listRowFiles, mergedName, rowPaths, verifyRowFile } from './row-files.js';
import { writeWhole } from './write-whole.js';

/** A library with this many row files is left as it is. */
const MAX_FILES = 16;

/**
 * Merges the row files into one of the newest rows, when there are more than 16 of them.
 *
 * Safe against a kill at any point, and beside other processes that read or append: the merged file is newer than all
 * that it was made from, so the view is the same before, between and after their removal. Tombstones are kept, so that
 * no order in which the old files vanish brings a removed track back. Damaged files are neither merged nor removed.
 *
 * @throws LIBRARY_WRITE when the disk refuses.
 */
export async function compactRows(newest: NewestRows): Promise<void> {
  const { length } = await listRowFiles(newest.rowsDir);
  if (length > MAX_FILES) await newest.withVerifiedView((view) => mergeFiles(newest, view));
}

async function mergeFiles({ rowsDir, format, duck }: NewestRows, { files, rows }: View): Promise<void> {
  if (files.length <= MAX_FILES) return;
  const paths = rowPaths(rowsDir, files);
  const produce = (temporary: string): Promise<void> =>
    duck.use(async (connection) => {
      const from = await pickRows(connection, paths, rows);
      const merged = `SELECT ${selectRow(format, 'r.')} FROM ${from}`;
      await connection.run(`COPY (${merged}) TO ${sqlString(temporary)} (${PARQUET_OPTIONS})`);
      // The originals go next: what replaces them has to be proven first.
      await verifyRowFile(connection, temporary, format);
      const counted = await connection.runAndReadAll(`SELECT count(*)::INTEGER FROM ${parquetTable(temporary)}`);
      const count = counted.getRows()[0]?.[0];
      if (count !== rows.length) {
        throw new SoundkinError(
          'INTERNAL',
          `library: expected ${rows.length} rows in the merged file, got ${String(count)}. Please report this.`,
        );
      }
    });
  await writeWhole(rowsDir, produce, mergedName(files));
  // What cannot be removed now (held open on Windows) is outvoted by the merged file, and goes the next time.
  for (const path of paths) await rm(path, { force: true }).catch(() => undefined);
}
