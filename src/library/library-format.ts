import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { settingsHash, type AnalysisSettings } from '../config/analysis.js';
import { messageOf, SoundkinError } from '../errors.js';
import { writeWhole } from './write-whole.js';

/** What all rows of a library have in common: rows measured in another way must not be compared with them. */
export interface LibraryFormat {
  readonly featureSetVersion: number;
  readonly settings: AnalysisSettings;
  readonly recipes: readonly { readonly name: string; readonly width: number }[];
}

const FILE = 'library.json';
const FORMAT = 'soundkin-library';
/** 2: tags and excerpts. */
const FORMAT_VERSION = 2;

function wrongFormat(dir: string, expected: string, got: string): SoundkinError {
  return new SoundkinError(
    'LIBRARY_FORMAT',
    `library: expected ${expected} in ${dir}, got ${got}. Name another folder with --library.`,
  );
}

function notFound(dir: string, found = 'found none'): SoundkinError {
  return new SoundkinError(
    'LIBRARY_NOT_FOUND',
    `library: expected a library in ${dir}, ${found}. Run \`soundkin cluster FOLDER\` first, or name another with --library.`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRecipe(value: unknown): value is { name: string; width: number } {
  return isRecord(value) && typeof value.name === 'string' && Number.isInteger(value.width) && Number(value.width) > 0;
}

/** A library's format from the text of its library.json. */
function parseFormat(dir: string, text: string): LibraryFormat {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw wrongFormat(dir, `JSON in ${FILE}`, `"${messageOf(error)}"`);
  }
  if (!isRecord(json) || json.format !== FORMAT) {
    throw wrongFormat(dir, `"format": "${FORMAT}" in ${FILE}`, 'something else');
  }
  if (json.formatVersion !== FORMAT_VERSION) {
    throw new SoundkinError(
      'LIBRARY_FORMAT',
      `library: expected format version ${FORMAT_VERSION} in ${dir}, got ${JSON.stringify(json.formatVersion)}. ${Number(json.formatVersion) < FORMAT_VERSION ? 'It was made by an older Soundkin: delete it to measure everything anew' : 'Update Soundkin'}, or name another folder with --library.`,
    );
  }
  const { featureSetVersion, settings, recipes } = json;
  const complete =
    Number.isInteger(featureSetVersion) &&
    isRecord(settings) &&
    Object.values(settings).every((value) => typeof value === 'number') &&
    Array.isArray(recipes) &&
    recipes.every(isRecipe);
  if (!complete) throw wrongFormat(dir, `featureSetVersion, settings and recipes in ${FILE}`, 'other content');
  const format = { featureSetVersion, settings, recipes } as unknown as LibraryFormat;
  if (json.settingsHash !== settingsHash(format.settings)) {
    throw wrongFormat(dir, `the settings in ${FILE} to fit their hash`, 'settings that were changed by hand');
  }
  return format;
}

/**
 * The format of the library in a folder, or null where there is none: no such folder, or nothing in it to see.
 *
 * @throws LIBRARY_FORMAT when something else is there, or a library of another format version.
 * @throws LIBRARY_NOT_FOUND when the folder may not be read.
 */
async function readFormat(dir: string): Promise<LibraryFormat | null> {
  let others: string[];
  try {
    const names = await readdir(dir);
    if (names.includes(FILE)) return parseFormat(dir, await readFile(join(dir, FILE), 'utf8'));
    others = names.filter((name) => !name.startsWith('.'));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (error instanceof SoundkinError) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw notFound(dir, `got "${messageOf(error)}"`);
  }
  if (others.length === 0) return null;
  throw wrongFormat(dir, 'a library', `a folder without ${FILE} (${others.slice(0, 3).join(', ')})`);
}

/** Writes library.json, unless another process was first: then the format is that one's. */
async function createFormat(dir: string, format: LibraryFormat): Promise<LibraryFormat> {
  const { featureSetVersion, settings, recipes } = format;
  const json = {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    featureSetVersion,
    settings,
    settingsHash: settingsHash(settings),
    recipes: recipes.map(({ name, width }) => ({ name, width })),
    createdAt: new Date().toISOString(),
  };
  const produce = (temporary: string): Promise<void> => writeFile(temporary, `${JSON.stringify(json, null, 2)}\n`);
  try {
    await writeWhole(dir, produce, FILE, { exclusive: true });
  } catch (error) {
    const cause = error instanceof SoundkinError ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
    const other = cause?.code === 'EEXIST' ? await readFormat(dir).catch(() => null) : null;
    if (other === null) throw error;
    return other;
  }
  return format;
}

/** Each property in which two formats differ, as [name, in the library, asked for]. */
function differences(stored: LibraryFormat, asked: LibraryFormat): [string, unknown, unknown][] {
  const flat = (format: LibraryFormat): Record<string, unknown> => ({
    'feature set version': format.featureSetVersion,
    ...format.settings,
    ...Object.fromEntries(format.recipes.map(({ name, width }) => [`recipe ${name}`, width])),
  });
  const [a, b] = [flat(stored), flat(asked)];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.filter((key) => a[key] !== b[key]).map((key) => [key, a[key] ?? 'none', b[key] ?? 'none']);
}

/**
 * Opens the format of the library in a folder, or makes it.
 *
 * @param create when given, a library of this format is made where none is, and one that is there has to agree.
 * @throws LIBRARY_NOT_FOUND | LIBRARY_FORMAT | LIBRARY_MIXED | LIBRARY_WRITE as said in `openLibrary`.
 */
export async function openFormat(dir: string, create: LibraryFormat | undefined, readOnly: boolean): Promise<LibraryFormat> {
  let stored = await readFormat(dir);
  if (stored === null) {
    if (create === undefined || readOnly) throw notFound(dir);
    stored = await createFormat(dir, create);
  }
  const unlike = create === undefined ? [] : differences(stored, create);
  if (unlike.length > 0) {
    const [had, asked] = [1, 2].map((side) => unlike.map((entry) => `${entry[0]} ${String(entry[side])}`).join(', '));
    throw new SoundkinError(
      'LIBRARY_MIXED',
      `library: expected ${had}, as the rows in ${dir} were measured with, got ${asked}. Name another folder with --library, or delete this one to measure everything anew.`,
      { details: { differences: unlike } },
    );
  }
  return stored;
}
