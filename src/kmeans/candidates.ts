/** Candidates that each next centroid of k-means++ is chosen from. @see scikit-learn `_kmeans_plusplus`, n_local_trials */
export function nTrialsOf(nClusters: number): number {
  return 2 + Math.floor(Math.log(nClusters));
}
