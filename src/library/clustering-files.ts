import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { DuckDBConnection } from '@duckdb/node-api';

import { messageOf, SoundkinError } from '../errors.js';
import type { ClusterMember, Clustering, Sweep } from './clustering.js';
import { aboutText, numberOf, parseAbout } from './clustering-text.js';
import { parquetTable, PARQUET_OPTIONS, sqlName, sqlPath, sqlString, type LazyDuckDb } from './duckdb.js';
import { fillTable, sqlType, type ColumnType } from './fill-table.js';
import { createInterner } from './summaries.js';
import { isMissing, writeWhole } from './write-whole.js';

const LABELS = 'labels.parquet';
const ABOUT = 'clustering.json';
const SWEEP = 'sweep.json';
/** The key under which labels.parquet carries the text of clustering.json. */
const METADATA_KEY = 'soundkin_clustering';

/** A member's columns in Parquet, named as its properties. */
export const MEMBER_COLUMNS: readonly { name: keyof ClusterMember; type: ColumnType }[] = [
  { name: 'root', type: 'VARCHAR' },
  { name: 'path', type: 'VARCHAR' },
  { name: 'cluster', type: 'INTEGER' },
  { name: 'distance', type: 'DOUBLE' },
  { name: 'silhouette', type: 'DOUBLE' },
  { name: 'x', type: 'DOUBLE' },
  { name: 'y', type: 'DOUBLE' },
  { name: 'label', type: 'VARCHAR' },
];

/** A clustering's name is a folder's: nothing that any system forbids or hides. */
export function checkName(name: string): void {
  if (/^[^./\\:*?"<>|\p{Cc}][^/\\:*?"<>|\p{Cc}]{0,59}$/u.test(name) && !/[. ]$/.test(name)) return;
  throw new SoundkinError(
    'USAGE',
    `library: expected a name for a clustering that a folder can have, got ${JSON.stringify(name)}. Use letters, digits, - and _.`,
  );
}

async function readMembers(connection: DuckDBConnection, file: string): Promise<ClusterMember[]> {
  const selected = MEMBER_COLUMNS.map(({ name, type }) => `${sqlName(name)}::${sqlType(type)}`).join(', ');
  const result = await connection.stream(
    `SELECT file_row_number, ${selected} FROM ${parquetTable(file, ', file_row_number = true')}`,
  );
  const members: ClusterMember[] = [];
  const once = createInterner();
  for await (const chunk of result) {
    const [places, root, path, cluster, distance, silhouette, x, y, label] = Array.from({ length: chunk.columnCount }, (_, i) => chunk.getColumnValues(i));
    const { rowCount } = chunk;
    for (let r = 0; r < rowCount; r++) {
      // Property by property: a million objects with keys that are looked up take three times as much memory.
      members[Number(places![r])] = {
        root: once(root![r] as string)!,
        path: path![r] as string,
        cluster: numberOf(cluster![r]),
        distance: numberOf(distance![r]),
        silhouette: numberOf(silhouette![r]),
        x: numberOf(x![r]),
        y: numberOf(y![r]),
        label: once(label![r] as string | null),
      };
    }
  }
  return members;
}

/**
 * The clusterings of a library: one folder each. labels.parquet holds the members and, in its key-value metadata, all the
 * rest, so that one rename replaces a clustering as a whole; clustering.json is that rest again, for people and scripts.
 */
export class ClusteringFiles {
  constructor(
    readonly dir: string,
    readonly duck: LazyDuckDb,
  ) {}

