import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { SoundkinError, messageOf } from '../errors.js';
import { FileAsker, isGone } from './file-asker.js';
import type { IgnoreRules } from './ignore-rules.js';
import { inParallel } from './in-parallel.js';
import { looksLikeSound } from './looks-like-sound.js';
import { type Entry, readFolder } from './read-folder.js';
import type { ScanOptions, Track } from './scan.js';
import { brokenLink, notText, refused, type ScanProblem } from './scan-problem.js';
import { judgeName } from './sound-names.js';

/** A folder to walk. */
export interface Folder {
  readonly root: string;
  /** Relative to the root, with forward slashes; '' for the root itself. */
  readonly path: string;
  readonly absolutePath: string;
  /** Free of symbolic links. */
  readonly real: string;
  /** In force in it. */
  readonly rules: IgnoreRules;
}

/** A file that may be a sound. */
export interface Candidate {
  readonly root: string;
  readonly path: string;
  readonly absolutePath: string;
  readonly real: string;
}

const IGNORE_FILE = '.soundkinignore';
/** Files looked into at once. */
const OPEN_AT_ONCE = 16;
/** Folders read before their turn: a disk, and a network far more, gives several as fast as one. */
const READ_AHEAD = 4;

const within = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);
/** Fast where it can be: this is asked for every file. */
const inside = (folder: string, name: string): string => (folder.endsWith(sep) ? folder + name : folder + sep + name);

/** The state of one scan. Every file and folder counts once, by its real path. */
export class Walk {
  readonly tracks: Track[] = [];
  readonly problems: ScanProblem[] = [];
  readonly counts = { skipped: 0, hidden: 0, ignored: 0, excluded: 0, vanished: 0 };
  /** Symbolic links wait until all real folders are walked, so that what can be reached both ways keeps its real path. */
  #links: { readonly folder: Folder; readonly name: string }[] = [];
  /** By real path; undefined where a folder could not be read. */
  readonly #walked = new Map<string, Folder | undefined>();
  /** Real paths of files that came by themselves: named, or through a link. */
  readonly #singles = new Set<string>();
  readonly #asker = new FileAsker();
  /** Folders being read before their turn. */
  readonly #ahead = new Map<Folder, Promise<Entry[]>>();

  constructor(
    /** Real paths of folders that are not entered. */
    private readonly closed: ReadonlySet<string>,
    /** Real paths of the files that were named: they are sounds, whatever their extension. */
    private readonly named: ReadonlySet<string>,
    private readonly options: Pick<ScanOptions, 'onProgress' | 'signal'>,
  ) {}

