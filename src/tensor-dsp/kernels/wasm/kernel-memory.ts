import { WASM_PAGE_BYTES, webAssembly, type WasmMemory, type WasmModule } from '../../../web-assembly.js';

/** An instance of a kernel module with a memory of its own, and what lies where in it. Addresses are bytes. */
export interface KernelMemory {
  readonly exports: unknown;
  /** Room for `bytes`, at a multiple of 64, until it is released. What they hold is not said. */
  allocate(bytes: number): number;
  /** Room that holds `table`. */
  place(table: Uint8Array): number;
  /** Makes what was allocated last `bytes` large; what it holds stays. */
  extend(address: number, bytes: number): void;
  /** Where the next allocation goes. */
  mark(): number;
  /** Takes back all that was allocated since that mark. */
  release(mark: number): void;
  /** Views are good until the next allocation. */
  floats(address: number, length: number): Float32Array;
  bytes(address: number, length: number): Uint8Array;
}

/** @param module imports its memory, and exports `heapStart`: the first byte that nothing static occupies. */
export function openKernelMemory(module: WasmModule): KernelMemory {
  const memory: WasmMemory = new webAssembly.Memory({ initial: 16, maximum: 65_536 });
  const { exports } = new webAssembly.Instance(module, { env: { memory, abort } });
  let top = (exports as { heapStart(): number }).heapStart();
  const extend = (address: number, size: number): void => {
    top = address + size;
    if (top > memory.buffer.byteLength) memory.grow(Math.ceil((top - memory.buffer.byteLength) / WASM_PAGE_BYTES));
  };
  const allocate = (size: number): number => {
    const address = Math.ceil(top / 64) * 64;
    extend(address, size);
    return address;
  };
  return {
    exports,
    allocate,
    place: (table) => {
      const address = allocate(table.length);
      new Uint8Array(memory.buffer).set(table, address);
      return address;
    },
    extend,
    mark: () => top,
    release: (mark) => {
      top = mark;
    },
    floats: (address, length) => new Float32Array(memory.buffer, address, length),
    bytes: (address, length) => new Uint8Array(memory.buffer, address, length),
  };
}

/** AssemblyScript calls this on a fault of its own. */
function abort(_message: number, _file: number, line: number, column: number): never {
  throw new Error(`the kernel stopped at ${line}:${column}`);
}
