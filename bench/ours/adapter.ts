/**
 * Our side of the protocol that the peers' adapters speak too (bench/peers/adapter.py): a job file, JSON lines, one round each time one is asked for.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What an adapter does. */
export interface Adapter {
  /** One round; the seconds that count, where not all do. */
  run(): Promise<number | void>;
  /** What the last round came to. */
  result(): unknown;
}

export function readJob<T>(): T {
  return JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as T;
}

const tell = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

/** Serves rounds until stdin ends, then ends the process: a backend's threads would keep it alive. */
export async function serve(facts: { readonly peer: string; readonly version: string; readonly threads: number; readonly note?: string }, adapter: Adapter): Promise<void> {
  tell(facts);
  if (process.argv.includes('--once')) {
    const started = performance.now();
    const told = await adapter.run();
    tell({ seconds: told ?? (performance.now() - started) / 1000, result: adapter.result() });
    process.exit(0);
  }
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === 'round') {
      const started = performance.now();
      const told = await adapter.run();
      tell({ seconds: told ?? (performance.now() - started) / 1000 });
    } else if (line.trim() === 'result') tell({ result: adapter.result() });
  }
  process.exit(0);
}
