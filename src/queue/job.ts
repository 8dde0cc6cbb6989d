import { messageOf, SoundkinError, type ErrorCode } from '../errors.js';

/** All of Soundkin's jobs are in one queue, so that a worker serves every library. */
export const QUEUE_NAME = 'soundkin';

/** The form of what is put into the queue; a worker refuses other ones. */
export const PROTOCOL = 1;

/** A job as it lies in the queue. */
export interface StoredJob<D> {
  readonly protocol: number;
  /** Whose job it is: the coordinator's, and that of all coordinators after it that do the same work. */
  readonly group: string;
  /** Workers that may die of it before it counts as their killer. */
  readonly lives: number;
  readonly data: D;
}

/** Who works. */
export interface WorkerFacts {
  /** One process's, unlike any other's. */
  readonly id: string;
  readonly host: string;
  /** What it computes with, once it knows. */
  readonly backend: string | null;
}

/** What a worker tells of the job in its hand. */
export interface JobProgress {
  readonly worker: WorkerFacts;
  /** Units of the job that are done. */
  readonly done: number;
  /** Units a second, over the job so far. */
  readonly perSecond: number;
}

/** What a worker gives back for a job. */
export interface JobAnswer<R> extends JobProgress {
  readonly result: R;
}

/** Why a job came to nothing. */
export interface JobFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

/** A worker that will not do a job, and why: kept for the coordinator in a list of its own. */
export interface Refusal extends JobFailure {
  readonly worker: WorkerFacts;
}

/** The key of the list of a group's refusals. */
export function refusalsKey(group: string): string {
  return `${QUEUE_NAME}:refusals:${group}`;
}

/** A failure as the text that the queue keeps. */
export function failureText(error: unknown): string {
  return JSON.stringify({ code: error instanceof SoundkinError ? error.code : 'INTERNAL', message: messageOf(error) } satisfies JobFailure);
}

/** What such a text says; one that is none of ours is a fault that nobody foresaw. */
export function failureOf(text: string): JobFailure {
  try {
    const { code, message } = JSON.parse(text) as Partial<JobFailure>;
    if (code !== undefined && message !== undefined) return { code, message };
  } catch {
    // A text of the queue's own.
  }
  return { code: 'INTERNAL', message: `queue: expected a job to end, got "${text}". Please report this.` };
}
