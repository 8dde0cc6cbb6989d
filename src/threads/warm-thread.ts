import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DEFAULT_ANALYSIS } from '../config/analysis.js';
import { webAssembly } from '../web-assembly.js';
import { warmKernel } from './measure-file.js';

/** Built beside the compiled module; a run from the sources finds it in dist. */
const PLACES = ['../', '../../dist/'].map((place) => new URL(`${place}features/kernels/wasm/track.wasm`, import.meta.url));

/**
 * Does what the first sound would have to wait for. The engine keeps one compilation of a module for all threads of a process, so what is compiled here serves all of
 * them, and the module that comes with a task.
 */
export function warmThread(): void {
  createHash('sha256').digest();
  for (const place of PLACES) {
    try {
      warmKernel(new webAssembly.Module(readFileSync(place)), DEFAULT_ANALYSIS);
      return;
    } catch {
      // What is wrong is told where it matters.
    }
  }
}
