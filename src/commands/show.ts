import { SoundkinError } from '../errors.js';
import { openLibrary, type Clustering } from '../library/index.js';
import { DEFAULT_CLUSTERING, summarise, type ClusterSummary } from './cluster-summary.js';

export interface ShowOptions {
  readonly library: string;
  /** One cluster; all of them by default. */
  readonly cluster?: number;
  readonly name?: string;
}

export interface ShownFile {
  readonly path: string;
  readonly root: string;
  readonly distance: number;
  readonly silhouette: number | null;
  readonly label: string | null;
}

export interface ShowOutcome {
  readonly library: string;
  readonly recipe: string;
  readonly k: number;
  readonly scores: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  readonly clusters: readonly ClusterSummary[];
  /** The files of the cluster asked for, most typical first. */
  readonly files: readonly ShownFile[] | null;
}

/** Tells what a clustering holds. @throws LIBRARY_NOT_FOUND, CLUSTERING_NOT_FOUND, CLUSTER_UNKNOWN. */
export async function show({ library: dir, cluster, name = DEFAULT_CLUSTERING }: ShowOptions): Promise<ShowOutcome> {
  const library = await openLibrary(dir, { readOnly: true });
  try {
    const clustering = await library.readClustering(name);
    const { recipe, k, scores, warnings } = clustering;
    const clusters = summarise(clustering);
    const files =
      cluster === undefined
        ? null
        : membersOf(clustering, cluster).map(({ path, root, distance, silhouette, label }) => ({ path, root, distance, silhouette: Number.isFinite(silhouette) ? silhouette : null, label }));
    return { library: library.dir, recipe, k, scores, warnings, clusters: cluster === undefined ? clusters : [clusters[cluster]!], files };
  } finally {
    await library.close();
  }
}

/** A cluster's sounds, most typical first. @throws CLUSTER_UNKNOWN when there is no such cluster. */
export function membersOf({ members, k }: Pick<Clustering, 'members' | 'k'>, cluster: number): Clustering['members'] {
  requireCluster({ k }, cluster);
  return members.filter((member) => member.cluster === cluster).sort((a, b) => a.distance - b.distance);
}

/** @throws CLUSTER_UNKNOWN when there is no such cluster. */
export function requireCluster({ k }: Pick<Clustering, 'k'>, cluster: number): void {
  if (!Number.isInteger(cluster) || cluster < 0 || cluster >= k) {
    throw new SoundkinError('CLUSTER_UNKNOWN', `cluster: expected a cluster from 0 to ${k - 1}, got ${cluster}. \`soundkin show\` lists them.`);
  }
}
