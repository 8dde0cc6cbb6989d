import type { MergeOutcome } from '../commands/merge.js';
import { colors } from './colors.js';
import { printable } from './problem-lines.js';
import { counted } from './units.js';

export function renderMerge({ library, merged, files, problems }: MergeOutcome): string[] {
  return [
    ...problems.map(({ message }) => `${colors.yellow('!')} ${printable(message)}`),
    ...merged.map(({ library: other, taken, known }) => `${printable(other)}: ${counted(taken, 'row')} copied${known === 0 ? '' : `, ${known} known`}`),
    `${counted(files.ok, 'sound')} in ${printable(library)}${files.failed === 0 ? '' : `, ${colors.yellow(`${files.failed} failed`)}`}`,
  ];
}
