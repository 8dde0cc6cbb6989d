/** 1: some files failed. 2: the user can mend it. 3: our fault. 130: stopped by Ctrl-C. */
export type ExitStatus = 1 | 2 | 3 | 130;

/**
 * Every error code Soundkin can give: the exit status a command ends with when the error stops it, and what it means.
 * Status 2 is for what the user can mend, 3 for a fault of ours. Codes of single files never stop a command: they are
 * kept in the file's row, and the command ends with 1.
 */
export const ERROR_CODES = {
  DSP_SHAPE: { exit: 3, meaning: 'a tensor has a shape that an operation cannot take' },
  DSP_RANGE: { exit: 2, meaning: 'a signal-processing setting is outside its range' },
  KMEANS_SHAPE: { exit: 3, meaning: 'points, centroids or labels do not fit together' },
  KMEANS_RANGE: { exit: 2, meaning: 'a clustering setting is outside its range' },
  KMEANS_NOT_FINITE: { exit: 3, meaning: 'a point has a value that is not a finite number' },
  EVALUATE_SHAPE: { exit: 3, meaning: 'two labellings, or points and labels, differ in length' },
  EVALUATE_RANGE: { exit: 2, meaning: 'a score is not defined for so few or so many clusters' },
  CONFIG_RANGE: { exit: 2, meaning: 'a setting is outside its range' },
  SCAN_NOT_FOUND: { exit: 2, meaning: 'a path given is not there, or may not be read' },
  SCAN_EMPTY: { exit: 2, meaning: 'no sound was found in the paths given' },
  SCAN_NAME: { exit: 1, meaning: 'the name of a file or folder is not UTF-8, so it cannot be opened' },
  DECODE_READ: { exit: 1, meaning: 'the file could not be read from the disk' },
  DECODE_NOT_AUDIO: { exit: 1, meaning: 'the content is no audio format that we know' },
  DECODE_UNSUPPORTED: { exit: 1, meaning: 'the format is known, but nothing here decodes it' },
  DECODE_EMPTY: { exit: 1, meaning: 'the file holds no samples' },
  DECODE_FAILED: { exit: 1, meaning: 'the decoder gave up on the content' },
  DECODE_TRUNCATED: { exit: 1, meaning: 'the file ends early; what is there was used' },
  DECODE_CRASHED: { exit: 1, meaning: 'the file brought down the thread that worked on it, twice' },
  DECODE_TIMEOUT: { exit: 1, meaning: 'the decoder made no progress with the file, and was ended' },
  MEMORY_EXCEEDED: { exit: 1, meaning: 'the sound does not fit into memory' },
  FEATURES_NOT_FINITE: { exit: 1, meaning: 'a measured feature is not a finite number' },
  LIBRARY_NOT_FOUND: { exit: 2, meaning: 'there is no library in the folder given' },
  LIBRARY_FORMAT: { exit: 2, meaning: 'the folder holds something else, or a library of another version' },
  LIBRARY_MIXED: { exit: 2, meaning: 'rows of different feature versions or settings meet in one library' },
  LIBRARY_EMPTY: { exit: 2, meaning: 'the library holds no measured sound' },
  LIBRARY_WRITE: { exit: 2, meaning: 'the library could not be written (rights, or a full disk)' },
  LIBRARY_LOCKED: { exit: 2, meaning: 'another run is measuring into the library' },
  LABELS_NOT_FOUND: { exit: 2, meaning: 'the labels file is not there' },
  LABELS_FORMAT: { exit: 2, meaning: 'the labels file is not a CSV of path,label' },
  LABELS_NO_MATCH: { exit: 2, meaning: 'no label belongs to a sound of the library' },
  CLUSTER_TOO_FEW: { exit: 2, meaning: 'more clusters were asked for than there are sounds' },
  CLUSTERING_NOT_FOUND: { exit: 2, meaning: 'the library holds no clustering of that name' },
  CLUSTER_UNKNOWN: { exit: 2, meaning: 'the clustering has no such cluster, or the library no such file' },
  DEVICE_UNAVAILABLE: { exit: 2, meaning: 'the backend asked for does not open here' },
  DEVICE_WRONG_NUMBERS: { exit: 2, meaning: 'the backend opens, but a known signal gives wrong numbers' },
  DEVICE_FAILED: { exit: 2, meaning: 'the backend failed in the middle of the work, and no other could do it' },
  EXPORT_FORMAT: { exit: 2, meaning: 'the export format or its target cannot be used' },
  PLAY_NO_PLAYER: { exit: 2, meaning: 'no program that plays sound was found' },
  PLAY_FAILED: { exit: 2, meaning: 'the player ended with an error' },
  BENCH_COMPARE: { exit: 2, meaning: 'the figures to compare with cannot be read, or are of another workload' },
  QUEUE_UNAVAILABLE: { exit: 2, meaning: 'the queue is not to be had: its packages are missing, or Redis does not answer' },
  WORKER_DIED: { exit: 1, meaning: 'every worker that took the file died of it' },
  INTERRUPTED: { exit: 130, meaning: 'the run was stopped by Ctrl-C; what it had measured is kept' },
  USAGE: { exit: 2, meaning: 'the command line cannot be understood' },
  INTERNAL: { exit: 3, meaning: 'a fault of Soundkin' },
} as const satisfies Record<string, { exit: ExitStatus; meaning: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** What an error can carry beside its message. */
export interface ErrorContext {
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
  /** True where the same call may succeed later (a busy disk, a lost device). */
  readonly retryable?: boolean;
}

/**
 * The one error class. Messages read `<room>: expected …, got …. <what to do>`, so that they can be shown as they are.
 */
export class SoundkinError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.name = 'SoundkinError';
    this.code = code;
    this.details = context.details ?? {};
    this.retryable = context.retryable ?? false;
  }
}

/** The exit status that an error ends a command with: its code's, or 3 for anything unforeseen. */
export function exitStatus(error: unknown): ExitStatus {
  return error instanceof SoundkinError ? ERROR_CODES[error.code].exit : 3;
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
