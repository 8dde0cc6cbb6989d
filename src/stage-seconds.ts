/** What a sound's way to its row consists of. Reading the file is part of decoding. */
export type SoundStage = 'decode' | 'resample' | 'features';

/** Seconds by stage: of several threads together, so they may exceed the time that passed. */
export type StageSeconds = Readonly<Record<SoundStage, number>>;

const spent: Record<SoundStage, number> = { decode: 0, resample: 0, features: 0 };
let current: SoundStage | undefined;
let since = 0;

function enter(stage: SoundStage | undefined): SoundStage | undefined {
  const now = performance.now();
  if (current !== undefined) spent[current] += (now - since) / 1000;
  const before = current;
  [current, since] = [stage, now];
  return before;
}

/**
 * Counts the time of some work as a stage's. Work within it that is another stage's is that one's alone. What a thread does meanwhile counts with it: for threads
 * that do one thing at a time.
 */
export function inStage<T>(stage: SoundStage, work: () => T): T {
  const before = enter(stage);
  let isLasting = false;
  try {
    const result = work();
    if (result instanceof Promise) {
      isLasting = true;
      return result.finally(() => enter(before)) as T;
    }
    return result;
  } finally {
    if (!isLasting) enter(before);
  }
}

/** What this thread has spent since it was last asked. */
export function takeStageSeconds(): StageSeconds {
  enter(current);
  const taken = { ...spent };
  spent.decode = spent.resample = spent.features = 0;
  return taken;
}
