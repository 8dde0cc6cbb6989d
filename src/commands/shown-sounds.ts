/** Sounds that a page holds: it stays small enough to open at once, and its picture is as full as a picture gets. */
export const MOST_SHOWN = 20_000;
/** Of each cluster so many of the most typical sounds are shown, unless they would be half of all. */
const TYPICAL = 100;

/**
 * Which sounds a page shows when they are too many: the most typical of each cluster, and of the rest every so manieth, so that folders and clusters have their shares.
 *
 * @param clusters  [n], 0 to k - 1.
 * @param distances [n], to the sound's centroid; NaN counts as farthest.
 * @returns         the numbers of the sounds, rising; all of them where there are no more than `most`.
 */
export function pickShown(clusters: ArrayLike<number>, distances: ArrayLike<number>, k: number, most: number): Int32Array {
  const n = clusters.length;
  if (n <= most) return Int32Array.from({ length: n }, (_, i) => i);
  const byCluster = Array.from({ length: k }, (): number[] => []);
  for (let i = 0; i < n; i++) byCluster[clusters[i]!]!.push(i);
  const far = (i: number): number => (Number.isNaN(distances[i]!) ? Infinity : distances[i]!);
  const isShown = new Uint8Array(n);
  const quota = Math.min(TYPICAL, Math.floor(most / 2 / k));
  let nShown = 0;
  for (const own of byCluster) {
    const nearest = quota === 0 ? [] : own.sort((a, b) => far(a) - far(b) || a - b).slice(0, quota);
    for (const i of nearest) isShown[i] = 1;
    nShown += nearest.length;
  }
  // Of the rest, as many as there is room for, evenly spread.
  const room = most - nShown;
  const rest = n - nShown;
  for (let i = 0, seen = 0; i < n; i++) {
    if (isShown[i] === 1) continue;
    if (Math.floor(((seen + 1) * room) / rest) > Math.floor((seen * room) / rest)) isShown[i] = 2;
    seen += 1;
  }
  const shown = new Int32Array(most);
  for (let i = 0, at = 0; i < n; i++) if (isShown[i] !== 0) shown[at++] = i;
  return shown;
}
