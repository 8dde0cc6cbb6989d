import type { AnalysisSettings } from '../config/analysis.js';
import { SoundkinError } from '../errors.js';
import type { WasmModule } from '../web-assembly.js';
import { createMeasurer, type Sound, type TrackFeatures } from './extract.js';
import { notFinite } from './not-finite.js';

/** A sound's features, or why it has none, with whatever the caller tagged it with. */
export type Measured<T> = { readonly tag: T; readonly features: TrackFeatures; readonly error?: never } | { readonly tag: T; readonly features?: never; readonly error: SoundkinError };

/** Takes sounds one by one and measures them in full batches of like length. */
export interface Batcher<T> {
  /** Takes a sound. @returns whatever is done by now: nothing, or one full batch. */
  add(sound: Sound, tag: T): Promise<Measured<T>[]>;
  /** Measures what is left. */
  finish(): Promise<Measured<T>[]>;
  dispose(): void;
}

/** What the device says of batches. */
export interface BatchDevice {
  /** Frames that one batch holds, of however many sounds. */
  readonly framesPerBatch: number;
  /** The compiled feature kernel, where there is one. */
  readonly trackKernel?: WasmModule;
}

interface Waiting<T> {
  readonly sound: Sound;
  readonly tag: T;
}

/**
 * Batches have few shapes: tiles of 8, 12, 16, 24, 32, … frames, so that padding stays under a third and a GPU compiles little.
 *
 */
export function createBatcher<T>(settings: AnalysisSettings, { framesPerBatch, trackKernel }: BatchDevice): Batcher<T> {
  const measurer = createMeasurer(settings, trackKernel);
  const waiting = new Map<string, { frames: number; sounds: Waiting<T>[] }>();

  const measure = async (frames: number, sounds: readonly Waiting<T>[]): Promise<Measured<T>[]> => {
    try {
      const rows = await measurer.measure(sounds.map(({ sound }) => sound), frames);
      return sounds.map(({ tag }, i) => {
        const error = notFinite(rows[i]!);
        return error === undefined ? { tag, features: rows[i]! } : { tag, error };
      });
    } catch (error) {
      // Settings that do not suit this sample rate are the file's misfortune; anything else is ours.
      if (error instanceof SoundkinError && error.code === 'DSP_RANGE') return sounds.map(({ tag }) => ({ tag, error }));
      throw error;
    }
  };

  return {
    add: async (sound, tag) => {
      const count = measurer.frameCount(sound);
      if (count > framesPerBatch) return measure(framesPerBatch, [{ sound, tag }]);
      const frames = tileFrames(count, framesPerBatch);
      const key = `${sound.sampleRate}/${frames}`;
      const batch = waiting.get(key) ?? { frames, sounds: [] };
      waiting.set(key, batch);
      batch.sounds.push({ sound, tag });
      if ((batch.sounds.length + 1) * frames <= framesPerBatch) return [];
      waiting.delete(key);
      return measure(frames, batch.sounds);
    },
    finish: async () => {
      const done: Measured<T>[] = [];
      for (const { frames, sounds } of waiting.values()) done.push(...(await measure(frames, sounds)));
      waiting.clear();
      return done;
    },
    dispose: measurer.dispose,
  };
}

/** The smallest of 8, 12, 16, 24, 32, 48, … that holds `count` frames. */
function tileFrames(count: number, most: number): number {
  let size = 8;
  while (size < count) size = (size & (size - 1)) === 0 ? size * 1.5 : (size / 3) * 4;
  return Math.min(size, most);
}
