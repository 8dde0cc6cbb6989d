/** Keeps decoders between files, since making one costs as much as decoding a short sound. Each serves one file at a time. */
export interface InstancePool<T> {
  /**
   * Runs `use` with an instance of its own. After a throw that instance is dropped: its memory may be damaged.
   */
  with<R>(use: (instance: T) => Promise<R>): Promise<R>;
}

const KEPT = 2;

/** @param create makes an instance that is ready. */
export function createInstancePool<T>(create: () => Promise<T>): InstancePool<T> {
  const idle: T[] = [];
  return {
    with: async (use) => {
      const instance = idle.pop() ?? (await create());
      const result = await use(instance);
      if (idle.length < KEPT) idle.push(instance);
      return result;
    },
  };
}
