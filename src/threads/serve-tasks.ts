import { parentPort, workerData, type TransferListItem } from 'node:worker_threads';
import { messageOf } from '../errors.js';
import { takeStageSeconds, type StageSeconds } from '../stage-seconds.js';
import { beginItem, showVitalSigns } from '../vital-signs.js';
import type { Outcome, TaskInput, TaskName, Tasks } from './tasks.js';

/** @param beginFile tells which of a task's files is worked on: where that does not end, it is the one to blame. */
export type Handler<N extends TaskName> = (input: TaskInput<N>, beginFile: (index: number) => void) => Promise<Outcome<Tasks[N]['output']>> | Outcome<Tasks[N]['output']>;
export type Handlers = { readonly [N in TaskName]: Handler<N> };

/** What a thread is started with. */
export interface ThreadData {
  /** Where it shows its signs of life. */
  readonly signs: SharedArrayBuffer;
  /** A module of handlers in place of Soundkin's own. */
  readonly handlers?: string | undefined;
  /** There is time before the first task: files are being looked for. */
  readonly early?: boolean;
}

/** What the main thread sends. */
export interface Request {
  readonly name: TaskName;
  readonly input: unknown;
}

/** What it gets, in the order of its requests: an outcome, or what was thrown. */
export interface Reply {
  readonly outcome?: Outcome<unknown>;
  readonly error?: string;
  /** What the task took. */
  readonly seconds: StageSeconds;
}

/**
 * Does what the main thread asks, one task after the other.
 *
 * @param transfers the memory that goes over with an outcome, in place of a copy.
 */
export function serveTasks(handlers: Handlers, transfers: { readonly [N in TaskName]?: (output: Tasks[N]['output']) => readonly TransferListItem[] } = {}): void {
  const port = parentPort!;
  showVitalSigns((workerData as ThreadData).signs);
  const reply = async ({ name, input }: Request): Promise<void> => {
    try {
      beginItem(0);
      const outcome: Outcome<unknown> = await handlers[name](input as never, beginItem);
      port.postMessage({ outcome, seconds: takeStageSeconds() } satisfies Reply, outcome.fault === undefined ? (transfers[name]?.(outcome.value as never) ?? []) : []);
    } catch (error) {
      port.postMessage({ error: messageOf(error), seconds: takeStageSeconds() } satisfies Reply);
    }
  };
  let last = Promise.resolve();
  port.on('message', (request: Request) => (last = last.then(() => reply(request))));
}
