import { link, open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { SoundkinError } from '../errors.js';
import { isMissing, isRunning, temporaryName, writeFailure } from './write-whole.js';

/** A run that has a library to itself, or its part of the files. */
export interface RunLock {
  /** Lets others in. */
  release(): Promise<void>;
}

/** Who holds a lock, for those who find it. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
  readonly command: string;
}

export interface RunLockOptions {
  /** Which part of the files the run measures, such as '1-of-3'; parts may run at once, the whole only alone. Default: the whole. */
  readonly part?: string;
  /** How the run was started, for whoever finds it. */
  readonly command: string;
  /** Milliseconds between signs of life. Default 5 s. */
  readonly beatMs?: number;
}

const PREFIX = 'run-';
const SUFFIX = '.lock';
const WHOLE = 'whole';
const BEAT_MS = 5000;
/** A run without a sign of life for so many beats is dead, whatever its process id says: ids are given again. */
const MISSED_BEATS = 12;
/** Taking a dead run's lock away takes no longer than this; a process killed within it leaves its claim behind. */
const BREAKING_MS = 10_000;

interface Found {
  readonly path: string;
  readonly text: string;
  readonly mtimeMs: number;
}

function holderOf(text: string): Partial<Holder> {
  try {
    return (JSON.parse(text) ?? {}) as Partial<Holder>;
  } catch {
    return {}; // damaged: its age decides
  }
}

/** @param nowMs by the clock of the disk, which may be another machine's. */
function isDead({ text, mtimeMs }: Found, nowMs: number, beatMs: number): boolean {
  const { pid, host } = holderOf(text);
  if (host === hostname() && typeof pid === 'number' && !isRunning(pid)) return true;
  return nowMs - mtimeMs > MISSED_BEATS * beatMs;
}

function lockedBy(dir: string, { text }: Found): SoundkinError {
  const { pid, host, since, command } = holderOf(text);
  const where = host === hostname() ? '' : ` on ${host ?? 'another machine'}`;
  return new SoundkinError(
    'LIBRARY_LOCKED',
    `library: expected no other run in ${dir}, got \`${command ?? 'soundkin'}\` (process ${pid ?? '?'}${where}, since ${since ?? '?'}). Wait until it ends, stop it, or name another folder with --library.`,
    { details: { pid, host, since, command }, retryable: true },
  );
}

async function readLock(path: string): Promise<Found | null> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return { path, text, mtimeMs };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/**
 * Takes a dead run's lock away. Only who holds a second file may do so: otherwise one process could take away what
 * another has just put in the dead one's place.
 */
async function remove(dead: Found, temporary: string): Promise<void> {
  const breaking = `${dead.path}.breaking`;
  if (!(await claim(temporary, breaking))) {
    const other = await readLock(breaking);
    if (other !== null && Date.now() - other.mtimeMs > BREAKING_MS) await rm(breaking, { force: true });
    await setTimeout(10);
    return;
  }
  try {
    if ((await readLock(dead.path))?.text === dead.text) await rm(dead.path, { force: true });
  } finally {
    await rm(breaking, { force: true });
  }
}

/** The lock files of other runs that cannot go on beside this one. */
async function rivals(dir: string, own: string): Promise<Found[]> {
  const names = (await readdir(dir)).filter((name) => name.startsWith(PREFIX) && name.endsWith(SUFFIX) && name !== own);
  const whole = `${PREFIX}${WHOLE}${SUFFIX}`;
  const found = await Promise.all(names.filter((name) => own === whole || name === whole).map((name) => readLock(join(dir, name))));
  return found.filter((lock) => lock !== null);
}

/** Puts a complete file under a name that must be free. */
async function claim(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EMLINK') throw error;
  }
  // A file system without hard links.
  try {
    await writeFile(path, await readFile(temporary), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Claims a library for a run that scans and measures into it. A run that was killed holds nothing: its process is gone, or gives no sign of life for a minute.
 *
 * Rows may be written without the lock: it keeps two runs from doing the same work twice, not the files whole.
 *
 * @param dir the library's folder, which exists.
 * @throws LIBRARY_LOCKED naming the other run; LIBRARY_WRITE when the disk refuses.
 */
export async function lockForRun(dir: string, { part = WHOLE, command, beatMs = BEAT_MS }: RunLockOptions): Promise<RunLock> {
  const name = `${PREFIX}${part}${SUFFIX}`;
  const path = join(dir, name);
  const temporary = join(dir, temporaryName());
  const text = JSON.stringify({ pid: process.pid, host: hostname(), since: new Date().toISOString(), command } satisfies Holder);
  try {
    await writeFile(temporary, text);
    const { mtimeMs: nowMs } = await stat(temporary);
    const release = async (): Promise<void> => {
      clearInterval(beat);
      const found = await readLock(path).catch(() => null);
      if (found?.text === text) await rm(path, { force: true }).catch(() => undefined);
    };
    while (!(await claim(temporary, path))) {
      const other = await readLock(path);
      if (other === null) continue;
      if (!isDead(other, nowMs, beatMs)) throw lockedBy(dir, other);
      await remove(other, temporary);
    }
    const beat = setInterval(() => void beatOnce(path), beatMs).unref();
    for (const rival of await rivals(dir, name)) {
      if (isDead(rival, nowMs, beatMs)) await remove(rival, temporary);
      else {
        await release();
        throw lockedBy(dir, rival);
      }
    }
    return { release };
  } catch (error) {
    throw writeFailure(path, error);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Sets the time of change by the disk's own clock: by ours, another machine could take us for dead. */
async function beatOnce(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r+');
    try {
      // Writing the same byte again is what every file system stamps with its own time.
      const { buffer } = await handle.read(new Uint8Array(1), 0, 1, 0);
      await handle.write(buffer, 0, 1, 0);
    } finally {
      await handle.close();
    }
  } catch {
    await utimes(path, new Date(), new Date()).catch(() => undefined);
  }
}
