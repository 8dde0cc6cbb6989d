/** What a thread lets others see while it is too busy to send messages: numbers in memory that they share. */
export interface VitalSigns {
  /** Grows with each step of the work. */
  readonly beats: number;
  /** Which of its files the thread is at. */
  readonly item: number;
  /** Milliseconds that the step it is at may take beyond what any step may. */
  readonly extraMs: number;
  /** Programs that work for it, which do not end with it. */
  readonly children: readonly number[];
}

const [BEATS, ITEM, EXTRA_MS, CHILDREN] = [0, 1, 2, 3];
const MOST_CHILDREN = 4;
const LENGTH = CHILDREN + MOST_CHILDREN;

/** Where nobody watches, signs are shown to nobody. */
let own: Int32Array = new Int32Array(LENGTH);

/** Memory for one thread's signs. */
export function vitalSignsMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * LENGTH);
}

/** From now on this thread shows its signs there. */
export function showVitalSigns(memory: SharedArrayBuffer): void {
  own = new Int32Array(memory);
}

/** What a thread shows. */
export function readVitalSigns(memory: SharedArrayBuffer): VitalSigns {
  const signs = new Int32Array(memory);
  return {
    beats: Atomics.load(signs, BEATS),
    item: Atomics.load(signs, ITEM),
    extraMs: Atomics.load(signs, EXTRA_MS),
    children: Array.from({ length: MOST_CHILDREN }, (_, i) => Atomics.load(signs, CHILDREN + i)).filter((pid) => pid > 0),
  };
}

/** A step is done. @param extraMs what the next one may take beyond what any step may: for large reads. */
export function beat(extraMs = 0): void {
  Atomics.store(own, EXTRA_MS, extraMs);
  Atomics.add(own, BEATS, 1);
}

/** The work on a file begins. @param item its index. */
export function beginItem(item: number): void {
  Atomics.store(own, ITEM, item);
  beat();
}

/**
 * A program works for this thread: it is to end when the thread does.
 *
 * @returns to be called when it has ended.
 */
export function holdChild(pid: number): () => void {
  const signs = own;
  for (let slot = CHILDREN; slot < LENGTH; slot++) {
    if (Atomics.compareExchange(signs, slot, 0, pid) === 0) return () => void Atomics.compareExchange(signs, slot, pid, 0);
  }
  return () => undefined;
}
