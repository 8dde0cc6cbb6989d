import { isAbsolute, join } from 'node:path';
import type { createColors } from 'picocolors';

/** A file that something is wrong with. */
export interface ListedProblem {
  /** The folder that the path is relative to. */
  readonly root?: string;
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** Problems listed in full; `--json` has all. */
const LISTED = 10;

/** One line a file: which, why, and the code to look up. */
export function problemLines(problems: readonly ListedProblem[], colors: ReturnType<typeof createColors>): string[] {
  // One name in two folders is two files.
  const several = new Set(problems.map(({ root }) => root)).size > 1;
  const named = ({ root, path }: ListedProblem): string => (several && root !== undefined && !isAbsolute(path) ? join(root, path) : path);
  const lines = problems
    .slice(0, LISTED)
    .map((problem) => `${colors.yellow('!')} ${printable(named(problem))}: ${printable(reasonOf(problem.path, problem.message))} ${colors.dim(`(${problem.code})`)}`);
  if (problems.length > LISTED) lines.push(colors.dim(`  and ${problems.length - LISTED} more: --json lists them all`));
  return lines;
}

/** The room's name in front tells people nothing that the code does not; nor does the file's name a second time. */
export function reasonOf(path: string, message: string): string {
  const told = message.replace(/^[a-z-]+: /, '');
  const end = told.replaceAll('\\', '/').indexOf(`${path.replaceAll('\\', '/')}"`);
  const start = Math.max(told.lastIndexOf(' in "', end), told.lastIndexOf(' at "', end));
  return end < 0 || start < 0 ? told : told.slice(0, start) + told.slice(end + path.length + 1);
}

/** A text that fits in one line and cannot steer the terminal: a name may hold any character, a line end or an escape code too. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) => (character === '\n' ? '\\n' : character === '\t' ? '\\t' : `\\u{${character.codePointAt(0)!.toString(16)}}`));
}
