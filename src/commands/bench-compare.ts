import { readFile } from 'node:fs/promises';
import type { MachineFacts } from '../bench/index.js';
import type { BackendName } from '../device/device.js';
import { messageOf, SoundkinError } from '../errors.js';
import type { BenchOutcome } from './bench.js';
import type { BenchRow } from './bench-rows.js';

/** The same stage on two machines. */
export interface BenchRatio {
  readonly stage: BenchRow['stage'];
  readonly backend: BackendName | null;
  /** How many times as fast this machine is. */
  readonly ratio: number;
  readonly otherDevice: string | null;
}

export interface BenchComparison {
  readonly machine: MachineFacts;
  /** Of the stages that both measured. */
  readonly ratios: readonly BenchRatio[];
}

/** What a comparison needs of a bench. */
type Bench = Pick<BenchOutcome, 'workload' | 'rows'>;

/**
 * A bench as `soundkin bench --json` printed it.
 *
 * @throws BENCH_COMPARE when the file cannot be read or is something else.
 */
export async function readBench(path: string): Promise<BenchOutcome> {
  let found: unknown;
  try {
    found = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new SoundkinError('BENCH_COMPARE', `bench: expected the output of \`soundkin bench --json\` in "${path}", but ${messageOf(cause)}. Check the name.`, { cause });
  }
  const { workload, machine, rows } = (found ?? {}) as Partial<BenchOutcome>;
  const isBench = typeof workload === 'string' && typeof machine?.cpu === 'string' && Array.isArray(rows) && rows.every((row: unknown) => typeof (row as Partial<BenchRow> | null)?.stage === 'string');
  if (!isBench) throw new SoundkinError('BENCH_COMPARE', `bench: expected the output of \`soundkin bench --json\` in "${path}", got something else. Make it there with --json.`);
  return found as BenchOutcome;
}

/**
 * @throws BENCH_COMPARE when the two did not measure the same.
 */
export function compareBenches(other: BenchOutcome, ours: Bench): BenchComparison {
  if (other.workload !== ours.workload) {
    const advice = other.workload.startsWith('files') ? 'Run it on the same files, with the same --files and --minutes' : 'Run both without a folder';
    throw new SoundkinError('BENCH_COMPARE', `bench: expected figures of the same workload, got ${other.workload} there and ${ours.workload} here. ${advice}, and with the same version of Soundkin.`);
  }
  const ratios = ours.rows.flatMap((row) => {
    const match = other.rows.find(({ stage, backend }) => stage === row.stage && backend === row.backend);
    const ratio = match === undefined ? NaN : speedOf(row) / speedOf(match);
    return Number.isFinite(ratio) ? [{ stage: row.stage, backend: row.backend, ratio, otherDevice: match!.device }] : [];
  });
  return { machine: other.machine, ratios };
}

function speedOf({ xRealTime, gflops }: BenchRow): number {
  return xRealTime ?? gflops ?? NaN;
}
