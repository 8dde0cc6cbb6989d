import type { WorkerOutcome } from '../commands/worker.js';
import { colors } from './colors.js';
import { deviceChangeLine } from './device-change-line.js';
import { printable } from './problem-lines.js';
import { counted, duration } from './units.js';

export function renderWorker({ jobs, tracks, measured, audioSeconds, seconds, backend, deviceChanges, refused }: WorkerOutcome): string[] {
  const parts = [`${counted(tracks, 'sound')} in ${counted(jobs, 'job')}: ${duration(audioSeconds)} of sound in ${duration(seconds)}${backend === null ? '' : ` on ${backend}`}`];
  if (measured < tracks) parts.push(colors.yellow(`${tracks - measured} failed`));
  return [
    ...deviceChanges.map((change) => `${colors.yellow('!')} ${deviceChangeLine(change)}`),
    parts.join(', '),
    ...(refused === null ? [] : [`${colors.red('soundkin:')} ${printable(refused.message)} ${colors.dim(`(${refused.code})`)}`]),
  ];
}
