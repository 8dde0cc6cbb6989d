import type { AnalysisSettings } from '../config/analysis.js';
import { SoundkinError } from '../errors.js';
import type { WasmModule } from '../web-assembly.js';
import { createMeasurer, type Measurer, type Sound, type TrackFeatures } from './extract.js';

/** What a device says of batches. */
export interface BatchDevice {
  /** Kept with each row. */
  readonly backend: string;
  /** Frames that one batch holds, of however many sounds. */
  readonly framesPerBatch: number;
  /** The compiled feature kernel, where there is one. */
  readonly trackKernel?: WasmModule;
}

/** The device of a run, and where to go on when it fails; `keepDevice` makes one. */
export interface DeviceSource {
  readonly device: BatchDevice;
  classify(error: unknown): 'out-of-memory' | 'device-lost' | 'other';
  takeFault(): Error | undefined;
  replace(kind: 'out-of-memory' | 'device-lost', error: unknown): Promise<unknown>;
  visitNext<T>(error: unknown, work: (device: BatchDevice) => Promise<T>): Promise<T>;
}

/** A row and the backend that measured it, or what stopped it. */
export type SureRow = { readonly features: TrackFeatures; readonly backend: string; readonly error?: never } | { readonly features?: never; readonly error: SoundkinError };

/** A measurer that goes on when its device fails. */
export interface SureMeasurer {
  /** Frames that one batch may hold now: fewer after the device ran out of memory. */
  readonly framesPerBatch: number;
  /** Whether sounds of any lengths share a batch now. */
  readonly mixesLengths: boolean;
  /** Calls of `measure` that are worth having at the same time now. */
  readonly inFlight: number;
  frameCount(sound: Sound): number;
  /** @see Measurer.measure. Each sound gives one row, whatever happens. Calls end in the order in which they were made. */
  measure(sounds: readonly Sound[], frames: number): Promise<SureRow[]>;
  dispose(): void;
}

/** Batches are not made smaller than this: a device without memory for it is of no use. */
const FEWEST_FRAMES = 64;

/**
 * Measures on the device of a run. Out of memory, a batch is halved until it fits, and later ones are no larger; what does not fit at all is measured on the
 * next device, and when that happens to two batches in a row the run stays there. On a lost device a batch is measured again on what `replace` finds. Whatever
 * fails, of all batches in flight nothing is believed: each is measured again, one after the other.
 *
 * @throws whatever is no fault of the device; DEVICE_FAILED when a lost one has no successor.
 */
