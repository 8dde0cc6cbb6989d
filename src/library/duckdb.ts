import { sep } from 'node:path';

import type { DuckDBConnection, DuckDBInstance, DuckDBVector } from '@duckdb/node-api';

import { requirePackage } from '../require-package.js';

/**
 * DuckDB in memory, opened at the first use: its import takes ten times as long as everything else here, and many
 * commands never ask it anything. No database file is ever held, so any number of processes may read one library.
 */
export class LazyDuckDb {
  readonly #spillFolder: string;
  #instance: Promise<DuckDBInstance> | undefined;

  /** @param spillFolder where sorts larger than the memory limit go; made only when needed, removed at the close. */
  constructor(spillFolder: string) {
    this.#spillFolder = spillFolder;
  }

  async #open(): Promise<DuckDBInstance> {
    const { DuckDBInstance } = requirePackage<typeof import('@duckdb/node-api')>('@duckdb/node-api');
    return DuckDBInstance.create(':memory:', {
      memory_limit: '2GB',
      threads: '2',
      temp_directory: this.#spillFolder,
      autoinstall_known_extensions: 'false', // nothing is ever downloaded
      autoload_known_extensions: 'false',
    });
  }

  /** Opens it now, since it will be needed and there is time. What goes wrong is told by the first use. */
  warm(): void {
    this.#instance ??= this.#open();
    this.#instance.catch(() => undefined);
  }

  /** Runs work on a connection of its own: a second query on one connection would end the first one's stream. */
  async use<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    this.#instance ??= this.#open();
    const connection = await (await this.#instance).connect();
    try {
      return await work(connection);
    } finally {
      connection.disconnectSync();
    }
  }

  async close(): Promise<void> {
    const instance = this.#instance;
    this.#instance = undefined;
    if (instance !== undefined) (await instance).closeSync();
  }
}

/** A string as an SQL literal. */
export function sqlString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an SQL identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A path as an SQL literal that names exactly this file: its wildcards mean themselves. */
export function sqlPath(path: string): string {
  const slashed = sep === '\\' ? path.replaceAll('\\', '/') : path;
  // DuckDB's pattern language cannot escape after a backslash; there it tries the plain path first.
  return sqlString(slashed.includes('\\') ? slashed : slashed.replace(/[*?[\]]/g, (wildcard) => `[${wildcard}]`));
}

/**
 * Parquet files as one table. Folders named `key=value` add no columns.
 *
 * @param options more of read_parquet's, each after a comma.
 */
export function parquetTable(paths: string | readonly string[], options = ''): string {
  return `read_parquet([${[paths].flat().map(sqlPath).join(', ')}], hive_partitioning = false${options})`;
}

/**
 * The numbers of a FLOAT[n] column of one chunk, row after row; a row that is NULL has n undefined numbers.
 * The package reaches them only through one object a row; the field read here is private in its types alone.
 */
export function floatsOf(vector: DuckDBVector): Float32Array {
  return (vector as unknown as { childData: { items: Float32Array } }).childData.items;
}

/** How a table is written to Parquet: groups small enough that many columns of features are held only briefly. */
export const PARQUET_OPTIONS = 'FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 10240, USE_TMP_FILE false';
