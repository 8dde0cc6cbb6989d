import * as tf from '@tensorflow/tfjs-core';

/** A step of bench/gpu.ts, each of which runs in a process of its own and gives one object of results. */
export type Step = (small: boolean, report: (soFar: object) => void) => Promise<object>;

/** What TensorFlow.js's backend has beside what our kernels use. */
export interface TimedBackend {
  readonly device: { readonly limits: Record<string, number>; readonly features: Iterable<string> };
  readonly queue: { onSubmittedWorkDone(): Promise<void> };
  readonly pipelineCache: object;
  endComputePassEncoder(): void;
  submitQueue(): void;
}
export const backend = (): TimedBackend => tf.backend() as unknown as TimedBackend;

/** Sends what is waiting, and waits until it is done. */
export async function finished(): Promise<void> {
  const { endComputePassEncoder, submitQueue, queue } = backend();
  endComputePassEncoder.call(backend());
  if ((backend() as unknown as { commandEncoder: unknown }).commandEncoder !== null) submitQueue.call(backend());
  await queue.onSubmittedWorkDone();
}

export function spread(times: readonly number[]): { median: number; best: number; worst: number; runs: number } {
  const sorted = [...times].sort((a, b) => a - b);
  const round = (value: number): number => Number(value.toPrecision(4));
  return { median: round(sorted[sorted.length >> 1]!), best: round(sorted[0]!), worst: round(sorted.at(-1)!), runs: sorted.length };
}

export async function timed(runs: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return times;
}