export function createSureMeasurer(settings: AnalysisSettings, source: DeviceSource): SureMeasurer {
  const sizeFor = (measurer: Measurer, device: BatchDevice): number => (measurer.oneByOne ? 1 : Math.min(device.framesPerBatch, measurer.mostFrames ?? Infinity));
  let measurer = createMeasurer(settings, source.device.trackKernel);
  // What batches may hold now, and what was last seen to work, which is not given up for one sound that nothing helps.
  let limit = sizeFor(measurer, source.device);
  let proven = limit;
  let tooLargeInARow = 0;
  // Batches that were begun before those ahead of them ended, and how often something has failed: what was begun before it did counts for nothing.
  const flying = new Set<Promise<unknown>>();
  let failures = 0;
  let last: Promise<unknown> = Promise.resolve();

  const moved = (): void => {
    measurer.dispose();
    measurer = createMeasurer(settings, source.device.trackKernel);
    limit = proven = sizeFor(measurer, source.device);
    tooLargeInARow = 0;
  };

  /**
   * @param begun the same, where it is in flight already.
   * @returns the rows, or none where something was changed and the batch is to be tried again.
   */
  const attempt = async (sounds: readonly Sound[], tile: number, begun?: Promise<TrackFeatures[]>): Promise<SureRow[]> => {
    try {
      const rows = await (begun ?? measurer.measure(sounds, tile));
      throwIfAny(source.takeFault());
      proven = limit;
      tooLargeInARow = 0;
      const { backend } = source.device;
      return rows.map((features) => ({ features, backend }));
    } catch (thrown) {
      // A device that failed gives zeros first, and whatever those lead to.
      const error = source.takeFault() ?? thrown;
      failures += 1;
      const others = [...flying];
      await Promise.allSettled(others);
      // Their faults are no news: they are measured again in any case.
      if (others.length > 0) source.takeFault();
      const kind = source.classify(error);
      if (kind === 'other') throw error;
      const size = sounds.length * tile;
      if (kind === 'out-of-memory' && !measurer.oneByOne && size > FEWEST_FRAMES) {
        limit = Math.max(FEWEST_FRAMES, Math.floor(size / 2));
        // What it holds on the device may be the very memory that was not given.
        measurer.dispose();
        measurer = createMeasurer(settings, source.device.trackKernel);
        return [];
      }
      if (kind === 'out-of-memory' && tooLargeInARow === 0) {
        limit = proven;
        const rows = await elsewhere(sounds, error);
        // What no device has the memory for tells nothing of this one.
        if (rows.every((row) => row.error === undefined)) tooLargeInARow += 1;
        return rows;
      }
      await source.replace(kind, error);
      moved();
      return [];
    }
  };

  const elsewhere = async (sounds: readonly Sound[], error: unknown): Promise<SureRow[]> => {
    try {
      return await source.visitNext(error, async (device) => {
        const there = createMeasurer(settings, device.trackKernel);
        try {
          const rows: SureRow[] = [];
          for (const sound of sounds) {
            const [features] = await there.measure([sound], Math.min(there.frameCount(sound), sizeFor(there, device)));
            throwIfAny(source.takeFault());
            rows.push({ features: features!, backend: device.backend });
          }
          return rows;
        } finally {
          there.dispose();
        }
      });
    } catch (failure) {
      // No device has the memory: the sound's misfortune, and the others go on.
      if (failure instanceof SoundkinError && failure.code === 'DEVICE_FAILED') {
        const none = new SoundkinError('MEMORY_EXCEEDED', 'features: expected a device with the memory for this sound, got none. Free some, or cut the sound into parts.', { cause: failure });
        return sounds.map(() => ({ error: none }));
      }
      throw failure;
    }
  };

  /** Begins a batch while others are in flight, where it goes through whole. */
  const begin = (sounds: readonly Sound[], frames: number): { readonly rows: Promise<TrackFeatures[]>; readonly failures: number } | undefined => {
    if (measurer.mixesLengths !== true || flying.size >= (measurer.inFlight ?? 1) || sounds.length * frames > limit) return undefined;
    const rows = measurer.measure(sounds, frames);
    flying.add(rows);
    rows.catch(() => undefined).finally(() => flying.delete(rows));
    return { rows, failures };
  };

  const inTurn = async (sounds: readonly Sound[], frames: number, begun: ReturnType<typeof begin>): Promise<SureRow[]> => {
    if (begun?.failures === failures) {
      const rows = await attempt(sounds, frames, begun.rows);
      if (rows.length > 0) return rows;
    }
    const rows: SureRow[] = [];
    while (rows.length < sounds.length) {
      // The device may have changed since the batch was put together: then all are padded to the longest after all.
      const tile = measurer.mixesLengths === true ? frames : Math.max(frames, ...sounds.map(measurer.frameCount));
      const some = sounds.slice(rows.length, rows.length + Math.max(1, Math.floor(limit / tile)));
      rows.push(...(await attempt(some, Math.min(tile, limit))));
    }
    return rows;
  };

  return {
    get framesPerBatch() {
      return limit;
    },
    get mixesLengths() {
      return measurer.mixesLengths === true;
    },
    get inFlight() {
      return measurer.inFlight ?? 1;
    },
    frameCount: (sound) => measurer.frameCount(sound),
    measure: (sounds, frames) => {
      const begun = begin(sounds, frames);
      const rows = last.then(() => inTurn(sounds, frames, begun));
      last = rows.catch(() => undefined);
      return rows;
    },
    dispose: () => measurer.dispose(),
  };
}

function throwIfAny(fault: Error | undefined): void {
  if (fault !== undefined) throw fault;
}
