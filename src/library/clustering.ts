/** One sound in a clustering. */
export interface ClusterMember {
  readonly root: string;
  readonly path: string;
  readonly cluster: number;
  /** To its centroid. */
  readonly distance: number;
  /** -1 to 1; NaN where it was not computed. */
  readonly silhouette: number;
  /** Place in the picture; NaN for sounds that no picture shows, there being too many. */
  readonly x: number;
  readonly y: number;
  /** The label known beforehand, if any. */
  readonly label: string | null;
}

/** A clustering as it is kept. Numbers that are not finite are kept as null and come back as NaN. */
export interface Clustering {
  readonly name: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly recipe: string;
  readonly k: number;
  readonly seed: number;
  /** Anything that JSON can hold. */
  readonly settings: Record<string, unknown>;
  readonly scores: Record<string, number>;
  readonly inertia: number;
  readonly nIter: number;
  /** Sounds in each cluster. */
  readonly sizes: number[];
  readonly warnings: string[];
  readonly scaler: { readonly kind: string; readonly offset: number[]; readonly scale: number[] } | null;
  /** [k, width], row-major. */
  readonly centroids: Float32Array;
  readonly width: number;
  readonly members: ClusterMember[];
}

/** What was found over a range of k. */
export interface Sweep {
  readonly recipe: string;
  readonly rows: { readonly k: number; readonly inertia: number; readonly silhouette: number; /** Its standard error, where it is that of a sample. */ readonly silhouetteError?: number; readonly sizes: number[] }[];
  readonly suggestedK: number;
  readonly reason: string;
  /** Sounds that were clustered, where it was a sample of all. */
  readonly sampled?: number;
}
