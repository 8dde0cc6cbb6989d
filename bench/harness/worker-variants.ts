/** One worker, and all: as far as the command line has the option. */
import { execFileSync } from 'node:child_process';
import type { BenchContext } from './context.js';
import { soundkin } from './process-contest.js';

export interface WorkerVariant {
  readonly label: string;
  readonly threads: number;
  readonly options: readonly string[];
}

export function workerVariants(verb: 'extract' | 'cluster', { cores }: Pick<BenchContext, 'cores'>): WorkerVariant[] {
  const [program, args] = soundkin([verb, '--help']);
  const help = execFileSync(program, args, { encoding: 'utf8' });
  if (!help.includes('--workers')) return [{ label: '', threads: 1, options: [] }];
  const counts = cores > 1 ? [1, cores] : [1];
  return counts.map((count) => ({ label: `, ${count} worker${count === 1 ? '' : 's'}`, threads: count, options: ['--workers', String(count)] }));
}
