import type { Result } from './result.js';

/** What a stage is told by the command line. */
export interface BenchContext {
  /** Small workloads and few rounds: to see that all works, not for figures. */
  readonly quick: boolean;
  /** Of the sounds in the large workloads. */
  readonly scale: number;
  readonly rounds: number;
  readonly cores: number;
  /** Backends of ours that open here. */
  readonly backends: readonly string[];
  /** Of them, those on a graphics processor. */
  readonly gpuBackends: readonly string[];
}

/** A workload by name, and how it is run. */
export interface Stage {
  readonly name: string;
  readonly about: string;
  /** Only when named: it takes very long, or much disk. */
  readonly onDemand?: boolean;
  run(context: BenchContext): Promise<readonly StageResult[]>;
}

/** A result less what all have alike. */
export type StageResult = Omit<Result, 'machine' | 'quick' | 'command'>;
