import type { DuckDBConnection } from '@duckdb/node-api';

import { parquetTable } from './duckdb.js';
import { fillTable, type Column } from './fill-table.js';
import type { NewestRow } from './newest-rows.js';

/**
 * Names single rows of row files to DuckDB, so that it copies them from file to file without their passing through here.
 *
 * @param extra columns to go beside each row.
 * @returns     the FROM clause that joins them: `r` is the row in its file, `p` the extra columns.
 */
export async function pickRows(
  connection: DuckDBConnection,
  paths: readonly string[],
  rows: readonly NewestRow[],
  extra: readonly Column[] = [],
): Promise<string> {
  const at = (index: number): NewestRow => rows[index] as NewestRow;
  const columns: Column[] = [
    { name: 'picked_file', type: 'VARCHAR', value: (index) => at(index).file },
    { name: 'picked_row', type: 'BIGINT', value: (index) => at(index).row },
    ...extra,
  ];
  await fillTable(connection, 'picked', columns, rows.length);
  return `${parquetTable(paths, ', filename = true, file_row_number = true')} r
    JOIN picked p ON parse_filename(r.filename) = p.picked_file AND r.file_row_number = p.picked_row`;
}
