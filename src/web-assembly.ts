/**
 * The part of WebAssembly's JavaScript interface that is used here: TypeScript has types of it for browsers only, and the same code runs there and in Node.
 */
export type WasmModule = object;

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** Adds pages of 64 KiB. Views of the old buffer become empty. */
  grow(pages: number): number;
}

interface WasmApi {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports?: object) => { readonly exports: unknown };
  readonly Memory: new (limits: { initial: number; maximum?: number; shared?: boolean }) => WasmMemory;
}

export const webAssembly: WasmApi = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;

export const WASM_PAGE_BYTES = 65_536;

/**
 * Threads that compute with one module on shared memory, this one among them. kmeans and evaluate are given one; how threads are started is not theirs to know.
 *
 * A module for a crew imports a shared memory, and exports `heapStart`. What runs in all threads takes as its first arguments the thread's number and the address of a
 * counter, from which threads take numbers of blocks of work until none is left.
 */
export interface WasmCrew {
  /** Threads, at least 1. */
  readonly size: number;
  /**
   * A memory with the module on it.
   *
   * @param alone this thread works by itself, as it should where the work is too small to be worth a start.
   */
  open(alone: boolean): WasmSession;
}

export interface WasmSession {
  /** Threads that `run` may call. */
  readonly size: number;
  readonly memory: WasmMemory;
  /** This thread's instance. */
  readonly exports: unknown;
  /** Calls an export in every thread that is ready, this one included, and returns when all are done. */
  run(name: string, ...args: number[]): void;
  /** The address of some bytes, at a multiple of 64. What they hold is not said. @throws RangeError when 4 GiB are used up. */
  allocate(bytes: number): number;
  /** Where the next allocation goes; setting it back gives up all since then. */
  top: number;
  /** Gives the memory back. */
  close(): void;
}
