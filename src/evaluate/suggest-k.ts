import { elbow } from './elbow.js';
import { isDegenerate } from './sizes-warning.js';

/** What a sweep knows of one k. */
export interface SweepPoint {
  readonly k: number;
  readonly inertia: number;
  readonly silhouette: number;
  /** Sounds in each cluster. */
  readonly sizes: ArrayLike<number>;
}

export interface Suggestion {
  readonly k: number;
  /** Why, in a sentence or two. */
  readonly reason: string;
  /** The ks passed over because one cluster holds nearly all sounds, or most clusters a single one. */
  readonly degenerate: readonly number[];
}

/** Silhouettes this close to the best count as equally good: the elbow then decides. */
const SILHOUETTE_SLACK = 0.02;

const round = (value: number): string => value.toFixed(3);

function listOf(ks: readonly number[]): string {
  return ks.length === 1 ? `k = ${ks[0]}` : `k = ${ks.slice(0, -1).join(', ')} and ${ks.at(-1)}`;
}

/**
 * Suggests a number of clusters: the best silhouette among the clusterings that divide the sounds at all, or the elbow
 * of the inertia where its silhouette is within 0.02 of the best.
 *
 * @returns undefined for an empty sweep.
 */
export function suggestK(sweep: readonly SweepPoint[]): Suggestion | undefined {
  const points = [...sweep].sort((a, b) => a.k - b.k);
  const degenerate = points.filter(({ sizes }) => isDegenerate(sizes)).map(({ k }) => k);
  const sound = points.filter(({ k }) => !degenerate.includes(k));
  const candidates = sound.length > 0 ? sound : points;
  let best: SweepPoint | undefined;
  for (const point of candidates) if (best === undefined || point.silhouette > best.silhouette) best = point;
  if (best === undefined) return undefined;
  if (sound.length === 0) {
    return {
      k: best.k,
      degenerate,
      reason: `No k divides these sounds well: each time one cluster holds nearly all of them, or most clusters hold a single one. k = ${best.k} has the best silhouette, ${round(best.silhouette)}; other features may do better.`,
    };
  }
  const passed =
    degenerate.length === 0
      ? ''
      : ` Passed over ${listOf(degenerate)}: there one cluster holds nearly all sounds, or most clusters a single one.`;
  const bend = elbow(points);
  const atBend = candidates.find(({ k }) => k === bend?.k);
  if (atBend !== undefined && atBend.k !== best.k && best.silhouette - atBend.silhouette <= SILHOUETTE_SLACK) {
    return {
      k: atBend.k,
      degenerate,
      reason: `The inertia bends at k = ${atBend.k}, and its silhouette, ${round(atBend.silhouette)}, is close to the best, ${round(best.silhouette)} at k = ${best.k}.${passed}`,
    };
  }
  const agreed = atBend?.k === best.k ? ', and the inertia bends there too' : '';
  return { k: best.k, degenerate, reason: `k = ${best.k} has the best silhouette, ${round(best.silhouette)}${agreed}.${passed}` };
}
