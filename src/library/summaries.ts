import { SUMMARY_COLUMNS } from './row-columns.js';
import type { TrackSummary } from './track-row.js';

type Values = readonly unknown[];

/** Texts kept for comparison: of a column that has more different ones, the rest are not worth it. */
const MOST_TEXTS = 4096;

/** Gives equal texts the same memory: of a million rows, most share their folder, format, decoder and artist. */
export function createInterner(): (text: string | null) => string | null {
  const known = new Map<string, string>();
  return (text) => {
    if (text === null) return null;
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size < MOST_TEXTS) known.set(text, text);
    return text;
  };
}

/**
 * Rows without features from one chunk's columns, in the order of SUMMARY_COLUMNS. All are written alike, property by property, which takes a third of the memory of
 * objects whose keys are looked up.
 */
export function summariesOf(columns: readonly Values[], rowCount: number, once: (text: string | null) => string | null): TrackSummary[] {
  const column = (key: keyof TrackSummary): Values => columns[SUMMARY_COLUMNS.findIndex((known) => known.key === key)]!;
  const root = column('root') as string[];
  const path = column('path') as string[];
  const size = column('size') as number[];
  const mtimeMs = column('mtimeMs') as number[];
  const contentId = column('contentId') as (string | null)[];
  const durationSeconds = column('durationSeconds') as (number | null)[];
  const sampleRate = column('sampleRate') as (number | null)[];
  const channels = column('channels') as (number | null)[];
  const format = column('format') as (string | null)[];
  const decoder = column('decoder') as (string | null)[];
  const excerpt = column('excerpt') as (string | null)[];
  const title = column('title') as (string | null)[];
  const artist = column('artist') as (string | null)[];
  const album = column('album') as (string | null)[];
  const genre = column('genre') as (string | null)[];
  const backend = column('backend') as (string | null)[];
  const code = column('code') as (string | null)[];
  const message = column('message') as (string | null)[];
  const measured = column('measured') as boolean[];
  const removed = column('removed') as boolean[];
  return Array.from({ length: rowCount }, (_, r) => ({
    root: once(root[r]!)!,
    path: path[r]!,
    size: size[r]!,
    mtimeMs: mtimeMs[r]!,
    contentId: contentId[r]!,
    durationSeconds: durationSeconds[r]!,
    sampleRate: sampleRate[r]!,
    channels: channels[r]!,
    format: once(format[r]!),
    decoder: once(decoder[r]!),
    excerpt: once(excerpt[r]!),
    title: title[r]!,
    artist: once(artist[r]!),
    album: once(album[r]!),
    genre: once(genre[r]!),
    backend: once(backend[r]!),
    code: once(code[r]!),
    message: once(message[r]!),
    measured: measured[r]!,
    removed: removed[r]!,
  }));
}
