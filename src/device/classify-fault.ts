import { SoundkinError } from '../errors.js';

/** What became of a device: it has too little memory for what it was given, it is gone, or the fault is not the device's. */
export type FaultKind = 'out-of-memory' | 'device-lost' | 'other';

/**
 * What each backend says when memory is short: Dawn (Vulkan, buffers beyond its limits, mapped creation), TensorFlow (status 8) and CUDA,
 * WebAssembly's own memory, and JavaScript's arrays.
 */
const OUT_OF_MEMORY =
  /out[ -_]?of[ -_]?memory|OUT_OF_(DEVICE|HOST|POOL)_MEMORY|OOM when allocating|RESOURCE_?EXHAUSTED|Invalid TF_Status: 8\b|exceeds the max (storage )?buffer|larger than the max(imum)? (storage )?buffer|too large for the implementation|Memory\.grow\(\)|maximum memory size exceeded|Array buffer allocation failed|Invalid (typed )?array (buffer )?length|_ALLOC_FAILED|failed to allocate/i;

/** What they say when they are gone: Dawn, an Emscripten program that ended itself, WebAssembly's traps, CUDA. */
const LOST =
  /device (is|was|has been) (lost|destroyed)|device[ -_]?lost|DEVICE_REMOVED|Instance dropped|external Instance reference|^Aborted\(|memory access out of bounds|table index is out of bounds|^unreachable|null function or function signature|CUDA_ERROR_|illegal memory access|launch failure|device-side|driver shutting down|Invalid TF_Status: 14\b/i;

/**
 * Tells a fault of the device, after which the same work may succeed on a smaller batch or elsewhere, from one of the sound or of ours.
 *
 * An error of our own (`SoundkinError`) is always 'other'.
 */
export function classifyFault(error: unknown): FaultKind {
  if (error instanceof SoundkinError) return 'other';
  const { name = '', message = '' } = (typeof error === 'object' && error !== null ? error : { message: String(error) }) as { name?: string; message?: string };
  const kind = (error as object | undefined)?.constructor?.name ?? '';
  if (kind === 'GPUOutOfMemoryError' || OUT_OF_MEMORY.test(message)) return 'out-of-memory';
  // Dawn ends what waits on a lost device by an AbortError without words; an AbortSignal's has some.
  if ((name === 'AbortError' || name === 'OperationError') && !/operation was aborted/i.test(message)) return 'device-lost';
  if (LOST.test(message) || name === 'RuntimeError') return 'device-lost';
  // What Dawn refuses for any other reason has spoilt the results all the same.
  return /^GPU(Validation|Internal|Pipeline)?Error$/.test(kind) ? 'device-lost' : 'other';
}
