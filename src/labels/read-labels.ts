import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SoundkinError } from '../errors.js';
import { parseCsv } from './parse-csv.js';

/** A file of a library: the folder it was scanned from, and its path relative to it, with forward slashes. */
interface LabelledTrack {
  readonly root: string;
  readonly path: string;
  /** What its tags say, where that is known. */
  readonly genre?: string | null;
  readonly artist?: string | null;
  readonly album?: string | null;
}

/** Labels that come from the files' own tags. */
export const TAG_LABELS = ['genre', 'artist', 'album'] as const;
type TagLabel = (typeof TAG_LABELS)[number];

/** Gives each track its known label, or null. */
export type LabelSource = (track: LabelledTrack) => string | null;

/**
 * Labels known beforehand.
 *
 * @param source 'folders': the name of the folder a file lies in; 'prefix': its name up to the first '_', '-', space or digit;
 *               'genre', 'artist', 'album': what the file's tags say; else a CSV file of path,label with paths relative to itself or to the scanned folder (a header line is optional, further columns are ignored).
 * @throws LABELS_NOT_FOUND when there is no such file, LABELS_FORMAT when it is no CSV of path,label.
 */
export async function readLabels(source: string): Promise<LabelSource> {
  if (source === 'folders') return folderLabel;
  if (source === 'prefix') return prefixLabel;
  if (isTagLabel(source)) return (track) => track[source] ?? null;
  return csvLabels(source);
}

/** Whether labels are read from tags, which the library keeps. */
export function isTagLabel(source: string): source is TagLabel {
  return (TAG_LABELS as readonly string[]).includes(source);
}

function folderLabel({ root, path }: LabelledTrack): string {
  const folders = path.split('/').slice(0, -1);
  return folders.at(-1) ?? root.split(/[/\\]/).findLast((part) => part !== '') ?? root;
}

function prefixLabel({ path }: LabelledTrack): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return /^[^_\-\s.\d]+/.exec(name)?.[0] ?? null;
}

async function csvLabels(file: string): Promise<LabelSource> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new SoundkinError('LABELS_NOT_FOUND', `labels: expected a CSV file at ${file}, found none that can be read. Give a path, \`folders\`, \`prefix\`, \`genre\`, \`artist\` or \`album\`.`, { cause });
  }
  if (text.includes('\0')) throw new SoundkinError('LABELS_FORMAT', `labels: expected text in UTF-8 in ${file}, got other bytes. Save the table as CSV UTF-8.`);
  const rows = parseCsv(text).filter((row) => row.some((cell) => cell !== ''));
  const [header] = rows;
  if (header === undefined || header.length < 2) {
    throw new SoundkinError('LABELS_FORMAT', `labels: expected lines of path,label in ${file}, got ${header === undefined ? 'no line' : `"${header.join(',').slice(0, 60)}"`}. Separate path and label by a comma.`);
  }
  const columns = header.map((cell) => cell.trim().toLowerCase());
  const pathColumn = columns.indexOf('path');
  const labelColumn = columns.indexOf('label');
  const hasHeader = pathColumn >= 0 && labelColumn >= 0;
  const folder = dirname(resolve(file));
  const byAbsolute = new Map<string, string>();
  const byRelative = new Map<string, string>();
  for (const row of hasHeader ? rows.slice(1) : rows) {
    const written = row[hasHeader ? pathColumn : 0];
    const label = row[hasHeader ? labelColumn : 1]?.trim();
    if (written === undefined || label === undefined || written.trim() === '' || label === '') continue;
    // Spaces around a path are seldom meant, but a name may begin or end with one.
    for (const path of new Set([written, written.trim()])) {
      const [absolute, relative] = [key(resolve(folder, path)), key(path.replace(/\\/g, '/').replace(/^\.\//, ''))];
      if (path === written || !byAbsolute.has(absolute)) byAbsolute.set(absolute, label);
      if (path === written || !byRelative.has(relative)) byRelative.set(relative, label);
    }
  }
  return ({ root, path }) => byAbsolute.get(key(resolve(root, path))) ?? byRelative.get(key(path)) ?? null;
}

/** The same name may be written composed in one place and decomposed in the other. */
function key(path: string): string {
  return path.normalize('NFC');
}
