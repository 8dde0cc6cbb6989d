import { SoundkinError } from '../errors.js';
import { createResampler } from './resample.js';

/** Gathers blocks of mono sound into one array at the rate wanted. */
export interface MonoCollector {
  /** Samples taken so far, at the source's rate. */
  readonly taken: number;
  /** So many more samples, at the source's rate, make the sound up to one of them what it is in a longer sound. */
  readonly beyond: number;
  /** Takes a block; it may be reused by the caller afterwards, unless `owned` says that it is the collector's now. */
  push(block: Float32Array, owned?: 'owned'): void;
  /** The whole sound, at the rate wanted. */
  finish(): Float32Array;
}

const FIRST_CAPACITY = 2 ** 16;
/** Where a sound takes more, the memory that is left is asked for first: the system grants what it does not have, and then ends the process. */
const WORTH_ASKING_BYTES = 2 ** 28;
const MOST_SHARE = 0.75;
/** Rates outside are a damaged header's, and would ask for absurd amounts of memory. */
const LOWEST_RATE = 100;
const HIGHEST_RATE = 6_144_000;

/**
 * The rate that a file says, if it can be one of sound.
 *
 * @throws DECODE_FAILED when it cannot.
 */
export function checkedRate(sourceRate: number): number {
  if (Number.isInteger(sourceRate) && sourceRate >= LOWEST_RATE && sourceRate <= HIGHEST_RATE) return sourceRate;
  throw new SoundkinError('DECODE_FAILED', `decode: expected a sample rate from ${LOWEST_RATE} to ${HIGHEST_RATE} Hz, got ${sourceRate}. Slower ones are no sound to hear; or the file's header is damaged.`);
}

/**
 * A collector that resamples as it gathers, so that a long sound is never held at its own rate as well.
 *
 * @param sourceRate Hz, as the file says.
 * @param targetRate Hz, or 0 for the source's.
 * @param expected samples to come, at the source's rate, where that is known: saves copying.
 * @throws DECODE_FAILED when the file's rate cannot be one of sound.
 */
export async function createMonoCollector(
  sourceRate: number,
  targetRate: number,
  expected?: number,
): Promise<MonoCollector> {
  checkedRate(sourceRate);
  const wantedRate = targetRate === 0 ? sourceRate : targetRate;
  const resampler = wantedRate === sourceRate ? undefined : await createResampler(sourceRate, wantedRate);
  const capacity = expected === undefined ? FIRST_CAPACITY : Math.ceil((expected * wantedRate) / sourceRate);
  let gathered: Float32Array = new Float32Array(0);
  let length = 0;
  let taken = 0;

  const append = (part: Float32Array): void => {
    if (length + part.length > gathered.length) {
      const samples = gathered.length === 0 ? Math.max(capacity, part.length) : Math.max(2 * gathered.length, length + part.length);
      if (4 * samples > WORTH_ASKING_BYTES && 4 * samples > MOST_SHARE * process.availableMemory()) throw new RangeError(`its sound takes more than ${(4 * length / 1e9).toFixed(1)} GB`);
      const larger = new Float32Array(samples);
      larger.set(gathered.subarray(0, length));
      gathered = larger;
    }
    gathered.set(part, length);
    length += part.length;
  };

  return {
    get taken() {
      return taken;
    },
    beyond: resampler?.beyond ?? 0,
    push: (block, owned) => {
      taken += block.length;
      // A sound that comes whole is not copied.
      if (resampler === undefined && owned !== undefined && length === 0 && block.length >= capacity) {
        gathered = block;
        length = block.length;
      } else append(resampler === undefined ? block : resampler.push(block));
    },
    finish: () => {
      if (resampler !== undefined) append(resampler.finish());
      return length === gathered.length ? gathered : gathered.slice(0, length);
    },
  };
}
