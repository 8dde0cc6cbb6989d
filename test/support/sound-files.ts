import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder for the files of one test file, removed at its end; and a way to put files into it. */
export function createSoundFolder(): { readonly folder: string; write(name: string, bytes: Uint8Array | string): string } {
  const folder = mkdtempSync(join(tmpdir(), 'soundkin-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    write: (name, bytes) => {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return path;
    },
  };
}
