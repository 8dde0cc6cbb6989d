import { openFileBytes } from './file-bytes.js';

/** Files up to this size are read at once. */
const MEMORY_BYTES = 2 ** 22;

/**
 * The content's id of a file, as decodeFile gives it, without decoding.
 *
 * @returns 32 hexadecimal digits. @throws DECODE_READ
 */
export async function identifyFile(path: string): Promise<string> {
  const file = await openFileBytes(path, MEMORY_BYTES);
  try {
    return await file.contentId();
  } finally {
    await file.close();
  }
}
