import type { ErrorCode } from '../errors.js';

export interface DecodeWarning {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What is asked of a decoder. */
export interface Wanted {
  /** Hz, or 0 for the file's own. */
  readonly sampleRate: number;
  /** Decoding may stop after so much sound; Infinity for all of it. */
  readonly maxSeconds: number;
  /** Also give the file's own samples where they are 16-bit integers of one channel at that rate. Default false. */
  readonly pcm16?: boolean;
}

/** Says that a file ends early; undefined where it does not. */
export function truncationWarning(gotSeconds: number, expectedSeconds: number | undefined): DecodeWarning | undefined {
  if (expectedSeconds === undefined || gotSeconds >= expectedSeconds) return undefined;
  return {
    code: 'DECODE_TRUNCATED',
    message: `decode: expected ${seconds(expectedSeconds)} of sound, got ${seconds(gotSeconds)}: the file ends early. What is there was used; copy the file again if there is more.`,
  };
}

/** For people: 3 digits under a second, so that a short loss is seen. */
export function seconds(value: number): string {
  return `${value < 1 ? value.toFixed(3) : value.toFixed(2)} s`;
}
