/** Lets adapters do the same work in turn, each checked before any is timed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runRounds, spreadOf } from '../../src/bench/index.js';
import { startAdapter, type AdapterFacts, type AdapterProcess } from './adapter-process.js';
import type { Entry, Group } from './result.js';

/** An adapter that takes part, and how. */
export interface Entrant {
  readonly name: string;
  readonly group: Group;
  /** Below bench: peers/….py or ours/….ts. */
  readonly adapter: string;
  readonly job: object;
  readonly threads: number;
  /** The part of the workload's work that the job is; default 1. */
  readonly share?: number;
}

export interface ContestOptions {
  readonly rounds: number;
  /** Judges what every entrant that ran came to, by name, before the timing. */
  readonly check: (results: ReadonlyMap<string, { readonly result: unknown; readonly facts: AdapterFacts }>) => ReadonlyMap<string, Entry['check']>;
  readonly patienceSeconds?: number;
}

/**
 * Entries in the order of the entrants. Who cannot start, stops or is wrong gets the reason, loudly, and no figure.
 */
export async function contest(entrants: readonly Entrant[], { rounds, check, patienceSeconds = Infinity }: ContestOptions): Promise<Entry[]> {
  const folder = mkdtempSync(join(tmpdir(), 'soundkin-bench-'));
  const running = new Map<string, AdapterProcess>();
  const failures = new Map<string, string>();
  const give = (entrant: Entrant, error: unknown): void => {
    running.get(entrant.name)?.close();
    running.delete(entrant.name);
    failures.set(entrant.name, (error as Error).message);
    process.stderr.write(`  SKIPPED ${entrant.name}: ${(error as Error).message}\n`);
  };
  try {
    const results = new Map<string, { result: unknown; facts: AdapterFacts }>();
    for (const entrant of entrants) {
      try {
        process.stderr.write(`  ${entrant.name}\n`);
        const process_ = await startAdapter(entrant.adapter, entrant.job, entrant.threads, folder);
        running.set(entrant.name, process_);
        await process_.round();
        results.set(entrant.name, { result: await process_.result(), facts: process_.facts });
      } catch (error) {
        give(entrant, error);
      }
    }
    const checks = check(results);
    const seconds = new Map<string, number[]>();
    const racing = entrants.filter(({ name }) => running.has(name) && checks.get(name)?.ok === true);
    for (const { name } of entrants) if (running.has(name) && checks.get(name)?.ok !== true) process.stderr.write(`  WRONG ${name}: ${checks.get(name)?.text}\n`);
    const timed = await runRounds(
      racing.map((entrant) => ({
        run: async () => {
          if (!running.has(entrant.name)) return NaN;
          try {
            return await running.get(entrant.name)!.round();
          } catch (error) {
            give(entrant, error);
            return NaN;
          }
        },
      })),
      { rounds, warmUps: 0, patienceSeconds }, // the checked round was the warm-up
    );
    racing.forEach(({ name }, i) => void seconds.set(name, timed[i]!));
    return entrants.map((entrant) => entryOf(entrant, results.get(entrant.name)?.facts, seconds.get(entrant.name), checks.get(entrant.name), failures.get(entrant.name)));
  } finally {
    for (const adapter of running.values()) adapter.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function entryOf({ name, group, threads, share = 1 }: Entrant, facts: AdapterFacts | undefined, rounds: readonly number[] | undefined, check: Entry['check'] | undefined, failure: string | undefined): Entry {
  const ran = failure === undefined && rounds !== undefined && rounds.length > 0;
  return {
    name,
    group,
    version: facts?.version ?? '',
    threads: facts?.threads ?? threads,
    share,
    seconds: ran ? spreadOf(rounds.map((value) => value / share)) : null,
    check: failure === undefined ? (check ?? { ok: false, text: 'not checked' }) : { ok: false, text: failure },
    ...(facts?.note !== undefined && { note: facts.note }),
  };
}
