import { SoundkinError } from '../errors.js';

/** One way of doing a job, which can do it again and again. */
export interface Contestant {
  /** @returns the seconds that count, where not the whole call does. */
  run(): Promise<number | void>;
}

export interface RoundsOptions {
  /** Counted rounds, >= 1. */
  readonly rounds: number;
  /** Rounds before them that do not count: tables are made, code is compiled. Default 1. */
  readonly warmUps?: number;
  /** A contestant whose rounds took so long in all is left alone after its second. */
  readonly patienceSeconds?: number;
  readonly signal?: AbortSignal | undefined;
  /** Told after every run, the warming up included. */
  readonly onRun?: () => void;
}

/**
 * Times contestants in turn, A B A B: what slows the machine for a while then slows them all.
 *
 * @returns the seconds of each contestant's rounds.
 * @throws INTERRUPTED when the signal says so.
 */
export async function runRounds(contestants: readonly Contestant[], { rounds, warmUps = 1, patienceSeconds = Infinity, signal, onRun }: RoundsOptions): Promise<number[][]> {
  const seconds: number[][] = contestants.map(() => []);
  for (let round = -warmUps; round < rounds; round++) {
    for (const [i, contestant] of contestants.entries()) {
      const own = seconds[i]!;
      if (own.length >= 2 && own.reduce((sum, value) => sum + value, 0) > patienceSeconds) continue;
      if (signal?.aborted === true) throw interrupted();
      const started = performance.now();
      const told = await contestant.run();
      if (round >= 0) own.push(told ?? (performance.now() - started) / 1000);
      onRun?.();
    }
  }
  return seconds;
}

function interrupted(): SoundkinError {
  return new SoundkinError('INTERRUPTED', 'bench: expected to run to the end, but was stopped by Ctrl-C. Run it again.');
}
