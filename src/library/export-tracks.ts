import { basename, dirname, resolve } from 'node:path';

import { messageOf, SoundkinError } from '../errors.js';
import type { ClusterMember, Clustering } from './clustering.js';
import { PARQUET_OPTIONS, sqlName, sqlString } from './duckdb.js';
import type { Column } from './fill-table.js';
import type { NewestRow, NewestRows, View } from './newest-rows.js';
import { MEMBER_COLUMNS } from './clustering-files.js';
import { pickRows } from './picked-rows.js';
import { featuresColumn, SUMMARY_COLUMNS } from './row-columns.js';
import { rowPaths } from './row-files.js';
import { writeWhole } from './write-whole.js';

/** What the clustering adds to what is known of the file: root and path are both's. */
const CLUSTER_COLUMNS = MEMBER_COLUMNS.filter(({ name }) => name !== 'root' && name !== 'path');

/**
 * Writes the members of a clustering that the library still holds to one Parquet file: cluster, distance and place,
 * what is known of the file, and its features; by root, then path.
 *
 * @returns how many those are.
 * @throws LIBRARY_EMPTY when no member is left. @throws EXPORT_FORMAT when the target cannot be written.
 */
export async function exportParquet(newest: NewestRows, clustering: Clustering, target: string): Promise<number> {
  const whole = resolve(target);
  try {
    return await newest.withVerifiedView((view) => writeExport(newest, view, clustering, whole));
  } catch (error) {
    if (!(error instanceof SoundkinError) || error.code !== 'LIBRARY_WRITE') throw error;
    throw new SoundkinError(
      'EXPORT_FORMAT',
      `library: expected to write ${whole}, got "${messageOf(error.cause)}". Choose another target.`,
      { cause: error },
    );
  }
}

/** What the sort may take: rows with their features are wide, and a million of them are sorted on the disk, with members and tracks in memory beside. */
const SORT_MEMORY = '1GB';

/** A map a root: no text has to be made for a member. */
function membersByPlace(members: readonly ClusterMember[]): Map<string, Map<string, ClusterMember>> {
  const roots = new Map<string, Map<string, ClusterMember>>();
  for (const member of members) {
    let paths = roots.get(member.root);
    if (paths === undefined) roots.set(member.root, (paths = new Map()));
    paths.set(member.path, member);
  }
  return roots;
}

async function writeExport(newest: NewestRows, view: View, clustering: Clustering, target: string): Promise<number> {
  const { rowsDir, format, duck } = newest;
  const memberOf = membersByPlace(clustering.members);
  const chosen: NewestRow[] = [];
  const members: ClusterMember[] = [];
  for (const row of view.rows) {
    const member = memberOf.get(row.track.root)?.get(row.track.path);
    if (member === undefined || row.track.removed || !row.track.measured) continue;
    chosen.push(row);
    members.push(member);
  }
  if (chosen.length === 0) {
    throw new SoundkinError(
      'LIBRARY_EMPTY',
      `library: expected sounds of the clustering ${clustering.name}, got none that is still in the library. Cluster again.`,
    );
  }
  const extra: Column[] = [
    ...CLUSTER_COLUMNS.map(({ name, type }) => ({ name, type, value: (i: number) => (members[i] as ClusterMember)[name] })),
    { name: 'picked_order', type: 'INTEGER', value: (i) => i },
  ];
  const [root, path, ...facts] = SUMMARY_COLUMNS.map(({ name }) => name)
    .filter((name) => name !== 'measured' && name !== 'removed')
    .map((name) => `r.${sqlName(name)}`);
  const cluster = CLUSTER_COLUMNS.map(({ name }) => `p.${sqlName(name)}`);
  const features = format.recipes.map(({ name }) => `r.${sqlName(featuresColumn(name))}`);
  const selected = [root, path, ...cluster, ...facts, ...features].join(', ');
  const produce = (temporary: string): Promise<void> =>
    duck.use(async (connection) => {
      await connection.run(`SET memory_limit = '${SORT_MEMORY}'`);
      const from = await pickRows(connection, rowPaths(rowsDir, view.files), chosen, extra);
      const joined = `SELECT ${selected} FROM ${from} ORDER BY p.picked_order`;
      await connection.run(`COPY (${joined}) TO ${sqlString(temporary)} (${PARQUET_OPTIONS})`);
    });
  await writeWhole(dirname(target), produce, basename(target));
  return chosen.length;
}
