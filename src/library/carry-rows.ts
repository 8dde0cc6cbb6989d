import { sqlName, sqlString, PARQUET_OPTIONS } from './duckdb.js';
import { sqlType, type Column } from './fill-table.js';
import type { NewestRow, NewestRows, View } from './newest-rows.js';
import { pickRows } from './picked-rows.js';
import { rowColumns } from './row-columns.js';
import { listRowFiles, nextName, rowPaths } from './row-files.js';
import type { TrackRow } from './track-row.js';
import { writeWhole } from './write-whole.js';

/** Where a row stands: a track's identity within a library. */
export type TrackPlace = Pick<TrackRow, 'root' | 'path'>;

/** A file whose content the library knows under another name, or from before a change of its time. */
export interface CarriedRow {
  readonly from: TrackPlace;
  readonly to: TrackPlace & Pick<TrackRow, 'size' | 'mtimeMs'>;
}

/**
 * Copies rows to other names, features and all, from Parquet to Parquet: as one more file, of newer rows.
 *
 * @returns the places that have no measured row to copy; nothing is written for them.
 * @throws LIBRARY_WRITE when the disk refuses.
 */
export async function carryRows(newest: NewestRows, carried: readonly CarriedRow[]): Promise<CarriedRow[]> {
  for (;;) {
    const view = await newest.view();
    const rows = new Map(view.rows.map((row) => [keyOf(row.track), row]));
    const found: { readonly row: NewestRow; readonly to: CarriedRow['to'] }[] = [];
    const lost: CarriedRow[] = [];
    for (const one of carried) {
      const row = rows.get(keyOf(one.from));
      if (row?.track.measured === true) found.push({ row, to: one.to });
      else lost.push(one);
    }
    try {
      if (found.length > 0) await copyRows(newest, view, found);
      return lost;
    } catch (error) {
      // Another process may have merged the files away meanwhile.
      const there = new Set(await listRowFiles(newest.rowsDir));
      if (view.files.every((file) => there.has(file))) throw error;
    }
  }
}

function keyOf({ root, path }: TrackPlace): string {
  return `${root}\0${path}`;
}

async function copyRows({ rowsDir, format, duck }: NewestRows, view: View, found: readonly { readonly row: NewestRow; readonly to: CarriedRow['to'] }[]): Promise<void> {
  const at = (index: number): CarriedRow['to'] => found[index]!.to;
  const replaced: readonly Column[] = [
    { name: 'root', type: 'VARCHAR', value: (i) => at(i).root },
    { name: 'path', type: 'VARCHAR', value: (i) => at(i).path },
    { name: 'size', type: 'BIGINT', value: (i) => at(i).size },
    { name: 'mtime_ms', type: 'DOUBLE', value: (i) => at(i).mtimeMs },
  ];
  const extra = [...replaced.map((column) => ({ ...column, name: `new_${column.name}` })), { name: 'new_removed', type: 'BOOLEAN', value: () => false } as const];
  const isNew = new Set(extra.map(({ name }) => name));
  const selected = rowColumns(format, [])
    .map(({ name, type }) => `${isNew.has(`new_${name}`) ? `p.${sqlName(`new_${name}`)}` : `r.${sqlName(name)}`}::${sqlType(type)} AS ${sqlName(name)}`)
    .join(', ');
  const produce = (temporary: string): Promise<void> =>
    duck.use(async (connection) => {
      const files = rowPaths(rowsDir, [...new Set(found.map(({ row }) => row.file))]);
      const from = await pickRows(connection, files, found.map(({ row }) => row), extra);
      await connection.run(`COPY (SELECT ${selected} FROM ${from}) TO ${sqlString(temporary)} (${PARQUET_OPTIONS})`);
    });
  await writeWhole(rowsDir, produce, async () => nextName(await listRowFiles(rowsDir)));
}
