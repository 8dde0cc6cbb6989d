/**
 * True when two labellings are one up to the names of their clusters, judged as scikit-learn's `_is_same_clustering`
 * does: every cluster of the first lies within one cluster of the second.
 */
export function isSameClustering(labels: Int32Array, others: Int32Array, nClusters: number): boolean {
  const names = new Int32Array(nClusters).fill(-1);
  for (let i = 0; i < labels.length; i++) {
    const name = names[labels[i]!]!;
    if (name === -1) names[labels[i]!] = others[i]!;
    else if (name !== others[i]) return false;
  }
  return true;
}
