export type { CarriedRow, TrackPlace } from './carry-rows.js';
export { checkName as checkClusteringName } from './clustering-files.js';
export type { ClusterMember, Clustering, Sweep } from './clustering.js';
export type { LibraryFormat } from './library-format.js';
export { openLibrary, type Library, type OpenLibraryOptions } from './library.js';
export { mergeRows, type MergedRows, type MergeRowsOptions } from './merge-rows.js';
export type { LibraryProblem } from './newest-rows.js';
export type { TrackRow, TrackSummary } from './track-row.js';
export { lockForRun, type RunLock } from './run-lock.js';
