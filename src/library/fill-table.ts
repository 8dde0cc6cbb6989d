import type { DuckDBConnection, DuckDBDataChunk, DuckDBType } from '@duckdb/node-api';

import { requirePackage } from '../require-package.js';
import { floatsOf, sqlName } from './duckdb.js';

export type ColumnType = 'VARCHAR' | 'BIGINT' | 'INTEGER' | 'DOUBLE' | 'BOOLEAN' | { readonly floats: number };
export type ColumnValue = string | number | boolean | Float32Array | null;

/** One column of a table to fill. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** The value of a row; of an array column, exactly `floats` numbers or null. A number that is not finite is kept as null. */
  value(row: number): ColumnValue;
}

const CHUNK_ROWS = 2048; // DuckDB's vector size

export function sqlType(type: ColumnType): string {
  return typeof type === 'string' ? type : `FLOAT[${type.floats}]`;
}

function fillFloats(chunk: DuckDBDataChunk, index: number, width: number, column: Column, start: number): void {
  const vector = chunk.getColumnVector(index);
  const floats = floatsOf(vector);
  const { rowCount } = chunk; // asks DuckDB at every look
  for (let row = 0; row < rowCount; row++) {
    const value = column.value(start + row) as Float32Array | null;
    if (value === null) vector.setItem(row, null);
    else floats.set(value, row * width);
  }
  vector.flush();
}

function fillScalars(chunk: DuckDBDataChunk, index: number, column: Column, start: number): void {
  const values = Array.from({ length: chunk.rowCount }, (_, row) => {
    const value = column.value(start + row);
    if (typeof value !== 'number') return value as string | boolean | null;
    if (!Number.isFinite(value)) return null;
    return column.type === 'BIGINT' ? BigInt(value) : value;
  });
  chunk.setColumnValues(index, values);
}

/** Makes a temporary table of the connection and fills it, a data chunk at a time (ten times as fast as row by row). */
export async function fillTable(
  connection: DuckDBConnection,
  table: string,
  columns: readonly Column[],
  rowCount: number,
): Promise<void> {
  const duck = requirePackage<typeof import('@duckdb/node-api')>('@duckdb/node-api');
  const types: DuckDBType[] = columns.map(({ type }) =>
    typeof type === 'string' ? duck[type] : duck.ARRAY(duck.FLOAT, type.floats),
  );
  const definition = columns.map(({ name, type }) => `${sqlName(name)} ${sqlType(type)}`).join(', ');
  await connection.run(`CREATE TEMP TABLE ${sqlName(table)} (${definition})`);
  const appender = await connection.createAppender(table, 'main', 'temp');
  try {
    for (let start = 0; start < rowCount; start += CHUNK_ROWS) {
      const chunk = duck.DuckDBDataChunk.create(types, Math.min(CHUNK_ROWS, rowCount - start));
      columns.forEach((column, index) => {
        if (typeof column.type === 'string') fillScalars(chunk, index, column, start);
        else fillFloats(chunk, index, column.type.floats, column, start);
      });
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}
