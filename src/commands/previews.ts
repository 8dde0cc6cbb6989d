import { join } from 'node:path';
import { ERROR_CODES, SoundkinError } from '../errors.js';
import type { OnProgress } from '../progress.js';
import { planPreviews } from '../report/index.js';
import type { MadePreview, ThreadPool } from '../threads/index.js';
import { idOf } from './track-id.js';

/** What is known of a sound when its preview is chosen. */
export interface PreviewCandidate {
  readonly root: string;
  readonly path: string;
  readonly cluster: number;
  /** From the cluster's centroid. */
  readonly distance: number;
  readonly durationSeconds: number;
}

/** Previews that a thread makes without asking for more. */
const AT_ONCE = 6;
/** Megabytes of previews in a page, unless told otherwise. */
export const DEFAULT_PREVIEW_MEGABYTES = 12;

/** The sounds that have a preview: the most typical first, as far as the budget goes. */
export function planOf(sounds: readonly PreviewCandidate[], megabytes: number): PreviewCandidate[] {
  return planPreviews(sounds, megabytes * 1e6).map((index) => sounds[index]!);
}

/**
 * Makes previews on threads. A file that is gone by now has none.
 *
 * @returns by `idOf`.
 * @throws INTERNAL when a thread cannot make any.
 */
export async function makePreviews(planned: readonly PreviewCandidate[], threads: ThreadPool, onProgress?: OnProgress): Promise<Map<string, MadePreview>> {
  const made = new Map<string, MadePreview>();
  let done = 0;
  const make = async (some: readonly PreviewCandidate[]): Promise<void> => {
    const { value, fault } = await threads.run('previews', { paths: some.map(({ root, path }) => join(root, path)) });
    if ((fault?.code === 'DECODE_CRASHED' || fault?.code === 'DECODE_TIMEOUT') && some.length > 1) {
      // One of them brought its thread down, or never let it go: the others have theirs yet.
      for (const sound of some) await make([sound]);
      return;
    }
    if (fault !== undefined && ERROR_CODES[fault.code].exit === 3) throw new SoundkinError(fault.code, fault.message);
    some.forEach((sound, i) => {
      const preview = value?.[i];
      if (preview) made.set(idOf(sound), preview);
      done += 1;
      onProgress?.({ stage: 'previews', done, total: planned.length, item: sound.path });
    });
  };
  await Promise.all(Array.from({ length: Math.ceil(planned.length / AT_ONCE) }, (_, i) => make(planned.slice(i * AT_ONCE, (i + 1) * AT_ONCE))));
  return made;
}
