import { SoundkinError } from '../errors.js';
import type { LibraryFormat } from './library-format.js';

/** What is known of one track: one row of the library. */
export interface TrackRow {
  /** The scanned folder. */
  readonly root: string;
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970, with their fraction. */
  readonly mtimeMs: number;
  readonly contentId: string | null;
  readonly durationSeconds: number | null;
  /** The file's own, Hz. */
  readonly sampleRate: number | null;
  readonly channels: number | null;
  readonly format: string | null;
  readonly decoder: string | null;
  /** Which seconds of the sound were measured, how many and from where: '60s@85.5s'; null for all of it. */
  readonly excerpt: string | null;
  /** What the file's own tags say. */
  readonly title: string | null;
  readonly artist: string | null;
  readonly album: string | null;
  readonly genre: string | null;
  readonly backend: string | null;
  /** By recipe name, every recipe of the library; null where the track could not be measured. */
  readonly features: Readonly<Record<string, Float32Array>> | null;
  /** An error code and its message; beside features it is a warning: the file is damaged, but was used. */
  readonly code: string | null;
  readonly message: string | null;
  /** A tombstone: the file left. */
  readonly removed: boolean;
}

/** A row without its features. */
export type TrackSummary = Omit<TrackRow, 'features'> & {
  /** True where the row has features. */
  readonly measured: boolean;
};

/**
 * Holds a row against the library's format, so that no row is ever written that could not be read again.
 *
 * @throws INTERNAL when a recipe is missing, unknown or of another width, or the size is no whole number.
 */
export function checkRow(row: TrackRow, format: LibraryFormat): void {
  const fail = (expected: string, got: string): never => {
    throw new SoundkinError('INTERNAL', `library: expected ${expected} for ${row.path}, got ${got}. Please report this.`);
  };
  if (!Number.isSafeInteger(row.size)) fail('a whole number of bytes', String(row.size));
  if (row.features === null) return;
  const names = Object.keys(row.features);
  for (const { name, width } of format.recipes) {
    const features = row.features[name];
    if (features?.length !== width) fail(`${width} features of recipe ${name}`, String(features?.length ?? 'none'));
  }
  if (names.length !== format.recipes.length) {
    fail(`the recipes ${format.recipes.map(({ name }) => name).join(', ')}`, names.join(', '));
  }
}
