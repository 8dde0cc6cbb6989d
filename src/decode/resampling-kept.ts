import type { WasmModule } from '../web-assembly.js';

/** A folder seldom holds more pairs of rates. */
const KEPT = 8;

type ForRates<T> = (module: WasmModule, sourceRate: number, targetRate: number) => T;

/** Makes something once for a pair of rates; the ones used last are kept. There is but one module: see resamplingModule. */
export function keptByRates<T>(make: ForRates<T>): ForRates<T> {
  const kept = new Map<string, { readonly value: T }>();
  return (module, sourceRate, targetRate) => {
    const key = `${sourceRate}:${targetRate}`;
    const entry = kept.get(key) ?? { value: make(module, sourceRate, targetRate) };
    kept.delete(key);
    kept.set(key, entry); // a Map keeps the order of insertion: the one used last comes last
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT) break;
      kept.delete(oldest);
    }
    return entry.value;
  };
}
