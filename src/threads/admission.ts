/** Keeps work in hand within a budget: whoever wants to begin waits until there is room. */
export interface Admission {
  /** Resolves when `bytes` fit beside what is in hand; what exceeds the whole budget is let in alone. */
  enter(bytes: number): Promise<void>;
  /** Gives back what was entered with. */
  leave(bytes: number): void;
  /** Bytes in hand. */
  readonly held: number;
}

/**
 * First come, first served: a large file is not overtaken for ever by small ones.
 *
 * @param budget bytes, > 0.
 * @param most   entrants at once.
 */
export function createAdmission(budget: number, most: number = Infinity): Admission {
  const waiting: { readonly bytes: number; readonly admit: () => void }[] = [];
  let held = 0;
  let inside = 0;
  const admitWaiting = (): void => {
    for (let next = waiting[0]; next !== undefined && inside < most && (inside === 0 || held + next.bytes <= budget); next = waiting[0]) {
      waiting.shift();
      held += next.bytes;
      inside += 1;
      next.admit();
    }
  };
  return {
    enter: (bytes) =>
      new Promise((admit) => {
        waiting.push({ bytes, admit });
        admitWaiting();
      }),
    leave: (bytes) => {
      held -= bytes;
      inside -= 1;
      admitWaiting();
    },
    get held() {
      return held;
    },
  };
}
