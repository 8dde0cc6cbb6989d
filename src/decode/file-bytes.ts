import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { messageOf, SoundkinError } from '../errors.js';
import { beat } from '../vital-signs.js';
import { createRunningId, idOf } from './running-id.js';

/** A file that is read in pieces: from memory while it is small, from the disk when it is large. */
export interface FileBytes {
  readonly path: string;
  readonly size: number;
  /** The whole file where it is held in memory. */
  readonly whole: Uint8Array | undefined;
  /** Up to `length` bytes from `offset`; fewer at the end of the file. May be a view: do not write to it. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** The first 32 hexadecimal digits of the SHA-256 of all bytes. Once, behind all reading. */
  contentId(): Promise<string>;
  close(): Promise<void>;
}

/** Of a slow network, whose files may be read whole. */
const BYTES_PER_MS = 1000;
/** Larger files stay on the disk. Well under Node's limit of 2 GiB for one read. */
const MEMORY_BYTES = 256 * 2 ** 20;

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

/**
 * All bytes of a file of a known size. In one go, on this thread: each step of a promise goes through libuv's queue and back, and the four of them take longer than a
 * short sound to be measured. Who decodes has nothing else to do meanwhile.
 */
function readWhole(path: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const file = openSync(path, 'r');
  try {
    let filled = 0;
    while (filled < size) {
      const count = readSync(file, bytes, filled, size - filled, filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  } finally {
    closeSync(file);
  }
}

/**
 * Opens a file for reading in pieces. The caller closes it.
 *
 * @param memoryBytes files up to this size are read whole, at once.
 * @param identify whether the content's id will be asked for: then larger files are hashed as they are read.
 * @throws DECODE_READ when the path is not a file that can be read.
 */
export async function openFileBytes(path: string, memoryBytes: number = MEMORY_BYTES, identify = true): Promise<FileBytes> {
  try {
    // Asked before opening: opening a named pipe would wait for its other end.
    const facts = statSync(path);
    if (!facts.isFile()) throw new Error('it is a folder or a device, not a file');
    if (facts.size <= memoryBytes) {
      beat(facts.size / BYTES_PER_MS);
      const whole = readWhole(path, facts.size);
      return {
        path,
        size: whole.length,
        whole,
        read: (offset, length) => {
          beat();
          return Promise.resolve(whole.subarray(offset, offset + length));
        },
        contentId: () => Promise.resolve(idOf(whole)),
        close: () => Promise.resolve(),
      };
    }
    const handle = await open(path, 'r');
    try {
      const read = async (offset: number, length: number): Promise<Uint8Array> => {
        const wanted = Math.max(0, Math.min(length, facts.size - offset));
        const block = new Uint8Array(wanted);
        let filled = 0;
        beat();
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
      const id = createRunningId(read, facts.size);
      return { path, size: facts.size, whole: undefined, read: identify ? id.read : read, contentId: id.finish, close: () => handle.close() };
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    throw error instanceof SoundkinError ? error : unreadable(path, error);
  }
}
