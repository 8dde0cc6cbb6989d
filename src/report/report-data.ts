/** One sound of the report. */
export interface ReportSound {
  /** Relative, with forward slashes: what people read. */
  path: string;
  /** Where the original is: a file:// URL, or one relative to the report. Anything else is not played. */
  url: string;
  cluster: number;
  /** From the cluster's centre, in the scaled feature space: the smaller, the more typical. */
  distance: number;
  /** -1 to 1; NaN where it is not defined. */
  silhouette: number;
  /** Place in the picture, in any unit. */
  x: number;
  y: number;
  durationSeconds: number;
  /** `wav`, `flac`, `mp3`, `ogg`, `opus`, `aiff`, … */
  format: string;
  label: string | null;
  /** Base64 of a preview's sound, as `codec/sound-encoder.ts` writes it. */
  preview: string | null;
  /** Base64 of 64 to 96 bytes, one peak height each. */
  peaks: string | null;
}

/** Everything the report shows. */
export interface ReportData {
  title: string;
  /** ISO 8601. */
  createdAt: string;
  soundkinVersion: string;
  recipe: string;
  k: number;
  seed: number;
  inertia: number;
  scores: {
    silhouette?: number;
    /** The silhouette's standard error, where it is that of a sample. */
    silhouetteError?: number;
    homogeneity?: number;
    completeness?: number;
    vMeasure?: number;
    adjustedRand?: number;
    adjustedMutualInfo?: number;
  };
  warnings: string[];
  clusters: { id: number; size: number; silhouette: number; topLabels: { label: string; count: number }[] }[];
  /** All of them, or the part that a page can show: `totals` counts them all. */
  sounds: ReportSound[];
  failed: { path: string; code: string; message: string }[];
  sweep: { rows: { k: number; inertia: number; silhouette: number }[]; suggestedK: number; reason: string; sampled?: number } | null;
  totals: { sounds: number; failed: number; audioSeconds: number };
}
