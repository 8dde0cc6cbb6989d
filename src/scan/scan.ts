import { realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { messageOf, SoundkinError } from '../errors.js';
import type { OnProgress } from '../progress.js';
import { IgnoreRules } from './ignore-rules.js';
import type { ScanProblem } from './scan-problem.js';
import { namedFile, Walk } from './walk.js';

/** One sound file, found but not yet opened. */
export interface Track {
  /** The absolute folder that was given; of a single file, the folder it lies in. */
  readonly root: string;
  /** Relative to the root, with forward slashes on every system. */
  readonly path: string;
  readonly absolutePath: string;
  /** Bytes. */
  readonly size: number;
  /** Last change, milliseconds since 1970. */
  readonly mtimeMs: number;
}

/** What was met and is no track. A folder that is passed over counts as one; nobody looked into it. */
export interface PassedOver {
  /** Files that are no sounds: playlists, pictures, videos, texts, pipes. */
  readonly skipped: number;
  /** Files and folders whose name begins with a dot. */
  readonly hidden: number;
  /** Files and folders that a `.soundkinignore` names. */
  readonly ignored: number;
  /** Files and folders that a pattern given with the scan names. */
  readonly excluded: number;
  /** Files and folders that went away while the scan was on. */
  readonly vanished: number;
}

export interface ScanResult extends PassedOver {
  /** By path, in the order of UTF-16 code units, whatever the file system's order. */
  readonly tracks: Track[];
  /** The absolute folders that were given, each once. */
  readonly roots: string[];
  /** What could not be looked at, by path. */
  readonly problems: ScanProblem[];
}

export interface ScanOptions {
  readonly onProgress?: OnProgress;
  /** Absolute folders not entered, such as the library's own. */
  readonly exclude?: readonly string[];
  /** What to pass over, in gitignore's syntax, relative to each folder given; stronger than any `.soundkinignore`. */
  readonly excludePatterns?: readonly string[];
  /** Ends the scan early. */
  readonly signal?: AbortSignal | undefined;
}

const FORMATS = 'WAV, AIFF, FLAC, MP3, Ogg Vorbis and Opus, and, with ffmpeg on the PATH, M4A, AAC, WMA, WavPack, APE, CAF and AU';

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function locate(input: string): Promise<{ path: string; real: string; isFolder: boolean }> {
  const path = resolve(input);
  try {
    const [facts, real] = await Promise.all([stat(path), realpath(path)]);
    return { path, real, isFolder: facts.isDirectory() };
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = missing ? 'nothing is there' : messageOf(error);
    throw new SoundkinError('SCAN_NOT_FOUND', `scan: expected a folder or a file at "${input}", but ${reason}. Check the spelling and the rights.`, { cause: error });
  }
}

function nothingFound(inputs: readonly string[], { counts, problems }: Walk): SoundkinError {
  const where = inputs.length === 0 ? 'no folder at all' : inputs.map((input) => `"${input}"`).join(', ');
  const met = [
    counts.skipped > 0 && (counts.skipped === 1 ? '1 other file' : `${counts.skipped} other files`),
    counts.hidden > 0 && `${counts.hidden} hidden`,
    counts.ignored > 0 && `${counts.ignored} ignored by .soundkinignore`,
    counts.excluded > 0 && `${counts.excluded} excluded`,
  ].filter((part) => part !== false);
  const unread = problems.length === 0 ? '' : ` ${problems.length} more could not be looked at.`;
  return new SoundkinError('SCAN_EMPTY', `scan: expected sounds in ${where}, got ${met.join(', ') || 'no files'}.${unread} Name a folder with sounds: ${FORMATS}.`, { details: { problems } });
}

/**
 * The sound files in folders and the files named, in a stable order.
 *
 * Hidden files and folders are passed over, and what `.soundkinignore` files (gitignore's syntax, in any folder, for all below it) and
 * `excludePatterns` name; links are followed, and everything counts once, by its real path. What the name does not tell is told by a look at the
 * first bytes. A file named in `inputs` is always taken, unless a pattern excludes it.
 *
 * @param inputs folders and files, absolute or relative to the working folder.
 * @returns tracks, and what could not be looked at: one unreadable folder does not stop the scan.
 * @throws SCAN_NOT_FOUND when an input is not there or may not be read; SCAN_EMPTY when no sound is found at all; INTERRUPTED at the signal.
 */
export async function scan(inputs: readonly string[], options: ScanOptions = {}): Promise<ScanResult> {
  const closed = (options.exclude ?? []).map((folder) => realpath(folder).catch(() => resolve(folder)));
  const places = await Promise.all(inputs.map(locate));
  const named = new Set(places.filter(({ isFolder }) => !isFolder).map(({ real }) => real));
  const walk = new Walk(new Set(await Promise.all(closed)), named, options);
  for (const { path, real, isFolder } of places) {
    const root = isFolder ? path : dirname(path);
    const rules = IgnoreRules.at(root, options.excludePatterns ?? []);
    const file = namedFile(path, real);
    if (isFolder) await walk.addFolder({ root, path: '', absolutePath: path, real, rules });
    else if (rules.judge(file.path, false) === undefined) await walk.addFile(file);
    else walk.counts.excluded += 1;
  }
  await walk.followLinks();
  if (walk.tracks.length === 0) throw nothingFound(inputs, walk);
  return {
    tracks: walk.tracks.sort((a, b) => byCodeUnits(a.path, b.path) || byCodeUnits(a.root, b.root)),
    roots: [...new Set(places.filter(({ isFolder }) => isFolder).map(({ path }) => path))],
    ...walk.counts,
    problems: walk.problems.sort((a, b) => byCodeUnits(a.path, b.path)),
  };
}
