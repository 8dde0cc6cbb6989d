import type { AnalysisSettings } from '../config/analysis.js';
import { SoundkinError } from '../errors.js';
import type { Sound, TrackFeatures } from './extract.js';
import { notFinite } from './not-finite.js';
import { createSureMeasurer, type BatchDevice, type DeviceSource } from './sure-measurer.js';

/** A sound's features, or why it has none, with whatever the caller tagged it with. */
export type Measured<T> =
  | { readonly tag: T; readonly features: TrackFeatures; /** What measured it. */ readonly backend: string; readonly error?: never }
  | { readonly tag: T; readonly features?: never; readonly backend?: never; readonly error: SoundkinError };

/** Takes sounds one by one and measures them in full batches of like length. */
export interface Batcher<T> {
  /** Takes a sound. @returns whatever is done by now: nothing, or full batches. */
  add(sound: Sound, tag: T): Promise<Measured<T>[]>;
  /** Measures what is left. */
  finish(): Promise<Measured<T>[]>;
  dispose(): void;
}

interface Waiting<T> {
  readonly sound: Sound;
  readonly tag: T;
}

/** Sounds of one sample rate, and the frames they have in all. */
interface WaitingBatch<T> {
  frames: number;
  readonly sounds: Waiting<T>[];
}

/**
 * Batches have few shapes: tiles of 8, 12, 16, 24, 32, … frames, so that padding stays under a third and a GPU compiles little; where
 * lengths mix, all sounds of a rate share one batch.
 *
 * @param devices the device of a run and its successors, as `keepDevice` gives them; or one device, whose failure is then thrown.
 */
export function createBatcher<T>(settings: AnalysisSettings, devices: DeviceSource | BatchDevice): Batcher<T> {
  const measurer = createSureMeasurer(settings, 'device' in devices ? devices : without(devices));
  const waiting = new Map<string, WaitingBatch<T>>();

  const measure = async (frames: number, sounds: readonly Waiting<T>[]): Promise<Measured<T>[]> => {
    try {
      const rows = await measurer.measure(sounds.map(({ sound }) => sound), frames);
      return sounds.map(({ tag }, i) => {
        const row = rows[i]!;
        if (row.error !== undefined) return { tag, error: row.error };
        const error = notFinite(row.features);
        return error === undefined ? { tag, features: row.features, backend: row.backend } : { tag, error };
      });
    } catch (error) {
      // Settings that do not suit this sample rate are the file's misfortune; anything else is ours.
      if (error instanceof SoundkinError && error.code === 'DSP_RANGE') return sounds.map(({ tag }) => ({ tag, error }));
      throw error;
    }
  };

  const flying: Promise<Measured<T>[]>[] = [];
  /** Waits for the oldest batches until fewer than `most` are in flight. */
  const landUntil = async (most: number): Promise<Measured<T>[]> => {
    const done: Measured<T>[] = [];
    while (flying.length >= most) done.push(...(await flying.shift()!));
    return done;
  };
  /** @returns what is done by now: where the device is worth more batches in flight than this one, that is of those before. */
  const send = (frames: number, sounds: readonly Waiting<T>[]): Promise<Measured<T>[]> => {
    const measured = measure(frames, sounds);
    // It is waited for later, and its failure heard then.
    measured.catch(() => undefined);
    flying.push(measured);
    return landUntil(measurer.inFlight);
  };
  const measureBatch = (key: string, { frames, sounds }: WaitingBatch<T>): Promise<Measured<T>[]> => {
    waiting.delete(key);
    return send(Math.ceil(frames / sounds.length), sounds);
  };

  return {
    add: async (sound, tag) => {
      const most = measurer.framesPerBatch;
      const count = measurer.frameCount(sound);
      if (count > most) return send(most, [{ sound, tag }]);
      const frames = measurer.mixesLengths ? count : tileFrames(count, most);
      const key = measurer.mixesLengths ? `${sound.sampleRate}` : `${sound.sampleRate}/${frames}`;
      const full = waiting.get(key);
      const done = full !== undefined && full.frames + frames > most ? await measureBatch(key, full) : [];
      const batch = waiting.get(key) ?? { frames: 0, sounds: [] };
      waiting.set(key, batch);
      batch.sounds.push({ sound, tag });
      batch.frames += frames;
      return batch.frames + frames <= most ? done : [...done, ...(await measureBatch(key, batch))];
    },
    finish: async () => {
      const done: Measured<T>[] = [];
      for (const [key, batch] of waiting) done.push(...(await measureBatch(key, batch)));
      return [...done, ...(await landUntil(1))];
    },
    dispose: measurer.dispose,
  };
}

/** A device that nothing follows. */
function without(device: BatchDevice): DeviceSource {
  const give = (_: unknown, error: unknown): never => {
    throw error;
  };
  return { device, classify: () => 'other', takeFault: () => undefined, replace: give, visitNext: give };
}

/** The smallest of 8, 12, 16, 24, 32, 48, … that holds `count` frames. */
function tileFrames(count: number, most: number): number {
  let size = 8;
  while (size < count) size = (size & (size - 1)) === 0 ? size * 1.5 : (size / 3) * 4;
  return Math.min(size, most);
}
