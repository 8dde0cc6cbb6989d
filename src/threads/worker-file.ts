import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SoundkinError } from '../errors.js';

/** Bundled with all that it needs into one file; a run from the sources finds it in dist. */
const PLACES = ['../bundle/worker.js', '../../dist/bundle/worker.js'];

/** The module that threads run. @throws INTERNAL where it was not built. */
export function workerFile(): string {
  const found = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((file) => existsSync(file));
  if (found === undefined) throw new SoundkinError('INTERNAL', 'threads: expected bundle/worker.js beside the program, found none. Build or install Soundkin again.');
  return found;
}
