import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of runs: they go with them. */
const PASSING = /^\.|\.lock$/;

/** Bytes of a library's files, less what only runs have there. What goes away meanwhile counts as nothing. */
export async function folderBytes(dir: string): Promise<number> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && !PASSING.test(entry.name));
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name)).catch(() => null))?.size ?? 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}
