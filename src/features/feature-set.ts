import type { AnalysisSettings } from '../config/analysis.js';

/** Bumped whenever the value of any feature changes: rows of different versions are never compared. */
export const FEATURE_SET_VERSION = 1;

/** How a feature's frames become one number a column. Weighted ones weigh each frame by its share of the track's energy, rms^2 / sum rms^2. */
export type Statistic = 'mean' | 'std' | 'weightedMean' | 'weightedStd';

/** Neighbouring columns of a row that belong together: one feature under one statistic. */
export interface Block {
  readonly feature: string;
  readonly statistic: Statistic;
  readonly start: number;
  readonly width: number;
}

/** An ordered set of columns that sounds are compared by. */
export interface FeatureLayout {
  readonly blocks: readonly Block[];
  readonly width: number;
}

/** A feature and its columns in every frame. */
type FrameColumns = readonly (readonly [feature: string, width: number])[];

/** Spectral contrast's octave bands with librosa's defaults. */
const CONTRAST_BANDS = 7;

/** The classic recipe's features, in its order. */
function seedFrameColumns({ nChroma, nMels, nMfcc }: AnalysisSettings): FrameColumns {
  return [
    ['bandwidth', 1],
    ['rms', 1],
    ['flatness', 1],
    ['zeroCrossingRate', 1],
    ['chroma', nChroma],
    ['mel', nMels],
    ['mfcc', nMfcc],
    ['contrast', CONTRAST_BANDS],
  ];
}

/** The default recipe's features: levels as logarithms, no raw mel bands, and how the MFCC move. */
function kinFrameColumns({ nChroma, nMfcc }: AnalysisSettings): FrameColumns {
  return [
    ['bandwidth', 1],
    ['logRms', 1],
    ['logFlatness', 1],
    ['zeroCrossingRate', 1],
    ['chroma', nChroma],
    ['mfcc', nMfcc],
    ['contrast', CONTRAST_BANDS],
    ['mfccDelta', nMfcc],
  ];
}

function layout(columns: FrameColumns, statistics: readonly Statistic[]): FeatureLayout {
  const blocks: Block[] = [];
  let start = 0;
  for (const statistic of statistics) {
    for (const [feature, width] of columns) {
      blocks.push({ feature, statistic, start, width });
      start += width;
    }
  }
  return { blocks, width: start };
}

/** Names of the feature layouts that an extraction measures, all in the same pass. */
export const FEATURE_LAYOUTS = ['kin', 'seed'] as const;
export type FeatureLayoutName = (typeof FEATURE_LAYOUTS)[number];

/** The columns of a layout: 252 for 'kin' and 171 for 'seed' with librosa's defaults. */
export function featureLayout(name: FeatureLayoutName, settings: AnalysisSettings): FeatureLayout {
  return name === 'seed'
    ? layout(seedFrameColumns(settings), ['mean'])
    : layout(kinFrameColumns(settings), ['mean', 'std', 'weightedMean', 'weightedStd']);
}

/** A name for each column, as 'mfcc3_std': the feature, its index within the feature where it has several, and the statistic. */
export function columnNames({ blocks }: FeatureLayout): string[] {
  return blocks.flatMap(({ feature, statistic, width }) =>
    Array.from({ length: width }, (_, i) => `${feature}${width === 1 ? '' : i}_${statistic}`),
  );
}