  /** Walks a folder and all below it, without recursion: folders nest as deep as they like. @throws INTERRUPTED */
  async addFolder(top: Folder): Promise<void> {
    const waiting = [top];
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
      if (this.#walked.has(folder.real) || this.closed.has(folder.real)) {
        this.#ahead.delete(folder);
        continue;
      }
      if (this.options.signal?.aborted === true) throw new SoundkinError('INTERRUPTED', 'scan: expected to see every folder, but was stopped before the end. Run the same again.');
      this.#walked.set(folder.real, undefined);
      for (const next of waiting.slice(-READ_AHEAD)) this.#readAhead(next);
      const entries = await this.#read(folder);
      if (entries === undefined) continue;
      const { files, folders } = await this.#sort(folder, entries);
      await this.#consider(files);
      waiting.push(...folders.reverse());
      this.options.onProgress?.({ stage: 'scan', done: this.tracks.length, item: folder.absolutePath });
    }
  }

  /** Takes a file that was named, or that a link leads to. */
  async addFile(file: Candidate): Promise<void> {
    if (this.#isKnown(file.real)) return;
    await this.#consider([file]);
    this.#singles.add(file.real);
  }

  /** Follows the links found so far, and those found behind them. */
  async followLinks(): Promise<void> {
    while (this.#links.length > 0) {
      const links = this.#links;
      this.#links = [];
      for (const { folder, name } of links) await this.#follow(folder, name);
    }
  }

  async #read(folder: Folder): Promise<Entry[] | undefined> {
    const { root, path, absolutePath } = folder;
    try {
      this.#readAhead(folder);
      return await this.#ahead.get(folder);
    } catch (error) {
      if (path === '') throw new SoundkinError('SCAN_NOT_FOUND', `scan: expected to read the folder "${root}", but ${messageOf(error)}. Check its rights.`, { cause: error });
      this.#failed(root, absolutePath, error);
      return undefined;
    } finally {
      this.#ahead.delete(folder);
    }
  }

  #readAhead(folder: Folder): void {
    if (this.#ahead.has(folder) || this.closed.has(folder.real)) return;
    const reading = readFolder(folder.absolutePath);
    reading.catch(() => undefined); // told when its turn comes
    this.#ahead.set(folder, reading);
  }

  /** What of a folder is to be looked at; the rest is counted. */
  async #sort(outer: Folder, entries: readonly Entry[]): Promise<{ files: Candidate[]; folders: Folder[] }> {
    const folder = entries.some(({ name }) => name === IGNORE_FILE) ? await this.#withOwnRules(outer) : outer;
    this.#walked.set(folder.real, folder);
    const { root, rules } = folder;
    const files: Candidate[] = [];
    const folders: Folder[] = [];
    for (const { name, kind, bytes } of entries) {
      if (name === IGNORE_FILE) continue;
      if (name.startsWith('.')) {
        this.counts.hidden += 1;
        continue;
      }
      if (kind === 'link' && bytes === undefined) {
        this.#links.push({ folder, name }); // what the rules say depends on what is behind it
        continue;
      }
      const place = { root, path: within(folder.path, name), absolutePath: inside(folder.absolutePath, name), real: inside(folder.real, name) };
      const verdict = rules.judge(place.path, kind === 'folder');
      if (verdict !== undefined) this.counts[verdict] += 1;
      else if (kind === 'other') this.counts.skipped += 1; // a pipe, a socket, a device
      else if (bytes !== undefined) await this.#unnamed(place, kind, Buffer.concat([Buffer.from(inside(folder.absolutePath, '')), bytes]));
      else if (kind === 'folder') folders.push({ ...place, rules });
      else files.push(place);
    }
    return { files, folders };
  }

  async #withOwnRules(folder: Folder): Promise<Folder> {
    const path = inside(folder.absolutePath, IGNORE_FILE);
    try {
      return { ...folder, rules: folder.rules.within(folder.path, await readFile(path, 'utf8')) };
    } catch (error) {
      this.#failed(folder.root, path, error);
      return folder;
    }
  }

  /** Something whose name is no text: a problem, unless it is clearly no sound. */
  async #unnamed({ root, absolutePath }: Candidate, kind: Entry['kind'], realName: Buffer): Promise<void> {
    try {
      const judged = kind === 'file' ? judgeName(basename(absolutePath)) : 'sound';
      const isSound = judged === 'sound' || (judged === 'unknown' && (await looksLikeSound(realName)));
      if (isSound) this.problems.push(notText(root, absolutePath));
      else this.counts.skipped += 1;
    } catch (error) {
      this.#failed(root, absolutePath, error);
    }
  }

  /** Makes tracks of the sounds among files. */
  async #consider(files: readonly Candidate[]): Promise<void> {
    const fresh = this.#singles.size === 0 ? files : files.filter(({ real }) => !this.#singles.has(real));
    const isSound = await inParallel(fresh, OPEN_AT_ONCE, (file) => this.#isSound(file));
    const sounds = fresh.filter((_, i) => isSound[i]);
    const facts = await this.#asker.ask(sounds.map(({ absolutePath }) => absolutePath));
    sounds.forEach(({ root, path, absolutePath }, i) => {
      const known = facts[i];
      if (known === undefined) this.counts.vanished += 1;
      else if (known instanceof Error) this.problems.push(refused(root, absolutePath, known));
      else this.tracks.push({ root, path, absolutePath, size: known.size, mtimeMs: known.mtimeMs });
    });
  }

  /** Whether a file is a sound, by its name, or by its first bytes where the name does not tell. */
  async #isSound({ root, absolutePath, real }: Candidate): Promise<boolean> {
    const judged = this.named.size > 0 && this.named.has(real) ? 'sound' : judgeName(basename(absolutePath));
    if (judged === 'sound') return true;
    try {
      if (judged === 'unknown' && (await looksLikeSound(absolutePath))) return true;
      this.counts.skipped += 1;
    } catch (error) {
      this.#failed(root, absolutePath, error);
    }
    return false;
  }

  /** Whether a file was met where it really lies. */
  #isKnown(real: string): boolean {
    if (this.#singles.has(real)) return true;
    const folder = this.#walked.get(dirname(real));
    const name = basename(real);
    return folder !== undefined && !name.startsWith('.') && folder.rules.judge(within(folder.path, name), false) === undefined;
  }

  async #follow(folder: Folder, name: string): Promise<void> {
    const { root, rules } = folder;
    const absolutePath = inside(folder.absolutePath, name);
    const path = within(folder.path, name);
    try {
      const facts = await stat(absolutePath);
      const verdict = rules.judge(path, facts.isDirectory());
      if (verdict !== undefined) {
        this.counts[verdict] += 1;
        return;
      }
      const place = { root, path, absolutePath, real: await realpath(absolutePath) };
      if (facts.isDirectory()) await this.addFolder({ ...place, rules });
      else if (facts.isFile()) await this.addFile(place);
      else this.counts.skipped += 1;
    } catch (error) {
      if (error instanceof SoundkinError) throw error;
      const verdict = rules.judge(path, false);
      if (verdict !== undefined) this.counts[verdict] += 1;
      else if (judgeName(name) === 'other') this.counts.skipped += 1;
      else if (isGone(error) && (await isThere(absolutePath))) this.problems.push(brokenLink(root, absolutePath));
      else this.#failed(root, absolutePath, error);
    }
  }

  /** What is gone since its folder was read is no problem; whatever else the system refuses is one. */
  #failed(root: string, path: string, error: unknown): void {
    if (isGone(error)) this.counts.vanished += 1;
    else this.problems.push(refused(root, path, error));
  }
}

/** Whether a link itself is there. */
function isThere(path: string): Promise<boolean> {
  return lstat(path).then(() => true, () => false);
}

/** The place of a file that was named. */
export function namedFile(path: string, real: string): Candidate {
  return { root: dirname(path), path: basename(path), absolutePath: join(path), real };
}
