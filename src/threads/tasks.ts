import type { AnalysisSettings } from '../config/analysis.js';
import type { DecodedAudio } from '../decode/index.js';
import type { ErrorCode } from '../errors.js';
import type { TrackFeatures } from '../features/index.js';
import type { WasmModule } from '../web-assembly.js';

/** What is known of a decoded file besides its samples. */
export type DecodedFacts = Omit<DecodedAudio, 'samples' | 'pcm16'>;

/** Why a file has no result: an error that crosses threads, where classes do not. */
export interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  /** Where it was decoded, but not measured. */
  readonly facts?: DecodedFacts;
}

/** What a thread can be asked to do with one file, and what it then gives. */
export interface Tasks {
  /** Samples for a device that the main thread feeds. */
  readonly decode: {
    readonly input: { readonly path: string; readonly sampleRate: number; readonly pcm16?: boolean };
    readonly output: { readonly facts: DecodedFacts; readonly samples: Float32Array; readonly pcm16?: Int16Array };
  };
  /** From file to rows, by the feature kernel. */
  readonly measure: {
    readonly input: { readonly path: string; readonly settings: AnalysisSettings; readonly trackKernel: WasmModule };
    readonly output: { readonly facts: DecodedFacts; readonly features: TrackFeatures };
  };
  /** A sound's beginning for the report, and its outline, both in base64. */
  readonly preview: { readonly input: { readonly path: string }; readonly output: { readonly preview: string; readonly peaks: string } };
}

export type TaskName = keyof Tasks;
export type TaskInput<N extends TaskName> = Tasks[N]['input'];
export type Outcome<T> = { readonly value: T; readonly fault?: never } | { readonly value?: never; readonly fault: Fault };
