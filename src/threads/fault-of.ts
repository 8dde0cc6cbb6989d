import { messageOf, SoundkinError } from '../errors.js';
import type { Fault } from './tasks.js';

/** Anything thrown while a file was worked on, as what crosses threads. */
export function faultOf(error: unknown, path: string): Fault {
  if (error instanceof SoundkinError) return { code: error.code, message: error.message };
  // What WebAssembly and V8 throw when no memory is left for one sound.
  if (error instanceof RangeError) {
    return { code: 'MEMORY_EXCEEDED', message: `threads: expected "${path}" to fit into memory, but ${messageOf(error)}. Cut it into parts, or measure it on a machine with more memory.` };
  }
  return { code: 'INTERNAL', message: `threads: expected to work on "${path}", but ${error instanceof Error ? (error.stack ?? error.message) : String(error)}. Please report this.` };
}
