import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { SoundkinError } from '../errors.js';
import { WASM_PAGE_BYTES, webAssembly, type WasmCrew, type WasmMemory, type WasmModule, type WasmSession } from '../web-assembly.js';
import { CONTROL, CREW_WORKER, MOST_ARGS } from './crew-worker.js';

/** What took no longer the last time is done before others have woken up. */
const SHORT_MS = 0.4;
/** A closed session's memory is kept for the next one up to this size: memories are dear to make, and dearer to keep. */
const KEPT_BYTES = 256 * 2 ** 20;
const MOST_PAGES = 65_536;

interface Kept {
  readonly id: number;
  readonly memory: WasmMemory;
  readonly exports: Record<string, (...args: number[]) => unknown>;
}

export interface Crew extends WasmCrew {
  /** Ends the threads. Without it they end with the process, which they do not keep alive. */
  close(): Promise<void>;
}

/**
 * Threads that share a memory with this one. They are started when a session first runs something in all of them, and join as they get ready: nothing waits for a
 * thread to start.
 *
 * @param module  compiled; see `WasmCrew`.
 * @param workers threads in all, this one among them, >= 1; default as many as the machine runs at once.
 */
export function createCrew(module: WasmModule, workers = availableParallelism()): Crew {
  const control = new Int32Array(new SharedArrayBuffer(4 * CONTROL.words));
  const args = new Float64Array(new SharedArrayBuffer(8 * MOST_ARGS));
  const threads: Worker[] = [];
  const open = new Map<number, Kept>();
  let spare: Kept | undefined;
  let nextId = 1;

  const make = (): Kept => {
    const memory = new webAssembly.Memory({ initial: 16, maximum: MOST_PAGES, shared: true });
    const { exports } = new webAssembly.Instance(module, { env: { memory, abort } });
    return { id: nextId++, memory, exports: exports as Kept['exports'] };
  };
  const tell = (worker: Worker, { id, memory }: Kept): void => worker.postMessage({ id, module, memory });

  const start = (): void => {
    while (threads.length < workers - 1) {
      const worker = new Worker(CREW_WORKER, { eval: true, workerData: { control, args, thread: threads.length + 1 }, execArgv: [] });
      // One that does not start is missed by nobody: the others take its share.
      worker.on('error', () => {});
      worker.unref();
      for (const kept of open.values()) tell(worker, kept);
      threads.push(worker);
    }
  };

  const finish = (): void => {
    Atomics.store(control, CONTROL.open, 0);
    for (let active = Atomics.load(control, CONTROL.active); active > 0; active = Atomics.load(control, CONTROL.active)) {
      Atomics.wait(control, CONTROL.active, active);
    }
  };

  const together = ({ id, exports }: Kept, name: string, values: readonly number[]): void => {
    start();
    args.set(values);
    control[CONTROL.session] = id;
    control[CONTROL.entry] = Object.keys(exports).indexOf(name);
    control[CONTROL.counter] = exports['heapStart']!() as number;
    control[CONTROL.nArgs] = values.length;
    Atomics.store(control, CONTROL.open, 1);
    Atomics.add(control, CONTROL.epoch, 1);
    Atomics.notify(control, CONTROL.epoch);
    try {
      exports[name]!(0, control[CONTROL.counter]!, ...values);
    } finally {
      finish();
    }
    if (Atomics.exchange(control, CONTROL.failed, 0) !== 0) throw new SoundkinError('INTERNAL', 'device: expected every thread to finish its share, but one stopped. Run it again with --workers 1.');
  };

  return {
    size: workers,

    open(alone): WasmSession {
      const kept = spare ?? make();
      spare = undefined;
      const { id, memory, exports } = kept;
      const heap = exports['heapStart']!() as number;
      const shares = !alone && workers > 1;
      if (shares) {
        open.set(id, kept);
        for (const worker of threads) tell(worker, kept);
      }
      let top = heap + 64;
      const took = new Map<string, number>();

      return {
        size: shares ? workers : 1,
        memory,
        exports,

        run(name, ...values): void {
          new Int32Array(memory.buffer, heap, 1)[0] = 0;
          const started = performance.now();
          // Whoever takes part, the numbers are the same: so the clock may decide it.
          if (!shares || (took.get(name) ?? Infinity) < SHORT_MS) exports[name]!(0, heap, ...values);
          else together(kept, name, values);
          took.set(name, performance.now() - started);
        },

        allocate(bytes): number {
          const address = Math.ceil(top / 64) * 64;
          const missing = address + bytes - memory.buffer.byteLength;
          if (missing > 0) memory.grow(Math.ceil(missing / WASM_PAGE_BYTES));
          top = address + bytes;
          return address;
        },
        get top() {
          return top;
        },
        set top(address) {
          top = address;
        },

        close(): void {
          if (open.delete(id)) for (const worker of threads) worker.postMessage({ id });
          if (memory.buffer.byteLength <= KEPT_BYTES) spare ??= kept;
        },
      };
    },

    async close(): Promise<void> {
      await Promise.all(threads.splice(0).map((worker) => worker.terminate()));
    },
  };
}

function abort(): never {
  throw new Error('the kernel stopped');
}
