import { open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { SNIFF_BYTES, sniffFormat } from '../decode/sniff-format.js';
import { type ErrorCode, messageOf, SoundkinError } from '../errors.js';
import type { OnProgress } from '../progress.js';
import { judgeName } from './sound-names.js';

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

/** Something in a folder that could not be looked at. The scan goes on without it. */
export interface ScanProblem {
  readonly path: string;
  readonly code: ErrorCode;
  readonly message: string;
}

export interface ScanResult {
  /** By path, in the order of UTF-16 code units, whatever the file system's order. */
  readonly tracks: Track[];
  /** The absolute folders that were given, each once. */
  readonly roots: string[];
  /** Files seen that are no sounds. */
  readonly skipped: number;
  readonly problems: ScanProblem[];
}

export interface ScanOptions {
  readonly onProgress?: OnProgress;
  /** Absolute folders not entered, such as the library's own. */
  readonly exclude?: readonly string[];
}

interface Place {
  readonly root: string;
  readonly path: string;
  /** Free of symbolic links. */
  readonly real: string;
}

const FILES_AT_ONCE = 32;
const FORMATS = 'WAV, AIFF, FLAC, MP3, Ogg Vorbis and Opus, and, with ffmpeg on the PATH, M4A, AAC, WMA, WavPack, APE, CAF and AU';

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function looksLikeSound(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    return sniffFormat(buffer.subarray(0, bytesRead)) !== undefined;
  } finally {
    await handle.close();
  }
}

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

/** The state of one scan. Every file and folder counts once, by its real path. */
class Scan {
  readonly tracks: Track[] = [];
  readonly problems: ScanProblem[] = [];
  skipped = 0;
  /** Symbolic links wait until all real folders are walked, so that what can be reached both ways keeps its real path. */
  links: Place[] = [];
  private readonly seen = new Set<string>();

  constructor(
    private readonly excluded: ReadonlySet<string>,
    /** Real paths of the files that were named: they are sounds, whatever their extension. */
    private readonly named: ReadonlySet<string>,
    private readonly onProgress: OnProgress | undefined,
  ) {}

  private problem(path: string, error: unknown): void {
    const message = `scan: expected to look at "${path}", but ${messageOf(error)}. Check its rights; the rest was scanned.`;
    this.problems.push({ path, code: 'SCAN_NOT_FOUND', message });
  }

  async addFile(place: Place): Promise<void> {
    if (this.seen.has(place.real)) return;
    this.seen.add(place.real);
    const absolutePath = join(place.root, place.path);
    try {
      const judged = this.named.has(place.real) ? 'sound' : judgeName(basename(place.path));
      const isSound = judged === 'sound' || (judged === 'unknown' && (await looksLikeSound(absolutePath)));
      if (!isSound) {
        this.skipped += 1;
        return;
      }
      const { size, mtimeMs } = await stat(absolutePath);
      const path = sep === '/' ? place.path : place.path.split(sep).join('/');
      this.tracks.push({ root: place.root, path, absolutePath, size, mtimeMs });
    } catch (error) {
      this.problem(absolutePath, error);
    }
  }

  /** Walks a folder and all below it, without recursion: folders nest as deep as they like. */
  async addFolder(top: Place): Promise<void> {
    const waiting = [top];
    for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
      const { root, path: folder, real: realFolder } = place;
      if (this.seen.has(realFolder) || this.excluded.has(realFolder)) continue;
      this.seen.add(realFolder);
      const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
        if (folder === '') throw new SoundkinError('SCAN_NOT_FOUND', `scan: expected to read the folder "${root}", but ${messageOf(error)}. Check its rights.`, { cause: error });
        this.problem(join(root, folder), error);
        return [];
      });
      const files: Place[] = [];
      for (const entry of entries.sort((a, b) => byCodeUnits(b.name, a.name))) {
        if (entry.name.startsWith('.')) continue;
        const inside = { root, path: join(folder, entry.name), real: join(realFolder, entry.name) };
        if (entry.isDirectory()) waiting.push(inside);
        else if (entry.isFile()) files.push(inside);
        else if (entry.isSymbolicLink()) this.links.push(inside);
        else this.skipped += 1; // a pipe, a socket, a device
      }
      for (let i = 0; i < files.length; i += FILES_AT_ONCE) {
        await Promise.all(files.slice(i, i + FILES_AT_ONCE).map((file) => this.addFile(file)));
      }
      this.onProgress?.({ stage: 'scan', done: this.tracks.length, item: join(root, folder) });
    }
  }

  /** Follows the links found so far, and those found behind them. */
  async followLinks(): Promise<void> {
    while (this.links.length > 0) {
      const links = this.links.sort((a, b) => byCodeUnits(a.path, b.path) || byCodeUnits(a.root, b.root));
      this.links = [];
      for (const { root, path } of links) {
        const absolutePath = join(root, path);
        try {
          const [facts, real] = await Promise.all([stat(absolutePath), realpath(absolutePath)]);
          if (facts.isDirectory()) await this.addFolder({ root, path, real });
          else if (facts.isFile()) await this.addFile({ root, path, real });
          else this.skipped += 1;
        } catch (error) {
          this.problem(absolutePath, error);
        }
      }
    }
  }
}

function nothingFound(inputs: readonly string[], skipped: number, problems: readonly ScanProblem[]): SoundkinError {
  const where = inputs.length === 0 ? 'no folder at all' : inputs.map((input) => `"${input}"`).join(', ');
  const others = skipped === 0 ? 'no files' : skipped === 1 ? '1 other file' : `${skipped} other files`;
  const unread = problems.length === 0 ? '' : ` ${problems.length} more could not be looked at.`;
  return new SoundkinError('SCAN_EMPTY', `scan: expected sounds in ${where}, got ${others}.${unread} Name a folder with sounds: ${FORMATS}.`);
}

/**
 * The sound files in folders and the files named, in a stable order.
 *
 * Hidden files and folders are passed over; links are followed, and everything counts once, by its real path. What the
 * name does not tell is told by a look at the first bytes. A file named in `inputs` is always taken.
 *
 * @param inputs folders and files, absolute or relative to the working folder.
 * @returns tracks, and what could not be looked at: one unreadable folder does not stop the scan.
 * @throws SCAN_NOT_FOUND when an input is not there or may not be read; SCAN_EMPTY when no sound is found at all.
 */
export async function scan(inputs: readonly string[], options: ScanOptions = {}): Promise<ScanResult> {
  const exclude = (options.exclude ?? []).map((folder) => realpath(folder).catch(() => resolve(folder)));
  const places = await Promise.all(inputs.map(locate));
  const named = new Set(places.filter(({ isFolder }) => !isFolder).map(({ real }) => real));
  const walk = new Scan(new Set(await Promise.all(exclude)), named, options.onProgress);
  for (const { path, real, isFolder } of places) {
    if (isFolder) await walk.addFolder({ root: path, path: '', real });
    else await walk.addFile({ root: dirname(path), path: basename(path), real });
  }
  await walk.followLinks();
  if (walk.tracks.length === 0) throw nothingFound(inputs, walk.skipped, walk.problems);
  return {
    tracks: walk.tracks.sort((a, b) => byCodeUnits(a.path, b.path) || byCodeUnits(a.root, b.root)),
    roots: [...new Set(places.filter(({ isFolder }) => isFolder).map(({ path }) => path))],
    skipped: walk.skipped,
    problems: walk.problems.sort((a, b) => byCodeUnits(a.path, b.path)),
  };
}
