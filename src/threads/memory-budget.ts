import { extname } from 'node:path';
import { SoundkinError } from '../errors.js';

/** Of what is free when a run begins, this share may be filled with sounds. */
const SHARE = 0.5;
const LEAST_BYTES = 64 * 2 ** 20;

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/**
 * Bytes for decoded sounds.
 *
 * @param text '2G', '500 MB', a number of bytes; undefined takes half of the memory that is free to this process now.
 * @throws CONFIG_RANGE when it is no such size, or below 64 MB.
 */
export function memoryBudget(text?: string): number {
  if (text === undefined) return Math.max(LEAST_BYTES, SHARE * process.availableMemory());
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?\s*$/i.exec(text);
  const bytes = match === null ? NaN : Number(match[1]) * UNITS[match[2]!.toLowerCase()]!;
  if (bytes >= LEAST_BYTES) return bytes;
  throw new SoundkinError('CONFIG_RANGE', `threads: expected a memory budget of 64M or more, such as 2G, got "${text}". Choose such a size.`);
}

const PLAIN: ReadonlySet<string> = new Set(['.wav', '.wave', '.aif', '.aiff', '.aifc', '.w64', '.rf64']);

/** Whether a file holds samples as they are, by its name's ending: the content is not read for a guess. */
export function hasPlainSamples(path: string): boolean {
  return PLAIN.has(extname(path).toLowerCase());
}

/** How much of a file's size its sound may need in memory while it is decoded and measured. */
const OF_PLAIN = 4;
const OF_FLAC = 8;
const OF_COMPRESSED = 24;
/** What a thread needs for any file. */
export const FLOOR_BYTES = 2 ** 20;
/** What it needs at most for a file that it measures: longer sounds are measured as they come. */
export const STREAMED_BYTES = 256 * 2 ** 20;

/** A guess, on the safe side, of the bytes that a file takes in memory when all of its sound is held. */
export function expectedBytes(path: string, size: number): number {
  return FLOOR_BYTES + size * (hasPlainSamples(path) ? OF_PLAIN : extname(path).toLowerCase() === '.flac' ? OF_FLAC : OF_COMPRESSED);
}
