import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';

/** One entry of a folder. */
export interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** The name as it is on the disk, where it is no UTF-8: then `name` has `\xE9` for such a byte, and opens nothing. */
  readonly bytes?: Buffer;
}

/** The entries of a folder, in the order of code units. Throws what the system says. */
export async function readFolder(path: string): Promise<Entry[]> {
  let entries = (await readdir(path, { withFileTypes: true })).map((entry): Entry => ({ name: entry.name, kind: kindOf(entry) }));
  // Node puts U+FFFD for bytes that are no UTF-8; but that may be a name's own character.
  if (entries.some(({ name }) => name.includes('\ufffd'))) {
    entries = (await readdir(path, { withFileTypes: true, encoding: 'buffer' })).map((entry): Entry => {
      const kind = kindOf(entry);
      return isUtf8(entry.name) ? { name: entry.name.toString(), kind } : { name: escaped(entry.name), kind, bytes: entry.name };
    });
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function kindOf(entry: Dirent | Dirent<Buffer>): Entry['kind'] {
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'other';
}

function escaped(bytes: Buffer): string {
  return [...bytes].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16).toUpperCase()}`)).join('');
}
