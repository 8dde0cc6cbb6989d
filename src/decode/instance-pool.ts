/** Keeps decoders between files, since making one costs as much as decoding a short sound. Each serves one file at a time. */
export interface InstancePool<T> {
  /** An instance of one's own. */
  take(): Promise<T>;
  /** Gives one back that is as good as new. After a throw it is not given back: its memory may be damaged. */
  give(instance: T): void;
}

const KEPT = 2;

/** @param create makes an instance that is ready. */
export function createInstancePool<T>(create: () => Promise<T>): InstancePool<T> {
  const idle: T[] = [];
  return {
    take: async () => idle.pop() ?? create(),
    give: (instance) => {
      if (idle.length < KEPT) idle.push(instance);
    },
  };
}
