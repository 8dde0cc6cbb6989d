/** What a workload's run is kept as: JSON in bench/results, of which tables and the chart are made. */
import type { MachineFacts, Spread } from '../../src/bench/index.js';

export type Group = 'soundkin' | 'peer' | 'floor';

/** A contestant's figures. One that is missing, failed or is wrong has the reason instead of a ratio. */
export interface Entry {
  readonly name: string;
  readonly group: Group;
  readonly version: string;
  readonly threads: number;
  /** Of the workload's work that one round of this contestant does: a slow one does a part. */
  readonly share: number;
  /** Of the whole workload, where only a part was done. Null when it did not run. */
  readonly seconds: Spread | null;
  readonly check: { readonly ok: boolean; readonly text: string };
  readonly note?: string;
}

/** A workload with everyone who did it. */
export interface Result {
  readonly workload: string;
  readonly title: string;
  /** What one line of the table is divided by to give a speed: 1500 'seconds of sound'. */
  readonly amount: { readonly value: number; readonly unit: 'audio seconds' | 'points' | 'runs'; readonly frames?: number };
  readonly machine: MachineFacts;
  readonly quick: boolean;
  readonly command: string;
  readonly entries: readonly Entry[];
  /** The entry that ratios are to: the first of ours with as many threads, else the first of ours. */
  readonly notes: readonly string[];
}

/** The entry of ours that another is compared with: with the same threads where there is one. */
export function counterpart({ entries }: Pick<Result, 'entries'>, entry: Entry): Entry | undefined {
  const ours = entries.filter(({ group, seconds, check }) => group === 'soundkin' && seconds !== null && check.ok);
  return ours.find(({ threads }) => threads === entry.threads) ?? ours[0];
}

/** How many times as long as ours an entry takes; undefined where either has no figure or is wrong: such a ratio would mean nothing. */
export function ratio(result: Pick<Result, 'entries'>, entry: Entry): number | undefined {
  const ours = counterpart(result, entry);
  if (ours === undefined || entry.seconds === null || !entry.check.ok || ours.seconds === null) return undefined;
  return entry.seconds.median / ours.seconds.median;
}
