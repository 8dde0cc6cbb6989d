import type { BitReader } from './bit-reader.js';

/** So many ones tell that a number follows as it is. */
export const RICE_ESCAPE = 14;
export const RICE_ESCAPED_BITS = 20;

/** Reads a Rice code: number >> k as ones and a zero, then its k low bits. */
export function readRice(reader: BitReader, k: number): number {
  const high = reader.ones(RICE_ESCAPE);
  return high < RICE_ESCAPE ? (high << k) | reader.read(k) : reader.read(RICE_ESCAPED_BITS);
}
