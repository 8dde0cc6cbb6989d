/** Places in the control words that a crew's threads share. */
export const CONTROL = { epoch: 0, open: 1, active: 2, failed: 3, session: 4, entry: 5, counter: 6, nArgs: 7, words: 8 } as const;
/** Arguments that a call can have. */
export const MOST_ARGS = 24;

/**
 * What each thread of a crew runs, and all that it knows: it is started as text, so that it works alike from the sources, from dist and from a bundle, where its file
 * would lie elsewhere.
 *
 * It sleeps until the epoch changes, and then joins the task, unless that is closed already. `active` counts those that joined: raised before `open` is read, so the
 * main thread, which closes first and counts afterwards, never misses one.
 */
function work(): void {
  const { workerData, parentPort, receiveMessageOnPort } = process.getBuiltinModule('node:worker_threads');
  const { control, args, thread } = workerData as { control: Int32Array; args: Float64Array; thread: number };
  const [EPOCH, OPEN, ACTIVE, FAILED, SESSION, ENTRY, COUNTER, N_ARGS] = [0, 1, 2, 3, 4, 5, 6, 7];
  type Entry = (...values: number[]) => void;
  const sessions = new Map<number, Entry[]>();
  const wasm = (globalThis as unknown as { WebAssembly: { Instance: new (module: object, imports: object) => { exports: Record<string, Entry> } } }).WebAssembly;
  const abort = (): never => {
    throw new Error('the kernel stopped');
  };

  const readMessages = (): void => {
    for (let message = receiveMessageOnPort(parentPort!); message !== undefined; message = receiveMessageOnPort(parentPort!)) {
      const { id, module, memory } = message.message as { id: number; module?: object; memory?: object };
      if (module === undefined) sessions.delete(id);
      else sessions.set(id, Object.values(new wasm.Instance(module, { env: { memory, abort } }).exports));
    }
  };

  let seen = 0;
  for (;;) {
    Atomics.wait(control, EPOCH!, seen);
    seen = Atomics.load(control, EPOCH!);
    Atomics.add(control, ACTIVE!, 1);
    try {
      if (Atomics.load(control, OPEN!) === 1) {
        readMessages();
        // A session not known yet: its module comes with the next task.
        sessions.get(control[SESSION!]!)?.[control[ENTRY!]!]!(thread, control[COUNTER!]!, ...args.subarray(0, control[N_ARGS!]!));
      }
    } catch {
      Atomics.store(control, FAILED!, 1);
    }
    if (Atomics.sub(control, ACTIVE!, 1) === 1) Atomics.notify(control, ACTIVE!);
  }
}

/** The thread's program. A bundler that keeps functions' names calls `__name`, which only its own file defines. */
export const CREW_WORKER = `const __name = (value) => value;\n(${work.toString()})();`;