  /** @throws LIBRARY_WRITE when the disk refuses. @throws INTERNAL when centroids, k and width do not fit. */
  async write(name: string, clustering: Clustering): Promise<void> {
    checkName(name);
    const { k, width, centroids, members } = clustering;
    if (centroids.length !== k * width) {
      throw new SoundkinError('INTERNAL', `library: expected ${k} x ${width} numbers in the centroids, got ${centroids.length}. Please report this.`);
    }
    const folder = join(this.dir, name);
    const about = aboutText({ ...clustering, name });
    const columns = MEMBER_COLUMNS.map((column) => ({
      ...column,
      value: (row: number) => (members[row] as ClusterMember)[column.name],
    }));
    const produce = (temporary: string): Promise<void> =>
      this.duck.use(async (connection) => {
        await fillTable(connection, 'members', columns, members.length);
        const metadata = `KV_METADATA {${METADATA_KEY}: ${sqlString(about)}}`;
        await connection.run(`COPY members TO ${sqlString(temporary)} (${PARQUET_OPTIONS}, ${metadata})`);
      });
    await writeWhole(folder, produce, LABELS);
    await writeWhole(folder, (temporary) => writeFile(temporary, `${about}\n`), ABOUT);
  }

  /**
   * @throws CLUSTERING_NOT_FOUND when there is none of that name, listing what there is.
   * @throws LIBRARY_FORMAT when its file is damaged.
   */
  async read(name: string): Promise<Clustering> {
    const path = await this.pathOf(name);
    try {
      return await this.duck.use(async (connection) => {
        const metadata = await connection.runAndReadAll(
          `SELECT decode(value) FROM parquet_kv_metadata(${sqlPath(path)}) WHERE decode(key) = ${sqlString(METADATA_KEY)}`,
        );
        const about = parseAbout(String(metadata.getRows()[0]?.[0]));
        return { ...about, name, members: await readMembers(connection, path) };
      });
    } catch (error) {
      throw new SoundkinError(
        'LIBRARY_FORMAT',
        `library: expected a whole clustering in ${path}, got "${messageOf(error).split('\n')[0]}". Cluster again to replace it.`,
        { cause: error },
      );
    }
  }

  /** The names of the clusterings, in code-unit order. */
  async list(): Promise<string[]> {
    const entries = await readdir(this.dir).catch((error: unknown) => {
      if (isMissing(error)) return [] as string[];
      throw error;
    });
    const names: string[] = [];
    for (const name of entries.filter((entry) => !entry.startsWith('.')).sort()) {
      if (await access(join(this.dir, name, LABELS)).then(() => true, () => false)) names.push(name);
    }
    return names;
  }

  /** The path of a clustering's labels. @throws CLUSTERING_NOT_FOUND */
  async pathOf(name: string): Promise<string> {
    checkName(name);
    const names = await this.list();
    if (names.includes(name)) return join(this.dir, name, LABELS);
    const there = names.length === 0 ? 'a library without clusterings' : names.join(', ');
    throw new SoundkinError(
      'CLUSTERING_NOT_FOUND',
      `library: expected a clustering named ${name}, got ${there}. Run \`soundkin cluster\`, or choose one that is there.`,
    );
  }

  async writeSweep(name: string, sweep: Sweep): Promise<void> {
    checkName(name);
    await writeWhole(join(this.dir, name), (temporary) => writeFile(temporary, `${JSON.stringify(sweep, null, 2)}\n`), SWEEP);
  }

  /** The sweep kept beside a clustering, or null. @throws LIBRARY_FORMAT when its file is damaged. */
  async readSweep(name: string): Promise<Sweep | null> {
    checkName(name);
    const path = join(this.dir, name, SWEEP);
    try {
      const sweep = JSON.parse(await readFile(path, 'utf8')) as Sweep;
      const rows = sweep.rows.map((row) => ({
        ...row,
        inertia: numberOf(row.inertia),
        silhouette: numberOf(row.silhouette),
      }));
      return { ...sweep, rows };
    } catch (error) {
      if (isMissing(error)) return null;
      throw new SoundkinError('LIBRARY_FORMAT', `library: expected a sweep in ${path}, got "${messageOf(error)}". Sweep again to replace it.`, { cause: error });
    }
  }
}
