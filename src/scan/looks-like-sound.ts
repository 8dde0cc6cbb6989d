import { open } from 'node:fs/promises';
import { SNIFF_BYTES, sniffFormat } from '../decode/sniff-format.js';

/** Whether a file begins as a sound does. Throws what the system says. */
export async function looksLikeSound(path: string | Buffer): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    return sniffFormat(buffer.subarray(0, bytesRead)) !== undefined;
  } finally {
    await handle.close();
  }
}
