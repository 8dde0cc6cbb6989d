import { Worker } from 'node:worker_threads';
import { readVitalSigns, vitalSignsMemory, type VitalSigns } from '../vital-signs.js';
import type { ThreadData } from './serve-tasks.js';
import { workerFile } from './worker-file.js';

/**
 * JavaScript's own heap in a thread. A sound's samples lie outside; what decoders keep inside is some megabytes. Where a file makes it more, the thread ends, not the process.
 */
const HEAP_MEGABYTES = 512;

/** A worker thread whose signs of life can be seen. */
export interface WatchedWorker {
  readonly worker: Worker;
  signs(): VitalSigns;
  /** Ends it, whatever it is at, and the programs that work for it. */
  end(): Promise<void>;
}

/** Those that run: a process that ends leaves nobody behind. */
const running = new Set<() => void>();

/** @param data what else the thread is started with. */
export function startWorker(data: Omit<ThreadData, 'signs'>): WatchedWorker {
  const memory = vitalSignsMemory();
  const worker = new Worker(workerFile(), { workerData: { ...data, signs: memory } satisfies ThreadData, resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES } });
  const signs = (): VitalSigns => readVitalSigns(memory);
  const endChildren = (): void => signs().children.forEach(endProcess);
  if (running.size === 0) process.on('exit', endAllChildren);
  running.add(endChildren);
  worker.once('exit', () => {
    // Whatever ended it, it can no longer end what worked for it.
    endChildren();
    running.delete(endChildren);
    if (running.size === 0) process.off('exit', endAllChildren);
  });
  return {
    worker,
    signs,
    end: async () => {
      endChildren();
      await worker.terminate();
    },
  };
}

function endAllChildren(): void {
  for (const endChildren of running) endChildren();
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
