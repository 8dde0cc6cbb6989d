import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { DuckDBConnection } from '@duckdb/node-api';

import { settingsHash } from '../config/analysis.js';
import { SoundkinError } from '../errors.js';
import { floatsOf, parquetTable, PARQUET_OPTIONS, sqlName, sqlString, type LazyDuckDb } from './duckdb.js';
import { fillTable, sqlType } from './fill-table.js';
import type { LibraryFormat } from './library-format.js';
import { featuresColumn, rowColumns, selectRow, SUMMARY_COLUMNS } from './row-columns.js';
import { createInterner, summariesOf } from './summaries.js';
import type { TrackRow, TrackSummary } from './track-row.js';
import { isMissing, writeWhole } from './write-whole.js';

/**
 * `<seq>-<random>.parquet`, or `<seq>-m<generation>-<random>.parquet` for files merged from all up to that seq: names
 * sort in the order in which they were written, and a merged file sorts after what it was merged from ('m' > 'f').
 */
const NAME = /^(\d{10})-(?:m(\d{4})-)?[0-9a-f]{8}\.parquet$/;

/** The row files of a folder, oldest first. Temporaries and whatever else lies there are not among them. */
export async function listRowFiles(rowsDir: string): Promise<string[]> {
  try {
    return (await readdir(rowsDir)).filter((name) => NAME.test(name)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function newestSeq(names: readonly string[]): number {
  return Number(NAME.exec(names.at(-1) ?? '')?.[1] ?? 0);
}

/** The name of the next file to append. */
export function nextName(names: readonly string[]): string {
  return `${String(newestSeq(names) + 1).padStart(10, '0')}-${randomBytes(4).toString('hex')}.parquet`;
}

/** The name of the file that the named ones are merged into: newer than each of them, older than whatever follows. */
export function mergedName(names: readonly string[]): string {
  const generation = Number(NAME.exec(names.at(-1) ?? '')?.[2] ?? 0) + 1;
  const seq = String(newestSeq(names)).padStart(10, '0');
  return `${seq}-m${String(generation).padStart(4, '0')}-${randomBytes(4).toString('hex')}.parquet`;
}

/**
 * Writes rows as one more file.
 *
 * @throws LIBRARY_WRITE when the disk refuses.
 */
export async function writeRowFile(
  duck: LazyDuckDb,
  rowsDir: string,
  format: LibraryFormat,
  rows: readonly TrackRow[],
): Promise<void> {
  const produce = (temporary: string): Promise<void> =>
    duck.use(async (connection) => {
      await fillTable(connection, 'appended', rowColumns(format, rows), rows.length);
      await connection.run(`COPY appended TO ${sqlString(temporary)} (${PARQUET_OPTIONS})`);
    });
  // Named at the last moment, so that of two writers the later to finish is the newer one.
  await writeWhole(rowsDir, produce, async () => nextName(await listRowFiles(rowsDir)));
}

/**
 * The rows of one file in its order, without features.
 *
 * @throws LIBRARY_MIXED when a row was measured in another way than the library says.
 */
export async function readRowFile(
  connection: DuckDBConnection,
  path: string,
  format: LibraryFormat,
): Promise<TrackSummary[]> {
  const selected = SUMMARY_COLUMNS.map(({ name, type }) =>
    // As a double: whole numbers of bytes fit, and no bigint has to be made and unmade.
    `${sqlName(name)}::${type === 'BIGINT' ? 'DOUBLE' : sqlType(type)}`,
  ).join(', ');
  const result = await connection.stream(
    `SELECT file_row_number, feature_set_version = ${format.featureSetVersion} AND settings_hash = ${sqlString(settingsHash(format.settings))}, ${selected}
     FROM ${parquetTable(path, ', file_row_number = true')}`,
  );
  const rows: TrackSummary[] = [];
  const once = createInterner();
  for await (const chunk of result) {
    const [places, same, ...columns] = Array.from({ length: chunk.columnCount }, (_, i) => chunk.getColumnValues(i));
    const { rowCount } = chunk;
    if (same?.every((value) => value === true) !== true) {
      throw new SoundkinError(
        'LIBRARY_MIXED',
        `library: expected rows measured as library.json says, got others in ${path}. Move that file out of the library, then run again.`,
      );
    }
    const summaries = summariesOf(columns, rowCount, once);
    for (let r = 0; r < rowCount; r++) rows[Number(places?.[r])] = summaries[r]!;
  }
  return rows;
}

/** What is done with the features of a row that was read. */
export type TakeFeatures = (index: number, features: Float32Array) => void;

/**
 * Reads one recipe's features of some rows of one file.
 *
 * @param indices for each row of the file, the number that `take` knows it by, or -1. May end early.
 * @param take    given each row's features, [width], good until it returns.
 */
export async function readFeatures(
  connection: DuckDBConnection,
  path: string,
  recipe: { readonly name: string; readonly width: number },
  indices: Int32Array,
  take: TakeFeatures,
): Promise<void> {
  const { name, width } = recipe;
  const column = sqlName(featuresColumn(name));
  const result = await connection.stream(
    `SELECT file_row_number::INTEGER, ${column}::FLOAT[${width}]
     FROM ${parquetTable(path, ', file_row_number = true')} WHERE ${column} IS NOT NULL`,
  );
  let missing = indices.reduce((count, index) => count + (index >= 0 ? 1 : 0), 0);
  for await (const chunk of result) {
    const places = chunk.getColumnValues(0);
    const floats = floatsOf(chunk.getColumnVector(1));
    const { rowCount } = chunk;
    for (let r = 0; r < rowCount; r++) {
      const index = indices[Number(places[r])] ?? -1;
      if (index < 0) continue;
      take(index, floats.subarray(r * width, (r + 1) * width));
      missing--;
    }
  }
  if (missing > 0) throw new Error(`${missing} measured rows have no ${featuresColumn(name)}`);
}

/** Reads a row file to its last byte; throws what DuckDB says when any of it cannot be decoded. */
export async function verifyRowFile(
  connection: DuckDBConnection,
  path: string,
  format: LibraryFormat,
): Promise<void> {
  await connection.run(`SELECT max(hash(t)) FROM (SELECT ${selectRow(format)} FROM ${parquetTable(path)}) t`);
}

/** The full paths of row files. */
export function rowPaths(rowsDir: string, names: readonly string[]): string[] {
  return names.map((name) => join(rowsDir, name));
}
