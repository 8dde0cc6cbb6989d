import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { messageOf, SoundkinError } from '../errors.js';

/** A file that is read in pieces: from memory while it is small, from the disk when it is large. */
export interface FileBytes {
  readonly path: string;
  readonly size: number;
  /** The whole file where it is held in memory. */
  readonly whole: Uint8Array | undefined;
  /** Up to `length` bytes from `offset`; fewer at the end of the file. May be a view: do not write to it. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** The first 32 hexadecimal digits of the SHA-256 of all bytes. */
  contentId(): Promise<string>;
  close(): Promise<void>;
}

/** Larger files stay on the disk. Well under Node's limit of 2 GiB for one read. */
const MEMORY_BYTES = 256 * 2 ** 20;
const BLOCK_BYTES = 2 ** 20;
const ID_DIGITS = 32;

function unreadable(path: string, cause: unknown): SoundkinError {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  const reason =
    code === 'ENOENT'
      ? 'nothing with that name is there'
      : code === 'EACCES' || code === 'EPERM'
        ? 'this user may not read it'
        : messageOf(cause);
  return new SoundkinError('DECODE_READ', `decode: expected to read "${path}", but ${reason}. Check the path and its rights.`, {
    cause,
    retryable: code === 'EMFILE' || code === 'EAGAIN' || code === 'EBUSY' || code === 'EIO',
  });
}

/** All bytes of a file of a known size, in one request: Node's own readFile makes one for every 512 KiB. */
async function readWhole(handle: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await handle.read(bytes, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/**
 * Opens a file for reading in pieces. The caller closes it.
 *
 * @param memoryBytes files up to this size are read whole, at once.
 * @throws DECODE_READ when the path is not a file that can be read.
 */
export async function openFileBytes(path: string, memoryBytes: number = MEMORY_BYTES): Promise<FileBytes> {
  try {
    // Asked before opening: opening a named pipe would wait for its other end.
    const facts = await stat(path);
    if (!facts.isFile()) throw new Error('it is a folder or a device, not a file');
    const handle = await open(path, 'r');
    try {
      if (facts.size <= memoryBytes) {
        const whole = await readWhole(handle, facts.size);
        await handle.close();
        return {
          path,
          size: whole.length,
          whole,
          read: (offset, length) => Promise.resolve(whole.subarray(offset, offset + length)),
          contentId: () => Promise.resolve(createHash('sha256').update(whole).digest('hex').slice(0, ID_DIGITS)),
          close: () => Promise.resolve(),
        };
      }
      const read = async (offset: number, length: number): Promise<Uint8Array> => {
        const wanted = Math.max(0, Math.min(length, facts.size - offset));
        const block = new Uint8Array(wanted);
        let filled = 0;
        try {
          while (filled < wanted) {
            const { bytesRead } = await handle.read(block, filled, wanted - filled, offset + filled);
            if (bytesRead === 0) break;
            filled += bytesRead;
          }
        } catch (error) {
          throw unreadable(path, error);
        }
        return block.subarray(0, filled);
      };
      const contentId = async (): Promise<string> => {
        const hash = createHash('sha256');
        for (let offset = 0; offset < facts.size; offset += BLOCK_BYTES) hash.update(await read(offset, BLOCK_BYTES));
        return hash.digest('hex').slice(0, ID_DIGITS);
      };
      return { path, size: facts.size, whole: undefined, read, contentId, close: () => handle.close() };
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    throw error instanceof SoundkinError ? error : unreadable(path, error);
  }
}
