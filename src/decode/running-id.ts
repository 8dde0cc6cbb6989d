import { createHash } from 'node:crypto';

const ID_DIGITS = 32;
const BLOCK_BYTES = 2 ** 20;

type Read = (offset: number, length: number) => Promise<Uint8Array>;

/** The content's id, made of what is read for other reasons, so that a file is read but once. */
export interface RunningId {
  /** As `read`; remembers what was read in order. */
  readonly read: Read;
  /** The first 32 hexadecimal digits of the SHA-256 of all bytes; reads what has not been read yet. Once. */
  finish(): Promise<string>;
}

/** The id of bytes that are all there. */
export function idOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, ID_DIGITS);
}

/** @param size of the file, in bytes. */
export function createRunningId(read: Read, size: number): RunningId {
  const hash = createHash('sha256');
  let hashed = 0;
  const take = (offset: number, bytes: Uint8Array): void => {
    if (offset > hashed || offset + bytes.length <= hashed) return;
    hash.update(bytes.subarray(hashed - offset));
    hashed = offset + bytes.length;
  };
  return {
    read: async (offset, length) => {
      const bytes = await read(offset, length);
      take(offset, bytes);
      return bytes;
    },
    finish: async () => {
      while (hashed < size) {
        const bytes = await read(hashed, BLOCK_BYTES);
        if (bytes.length === 0) break; // it was cut while it was read
        take(hashed, bytes);
      }
      return hash.digest('hex').slice(0, ID_DIGITS);
    },
  };
}
