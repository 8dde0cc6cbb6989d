import { PREVIEW_SECONDS } from './preview.js';

/** Bytes that one preview takes in the page at most: 56 kbit/s and what the codec lets an attack take at once, in base64, with its outline. */
export function previewBytes(durationSeconds: number, maxSeconds: number = PREVIEW_SECONDS): number {
  const seconds = Math.min(Math.max(durationSeconds, 0), maxSeconds);
  return Math.ceil((7000 * seconds + 4000) * (4 / 3)) + 140;
}

/**
 * Which sounds get a preview inside the page, within a budget.
 *
 * Every cluster's most typical sound first, then every cluster's second, and so on; the first that does not fit ends
 * the plan, so no cluster is favoured for having shorter sounds.
 *
 * @param sounds      one entry a sound; `distance` from the cluster's centre.
 * @param budgetBytes in the page, base64 and all.
 * @returns           indices into `sounds`, in the order of choice.
 */
export function planPreviews(
  sounds: readonly { cluster: number; distance: number; durationSeconds: number }[],
  budgetBytes: number,
): number[] {
  const byCluster = new Map<number, number[]>();
  sounds.forEach(({ cluster }, index) => {
    const members = byCluster.get(cluster);
    if (members) members.push(index);
    else byCluster.set(cluster, [index]);
  });
  const clusters = [...byCluster].sort(([a], [b]) => a - b).map(([, members]) => members);
  const distance = (index: number): number => {
    const value = sounds[index]?.distance ?? Infinity;
    return Number.isNaN(value) ? Infinity : value;
  };
  for (const members of clusters) {
    members.sort((a, b) => (distance(a) === distance(b) ? a - b : distance(a) - distance(b)));
  }

  const chosen: number[] = [];
  let left = budgetBytes;
  for (let rank = 0; chosen.length < sounds.length; rank++) {
    for (const members of clusters) {
      const index = members[rank];
      if (index === undefined) continue;
      const seconds = sounds[index]?.durationSeconds ?? 0;
      left -= previewBytes(Number.isFinite(seconds) ? seconds : Infinity);
      if (left < 0) return chosen;
      chosen.push(index);
    }
  }
  return chosen;
}
