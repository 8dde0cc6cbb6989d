import type { WasmCrew, WasmModule } from '../web-assembly.js';

/** The backends of TensorFlow.js that Soundkin runs on. */
export const BACKENDS = ['webgpu', 'tensorflow', 'wasm', 'cpu'] as const;
export type BackendName = (typeof BACKENDS)[number];

/** A backend that is open and set as TensorFlow.js's current one, unless it was opened for its kernels alone. */
export interface Device {
  readonly backend: BackendName;
  /** What computes, for people: an adapter's name, a library's version. */
  readonly description: string;
  /** Whether this is a graphics or compute processor of its own, rather than the CPU in some guise. */
  readonly isGpu: boolean;
  /** Frames of a default analysis that suit one batch: enough to keep the device busy, few enough for its memory or cache. */
  readonly framesPerBatch: number;
  /** The compiled feature kernel, on backends that have one. */
  readonly trackKernel?: WasmModule;
  /** Threads with the kernels that cluster and score points, on backends that have them. */
  readonly crew?: WasmCrew;
  /** There where the device was opened for its kernels alone: makes it TensorFlow.js's current one after all. */
  readonly openTensors?: () => Promise<void>;
}

/** Opens one backend and makes it TensorFlow.js's current one. Throws whatever stops it. */
export type OpenBackend = () => Promise<Device>;
