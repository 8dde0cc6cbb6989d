import type { Clustering } from '../library/index.js';

/** The name that commands keep their clustering under, until another is given. */
export const DEFAULT_CLUSTERING = 'default';

export interface LabelCount {
  readonly label: string;
  readonly count: number;
}

export interface ClusterSummary {
  readonly id: number;
  readonly size: number;
  /** Mean silhouette of its sounds; null where it was not computed. */
  readonly silhouette: number | null;
  /** Most typical first. */
  readonly typical: readonly string[];
  readonly topLabels: readonly LabelCount[];
}

const TYPICAL = 5;
const TOP_LABELS = 3;

/** Clusters in the order of their numbers, the sounds nearest the centroid first. */
export function summarise({ members, sizes }: Pick<Clustering, 'members' | 'sizes'>): ClusterSummary[] {
  const byCluster = sizes.map((): Clustering['members'] => []);
  for (const member of members) byCluster[member.cluster]!.push(member);
  return byCluster.map((own, id) => {
    own.sort((a, b) => a.distance - b.distance);
    const mean = own.reduce((sum, member) => sum + member.silhouette, 0) / own.length;
    return {
      id,
      size: own.length,
      silhouette: Number.isFinite(mean) ? mean : null,
      typical: own.slice(0, TYPICAL).map(({ path }) => path),
      topLabels: topLabels(own),
    };
  });
}

/** The commonest labels of one cluster's sounds. */
function topLabels(members: readonly { readonly label: string | null }[]): LabelCount[] {
  const counts = new Map<string, number>();
  for (const { label } of members) if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1))
    .slice(0, TOP_LABELS);
}
