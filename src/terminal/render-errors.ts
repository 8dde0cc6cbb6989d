import { join } from 'node:path';
import type { ErrorsOutcome, FailedFile } from '../commands/errors.js';
import { colors } from './colors.js';
import { printable, reasonOf } from './problem-lines.js';
import { counted } from './units.js';

/** What failed, for people: code by code, the most frequent first, each file with its own reason. */
export function renderErrors({ codes, files, failed, damaged }: ErrorsOutcome): string[] {
  if (files.length === 0) return ['No file failed.'];
  const several = new Set(files.map(({ root }) => root)).size > 1;
  const total = [...(failed > 0 ? [`${counted(failed, 'file')} failed`] : []), ...(damaged > 0 ? [`${counted(damaged, 'file')} damaged, but measured`] : [])].join(', ');
  return [
    ...codes.flatMap(({ code, meaning, ...count }) => [
      `${colors.bold(code)}  ${colors.yellow(String(count.failed + count.damaged))}  ${colors.dim(meaning)}`,
      ...files.filter((file) => file.code === code).map((file) => `  ${printable(several ? join(file.root, file.path) : file.path)}: ${printable(reasonOf(file.path, file.message))}`),
      '',
    ]),
    `${total}. \`soundkin extract FOLDER --retry-errors\` tries them again.`,
  ];
}

/** What failed, for programs: full paths, one a line, or each with a NUL behind it, so that a name may hold a line end. */
export function errorPaths(files: readonly FailedFile[], end: '\n' | '\0'): string {
  return files.map(({ root, path }) => join(root, path) + end).join('');
}
