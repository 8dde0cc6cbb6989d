/** What a long job tells while it runs. The library never prints: whoever calls it decides what to show. */
export interface ProgressEvent {
  readonly stage: 'scan' | 'identify' | 'decode' | 'features' | 'kmeans' | 'sweep' | 'silhouette' | 'layout' | 'previews' | 'write';
  /** Units done so far, of `total` where that is known. */
  readonly done: number;
  readonly total?: number;
  /** Seconds of sound done so far, where the stage works on sound. */
  readonly audioSeconds?: number;
  /** The item just finished, for people to read. */
  readonly item?: string;
}

export type OnProgress = (event: ProgressEvent) => void;
