import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { VERSION } from '../version.js';

/** What a figure must not be read without. */
export interface MachineFacts {
  readonly soundkin: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** Processes that were running, as a mean of the last minute, when the bench began: others' work slows ours. Null where the system does not tell. */
  readonly loadAtStart: number | null;
  /** Day, as 2026-05-04. */
  readonly date: string;
}

export function machineFacts(): MachineFacts {
  return {
    soundkin: VERSION,
    cpu: cpus()[0]?.model.replace(/\s+/g, ' ').trim() || 'a processor without a name',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    loadAtStart: platform() === 'win32' ? null : Math.round(loadavg()[0]! * 100) / 100,
    date: new Date().toISOString().slice(0, 10),
  };
}
