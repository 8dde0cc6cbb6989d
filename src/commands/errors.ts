import { ERROR_CODES, type ErrorCode, SoundkinError } from '../errors.js';
import { openLibrary } from '../library/index.js';

export interface ErrorsOptions {
  readonly library: string;
  /** Only files with one of these codes. */
  readonly codes?: readonly string[];
}

/** A file of the library that something is wrong with. */
export interface FailedFile {
  readonly root: string;
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly code: ErrorCode;
  readonly message: string;
  /** True where the file is damaged, but what there is of it was measured. */
  readonly measured: boolean;
  /** Bytes. */
  readonly size: number;
}

export interface CodeCount {
  readonly code: ErrorCode;
  readonly meaning: string;
  /** Files that have no features. */
  readonly failed: number;
  /** Files that have features, but are damaged. */
  readonly damaged: number;
}

export interface ErrorsOutcome {
  readonly library: string;
  /** Files that failed, in all. */
  readonly failed: number;
  /** Files that are damaged, in all. */
  readonly damaged: number;
  /** The most frequent first. */
  readonly codes: readonly CodeCount[];
  /** By root, then path. */
  readonly files: readonly FailedFile[];
}

/** The codes that a file can have. */
export const FILE_CODES: readonly ErrorCode[] = (Object.keys(ERROR_CODES) as ErrorCode[]).filter((code) => ERROR_CODES[code].exit === 1);

/**
 * Lists the files of a library that failed or are damaged, and why. Nothing is measured, and no file is looked at.
 *
 * @throws LIBRARY_NOT_FOUND; LIBRARY_FORMAT; USAGE when a code is none that a file can have.
 */
export async function errors({ library: dir, codes }: ErrorsOptions): Promise<ErrorsOutcome> {
  const wanted = codes === undefined || codes.length === 0 ? undefined : new Set(codes.map(fileCode));
  const library = await openLibrary(dir, { readOnly: true });
  try {
    const files = (await library.tracks()).flatMap(({ root, path, code, message, measured, size }): FailedFile[] =>
      code === null || (wanted !== undefined && !wanted.has(code as ErrorCode)) ? [] : [{ root, path, code: code as ErrorCode, message: message ?? '', measured, size }],
    );
    const damaged = files.filter(({ measured }) => measured).length;
    return { library: library.dir, failed: files.length - damaged, damaged, codes: countCodes(files), files };
  } finally {
    await library.close();
  }
}

function fileCode(text: string): ErrorCode {
  const code = FILE_CODES.find((known) => known === text.trim().toUpperCase());
  if (code === undefined) throw new SoundkinError('USAGE', `errors: expected a code that files can have (${FILE_CODES.join(', ')}), got "${text}". Give one of these.`);
  return code;
}

function countCodes(files: readonly FailedFile[]): CodeCount[] {
  const counts = new Map<ErrorCode, { failed: number; damaged: number }>();
  for (const { code, measured } of files) {
    const count = counts.get(code) ?? { failed: 0, damaged: 0 };
    count[measured ? 'damaged' : 'failed'] += 1;
    counts.set(code, count);
  }
  return [...counts]
    .map(([code, count]) => ({ code, meaning: (ERROR_CODES as Partial<typeof ERROR_CODES>)[code]?.meaning ?? '', ...count })) // a newer version's code has no meaning here
    .sort((a, b) => b.failed + b.damaged - a.failed - a.damaged || (a.code < b.code ? -1 : 1));
}
