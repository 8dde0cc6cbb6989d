import type { VitalSigns } from '../vital-signs.js';

/** What is watched: a thread that has work to do. */
export interface Watched {
  readonly signs: () => VitalSigns;
  readonly isBusy: () => boolean;
  /** Called once, when it has made no progress for too long. */
  readonly onStuck: (signs: VitalSigns, seconds: number) => void;
}

/** Looks are so many that a step may take. */
const LOOKS = 60;
const MOST_MS_BETWEEN = 1000;

/**
 * Looks after threads: an endless loop cannot tell of itself. What counts is the time without progress, not the time a file takes, so a long sound may take hours.
 *
 * Time counts as far as it was looked on: that of a closed laptop, or of a process that was stopped, or could not run, is nobody's.
 *
 * @param patienceMs what a step may take.
 */
export function watchProgress(patienceMs: number): { add(thread: Watched): void; remove(thread: Watched): void } {
  const betweenMs = Math.min(MOST_MS_BETWEEN, patienceMs / LOOKS);
  const watched = new Map<Watched, { beats: number; silentMs: number }>();
  let timer: NodeJS.Timeout | undefined;
  let lastLook = 0;

  const look = (): void => {
    const now = performance.now();
    const passed = Math.min(now - lastLook, 2 * betweenMs);
    lastLook = now;
    for (const [thread, seen] of watched) {
      const signs = thread.signs();
      if (signs.beats !== seen.beats || !thread.isBusy()) {
        seen.beats = signs.beats;
        seen.silentMs = 0;
      } else {
        seen.silentMs += passed;
        if (seen.silentMs <= patienceMs + signs.extraMs) continue;
        remove(thread);
        thread.onStuck(signs, Math.round(seen.silentMs / 1000));
      }
    }
  };
  const remove = (thread: Watched): void => {
    watched.delete(thread);
    if (watched.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  return {
    add: (thread) => {
      watched.set(thread, { beats: thread.signs().beats, silentMs: 0 });
      if (timer !== undefined) return;
      lastLook = performance.now();
      timer = setInterval(look, betweenMs).unref();
    },
    remove,
  };
}
