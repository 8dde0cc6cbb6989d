import type { AnalysisSettings } from '../config/analysis.js';
import type { DecodedAudio } from '../decode/index.js';
import type { ErrorCode } from '../errors.js';
import type { TrackFeatures } from '../features/index.js';
import type { Tags } from '../tags/index.js';
import type { WasmModule } from '../web-assembly.js';

/** What is known of a decoded file besides its samples. */
export type DecodedFacts = Omit<DecodedAudio, 'samples' | 'pcm16'> & {
  /** What the file's own tags say; null where they say nothing. */
  readonly tags: Tags | null;
};

/** Why a file has no result: an error that crosses threads, where classes do not. */
export interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  /** Where it was decoded, but not measured. */
  readonly facts?: DecodedFacts;
}

/** What measuring a file gives. */
export interface MeasuredFile {
  readonly facts: DecodedFacts;
  readonly features: TrackFeatures;
}

/** A sound's beginning, and its outline, both in base64. */
export interface MadePreview {
  readonly preview: string;
  readonly peaks: string;
}

/** What a thread can be asked to do with files, and what it then gives. */
export interface Tasks {
  /** Samples for a device that the main thread feeds. */
  readonly decode: {
    readonly input: { readonly path: string; readonly settings: AnalysisSettings; readonly pcm16?: boolean; readonly refuseLong?: boolean };
    /** Null for a sound that is too long to be held, where those are refused: `measure` takes it. */
    readonly output: { readonly facts: DecodedFacts; readonly samples: Float32Array; readonly pcm16?: Int16Array } | null;
  };
  /** From files to rows, by the feature kernel. Several small ones at once: handing a task over takes as long as half a second of sound. */
  readonly measure: {
    readonly input: { readonly paths: readonly string[]; readonly settings: AnalysisSettings; readonly trackKernel: WasmModule };
    /** In the order of the paths. */
    readonly output: readonly Outcome<MeasuredFile>[];
  };
  /** The contents' ids of files, without decoding; null where one cannot be read. */
  readonly identify: { readonly input: { readonly paths: readonly string[] }; readonly output: readonly (string | null)[] };
  /** The beginnings of some sounds for the report; null where there is none. Several at once, so that a thread is busy while the main thread is. */
  readonly previews: { readonly input: { readonly paths: readonly string[] }; readonly output: readonly (MadePreview | null)[] };
}

export type TaskName = keyof Tasks;
export type TaskInput<N extends TaskName> = Tasks[N]['input'];
export type Outcome<T> = { readonly value: T; readonly fault?: never } | { readonly value?: never; readonly fault: Fault };
