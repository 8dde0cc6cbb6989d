/**
 * Soundkin as a library: what each command does, as one function that returns data and prints nothing; and the rooms below it.
 *
 * Importing is cheap: a backend, a decoder or the database is loaded when it is first used. The maths alone is in `soundkin/tensor-dsp` and
 * `soundkin/kmeans`.
 */
export { bench, type BenchOptions, type BenchOutcome } from './commands/bench.js';
export type { BenchRow } from './commands/bench-rows.js';
export { cluster, type ClusterOptions, type ClusterOutcome } from './commands/cluster.js';
export type { ClusterSummary, LabelCount } from './commands/cluster-summary.js';
export { doctor, type DoctorOutcome } from './commands/doctor.js';
export { errors, FILE_CODES, type CodeCount, type ErrorsOptions, type ErrorsOutcome, type FailedFile } from './commands/errors.js';
export { evaluate, type EvaluateOptions, type EvaluateOutcome, type LabelScores } from './commands/evaluate.js';
export { EXPORT_FORMATS, exportClustering, type ExportFormat, type ExportOptions, type ExportOutcome } from './commands/export.js';
export { extract, type ExtractOptions, type ExtractOutcome, type FileCounts, type FileProblem } from './commands/extract.js';
export { merge, type MergeOptions, type MergeOutcome } from './commands/merge.js';
export type { WorkerShare } from './commands/offer-tracks.js';
export { play, type PlayOptions, type PlayOutcome } from './commands/play.js';
export { report, type ReportOptions, type ReportOutcome } from './commands/report.js';
export { inShard, shardOf, type Shard } from './commands/shard.js';
export { show, type ShowOptions, type ShowOutcome, type ShownFile } from './commands/show.js';
export { sweep, type SweepOptions, type SweepOutcome } from './commands/sweep.js';
export { worker, type WorkerOptions, type WorkerOutcome } from './commands/worker.js';

export { createAnalysisSettings, DEFAULT_ANALYSIS, type AnalysisSettings } from './config/analysis.js';
export { decodeFile, decodersHere, encodeWav, type AudioFormat, type DecodedAudio, type DecoderHere, type DecodeWarning } from './decode/index.js';
export { BACKENDS, type BackendName, type Device } from './device/device.js';
export { keepDevice, type DeviceChange, type DeviceKeeper } from './device/device-keeper.js';
export { openDevice, probeDevices, type OpenOptions, type Refusal } from './device/open-device.js';
export { withDevice } from './device/with-device.js';
export { ERROR_CODES, SoundkinError, type ErrorCode, type ErrorContext, type ExitStatus } from './errors.js';
export { columnNames, createBatcher, FEATURE_LAYOUTS, FEATURE_SET_VERSION, featureLayout, type Batcher, type FeatureLayout, type FeatureLayoutName, type Measured } from './features/index.js';
export { openLibrary, type Clustering, type ClusterMember, type Library, type LibraryFormat, type LibraryProblem, type OpenLibraryOptions, type Sweep, type TrackRow, type TrackSummary } from './library/index.js';
export type { OnProgress, ProgressEvent } from './progress.js';
export { scan, type PassedOver, type ScanOptions, type ScanProblem, type ScanResult, type Track } from './scan/index.js';
export { VERSION } from './version.js';
