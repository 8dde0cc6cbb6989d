import type { ReportData, ReportSound } from '../report-data.js';

export interface Sound extends ReportSound {
  index: number;
  /** The last part of the path, and what is before it. */
  name: string;
  folder: string;
  /** Place of its cluster in the list: what colours go by. */
  place: number;
  searchText: string;
}

export interface Cluster {
  id: number;
  place: number;
  size: number;
  silhouette: number;
  topLabels: { label: string; count: number }[];
  /** Indices of its sounds, most typical first. */
  members: number[];
}

export interface Model {
  data: ReportData;
  sounds: Sound[];
  clusters: Cluster[];
  clusterById: Map<number, Cluster>;
}

/** The data with what the page derives from it once. */
export function createModel(data: ReportData): Model {
  const clusters: Cluster[] = data.clusters.map((cluster, place) => ({ ...cluster, place, members: [] }));
  const clusterById = new Map(clusters.map((cluster) => [cluster.id, cluster]));
  const sounds = data.sounds.map((sound, index): Sound => {
    const slash = sound.path.lastIndexOf('/');
    const cluster = clusterById.get(sound.cluster);
    cluster?.members.push(index);
    return {
      ...sound,
      index,
      name: sound.path.slice(slash + 1) || sound.path,
      folder: slash < 0 ? '' : sound.path.slice(0, slash),
      place: cluster?.place ?? 0,
      searchText: `${sound.path} ${sound.label ?? ''}`.toLowerCase(),
    };
  });
  const model = { data, sounds, clusters, clusterById };
  for (const cluster of clusters) cluster.members = sortSounds(model, cluster.members, 'typical');
  return model;
}

export type Sort = 'typical' | 'odd' | 'name' | 'duration';

/** A sorted copy; equal ones by path. */
export function sortSounds(model: Model, indices: readonly number[], sort: Sort): number[] {
  const collator = new Intl.Collator('en', { numeric: true });
  const last = (value: number): number => (Number.isNaN(value) ? Infinity : value);
  const byPath = (a: Sound, b: Sound): number => collator.compare(a.path, b.path) || a.index - b.index;
  const order: Record<Sort, (a: Sound, b: Sound) => number> = {
    typical: (a, b) => last(a.distance) - last(b.distance) || byPath(a, b),
    odd: (a, b) => last(-a.distance) - last(-b.distance) || byPath(a, b),
    name: byPath,
    duration: (a, b) => last(a.durationSeconds) - last(b.durationSeconds) || byPath(a, b),
  };
  const sounds = indices.map((index) => model.sounds[index]).filter((sound) => sound !== undefined);
  return sounds.sort(order[sort]).map((sound) => sound.index);
}

/** True for sounds whose path and label hold every word of the query. */
export function createMatcher(query: string): (sound: Sound) => boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return (sound) => words.every((word) => sound.searchText.includes(word));
}
