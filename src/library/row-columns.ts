import { settingsHash } from '../config/analysis.js';
import { sqlName } from './duckdb.js';
import { sqlType, type Column, type ColumnType } from './fill-table.js';
import type { LibraryFormat } from './library-format.js';
import type { TrackRow, TrackSummary } from './track-row.js';

/** The columns of a row file before its features: the name in Parquet, and the property of a summary. */
export const SUMMARY_COLUMNS: readonly { name: string; key: keyof TrackSummary; type: ColumnType }[] = [
  { name: 'root', key: 'root', type: 'VARCHAR' },
  { name: 'path', key: 'path', type: 'VARCHAR' },
  { name: 'size', key: 'size', type: 'BIGINT' },
  { name: 'mtime_ms', key: 'mtimeMs', type: 'DOUBLE' },
  { name: 'content_id', key: 'contentId', type: 'VARCHAR' },
  { name: 'duration_seconds', key: 'durationSeconds', type: 'DOUBLE' },
  { name: 'sample_rate', key: 'sampleRate', type: 'DOUBLE' }, // AIFF knows fractions of a Hz
  { name: 'channels', key: 'channels', type: 'INTEGER' },
  { name: 'format', key: 'format', type: 'VARCHAR' },
  { name: 'decoder', key: 'decoder', type: 'VARCHAR' },
  { name: 'excerpt', key: 'excerpt', type: 'VARCHAR' },
  { name: 'title', key: 'title', type: 'VARCHAR' },
  { name: 'artist', key: 'artist', type: 'VARCHAR' },
  { name: 'album', key: 'album', type: 'VARCHAR' },
  { name: 'genre', key: 'genre', type: 'VARCHAR' },
  { name: 'backend', key: 'backend', type: 'VARCHAR' },
  { name: 'code', key: 'code', type: 'VARCHAR' },
  { name: 'message', key: 'message', type: 'VARCHAR' },
  { name: 'measured', key: 'measured', type: 'BOOLEAN' }, // so that no features are read to learn it
  { name: 'removed', key: 'removed', type: 'BOOLEAN' },
];

/** The column of a recipe's features. */
export function featuresColumn(recipe: string): string {
  return `features_${recipe}`;
}

/** Every column of a row file, with the values of these rows. */
export function rowColumns(format: LibraryFormat, rows: readonly TrackRow[]): Column[] {
  const at = (index: number): TrackRow => rows[index] as TrackRow;
  const hash = settingsHash(format.settings);
  return [
    ...SUMMARY_COLUMNS.map(
      ({ name, key, type }): Column => ({
        name,
        type,
        value: (row) => (key === 'measured' ? at(row).features !== null : at(row)[key]),
      }),
    ),
    // With each row, because people copy row files from one library into another.
    { name: 'feature_set_version', type: 'INTEGER', value: () => format.featureSetVersion },
    { name: 'settings_hash', type: 'VARCHAR', value: () => hash },
    ...format.recipes.map(
      ({ name, width }): Column => ({
        name: featuresColumn(name),
        type: { floats: width },
        value: (row) => at(row).features?.[name] ?? null,
      }),
    ),
  ];
}

/**
 * The columns of a row file as they are to be selected, each with its type: Parquet keeps FLOAT[n] as a list.
 *
 * @param prefix a table alias with its dot, or nothing.
 */
export function selectRow(format: LibraryFormat, prefix = ''): string {
  return rowColumns(format, [])
    .map(({ name, type }) => `${prefix}${sqlName(name)}::${sqlType(type)} AS ${sqlName(name)}`)
    .join(', ');
}
