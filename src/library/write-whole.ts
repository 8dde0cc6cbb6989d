import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { messageOf, SoundkinError } from '../errors.js';

const PREFIX = '.soundkin-tmp-';
/** Another machine's temporaries cannot be told from left-over ones by their process, only by their age. */
const STALE_MS = 24 * 3600 * 1000;

const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** A new hidden name that tells its machine and process, so that left-overs can be told from files in the making. */
export function temporaryName(): string {
  return `${PREFIX}${HOST}-${process.pid}-${randomBytes(6).toString('hex')}`;
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

/**
 * What a failed write is told as.
 *
 * @returns a LIBRARY_WRITE for what the disk refused; any other error as it is.
 */
export function writeFailure(path: string, error: unknown): unknown {
  if (error instanceof SoundkinError) return error;
  const message = messageOf(error);
  const refused = codeOf(error)?.startsWith('E') === true || message.startsWith('IO Error');
  if (!refused) return error;
  return new SoundkinError(
    'LIBRARY_WRITE',
    `library: expected to write ${path}, got "${message}". Check the rights and the free space there, or name another folder with --library.`,
    { cause: error },
  );
}

async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Windows opens no folder; there the rename alone has to do.
  }
}

export interface WriteWholeOptions {
  /** Fail with EEXIST where the name is taken, instead of replacing it. */
  readonly exclusive?: boolean;
}

async function moveExclusively(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
    return;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error;
  }
  await rename(temporary, target); // a file system without hard links: the last one wins
}

/**
 * Writes a file so that a kill at any point leaves the old one or the new one, never a part: under a temporary name in
 * the same folder, flushed to the disk, then renamed.
 *
 * @param folder  made when absent.
 * @param produce writes the temporary file it is given.
 * @param name    the final name; a function is asked only when the content is complete.
 * @returns       the final path.
 * @throws LIBRARY_WRITE when the disk refuses.
 */
export async function writeWhole(
  folder: string,
  produce: (temporary: string) => Promise<void>,
  name: string | (() => Promise<string>),
  options: WriteWholeOptions = {},
): Promise<string> {
  const temporary = join(folder, temporaryName());
  try {
    await mkdir(folder, { recursive: true });
    await produce(temporary);
    const handle = await open(temporary, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    const target = join(folder, typeof name === 'string' ? name : await name());
    await (options.exclusive === true ? moveExclusively(temporary, target) : rename(temporary, target));
    await syncFolder(folder);
    return target;
  } catch (error) {
    throw writeFailure(join(folder, typeof name === 'string' ? name : ''), error);
  } finally {
    await rm(temporary, { force: true, recursive: true }).catch(() => undefined);
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Removes what killed processes left in a folder. Files that a running process may still be writing stay. */
export async function cleanTemporaries(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [] as string[]);
  for (const name of names) {
    if (!name.startsWith(PREFIX)) continue;
    const [host, pid] = name.slice(PREFIX.length).split('-');
    const path = join(folder, name);
    const age = Date.now() - (await stat(path).catch(() => null) ?? { mtimeMs: Date.now() }).mtimeMs;
    const dead = host === HOST && !isRunning(Number(pid));
    if (dead || age > STALE_MS) await rm(path, { force: true, recursive: true }).catch(() => undefined);
  }
}
