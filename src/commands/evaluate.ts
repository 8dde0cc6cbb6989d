import { adjustedMutualInfo } from '../evaluate/adjusted-mutual-info.js';
import { adjustedRand } from '../evaluate/adjusted-rand.js';
import { homogeneityCompletenessVMeasure } from '../evaluate/v-measure.js';
import { SoundkinError } from '../errors.js';
import { isTagLabel, readLabels, type LabelSource } from '../labels/read-labels.js';
import { openLibrary, type Library, type TrackSummary } from '../library/index.js';
import { DEFAULT_CLUSTERING, summarise, type ClusterSummary } from './cluster-summary.js';
import { idOf } from './track-id.js';

/** How well clusters agree with labels known beforehand, each 1 at best. */
export interface LabelScores {
  readonly homogeneity: number;
  readonly completeness: number;
  readonly vMeasure: number;
  readonly adjustedRand: number;
  readonly adjustedMutualInfo: number;
}

export interface EvaluateOptions {
  readonly library: string;
  /** A CSV file, 'folders' or 'prefix'. */
  readonly labels: string;
  readonly name?: string;
}

export interface EvaluateOutcome {
  readonly library: string;
  readonly k: number;
  readonly sizes: readonly number[];
  readonly scores: LabelScores & { readonly silhouette: number };
  /** Sounds that have a label, of all in the clustering. */
  readonly labelled: number;
  readonly sounds: number;
  /** Different labels. */
  readonly classes: number;
  readonly clusters: readonly ClusterSummary[];
}

/**
 * Holds the clustering a library keeps against labels, and keeps both together.
 *
 * @throws LIBRARY_NOT_FOUND, CLUSTERING_NOT_FOUND, LABELS_NOT_FOUND, LABELS_FORMAT, LABELS_NO_MATCH.
 */
export async function evaluate({ library: dir, labels: source, name = DEFAULT_CLUSTERING }: EvaluateOptions): Promise<EvaluateOutcome> {
  const library = await openLibrary(dir);
  try {
    const clustering = await library.readClustering(name);
    const labels = labelsOf(isTagLabel(source) ? await withTags(library, clustering.members) : clustering.members, await readLabels(source), source);
    const scores = labelScores(labels, clustering.members.map(({ cluster }) => cluster));
    const members = clustering.members.map((member, i) => ({ ...member, label: labels[i]! }));
    await library.writeClustering(name, { ...clustering, members, scores: { ...clustering.scores, ...scores } });
    return {
      library: library.dir,
      k: clustering.k,
      sizes: clustering.sizes,
      scores: { silhouette: clustering.scores['silhouette'] ?? NaN, ...scores },
      labelled: labels.filter((label) => label !== null).length,
      sounds: members.length,
      classes: new Set(labels.filter((label) => label !== null)).size,
      clusters: summarise({ members, sizes: clustering.sizes }),
    };
  } finally {
    await library.close();
  }
}

/** The members of a clustering with what the library knows of their tags. */
async function withTags<T extends { readonly root: string; readonly path: string }>(library: Library, members: readonly T[]): Promise<(T & Partial<Pick<TrackSummary, 'genre' | 'artist' | 'album'>>)[]> {
  const known = new Map((await library.tracks()).map((track) => [idOf(track), track]));
  return members.map((member) => {
    const { genre = null, artist = null, album = null } = known.get(idOf(member)) ?? {};
    return { ...member, genre, artist, album };
  });
}

/**
 * The label of each track.
 *
 * @param source what the labels were read from, for the error.
 * @throws LABELS_NO_MATCH when none has one.
 */
export function labelsOf(tracks: readonly { readonly root: string; readonly path: string }[], labelOf: LabelSource, source: string): (string | null)[] {
  const labels = tracks.map((track) => labelOf(track));
  if (labels.every((label) => label === null)) {
    const example = tracks[0] === undefined ? '' : ` such as "${tracks[0].path}"`;
    const hint = isTagLabel(source) ? `no file has such a tag. Give a CSV file, folders or prefix instead.` : `${source} names none of them. Write paths relative to the CSV file or to the scanned folder.`;
    throw new SoundkinError('LABELS_NO_MATCH', `labels: expected labels for the sounds of the library${example}, but ${hint}`);
  }
  return labels;
}

/** Scores over the sounds that have a label. */
export function labelScores(labels: readonly (string | null)[], clusters: readonly number[]): LabelScores {
  const known = labels.flatMap((label, i) => (label === null ? [] : [i]));
  const codes = new Map<string, number>();
  const truth = known.map((i) => {
    const label = labels[i]!;
    if (!codes.has(label)) codes.set(label, codes.size);
    return codes.get(label)!;
  });
  const predicted = known.map((i) => clusters[i]!);
  return {
    ...homogeneityCompletenessVMeasure(truth, predicted),
    adjustedRand: adjustedRand(truth, predicted),
    adjustedMutualInfo: adjustedMutualInfo(truth, predicted),
  };
}
