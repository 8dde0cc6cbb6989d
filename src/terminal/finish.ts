import { exitStatus, messageOf, SoundkinError } from '../errors.js';
import { errorColors } from './colors.js';
import { printable, problemLines, type ListedProblem } from './problem-lines.js';

/** Ends the process once everything is written: a GPU's or a database's threads would keep it alive. */
export async function finish(status: number): Promise<void> {
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise<void>((done) => stream.write('', () => done()))));
  process.exit(status);
}

/** One line for what people can mend, with the files it is about; a stack only for a fault of ours. */
export async function finishWithError(error: unknown, json: boolean): Promise<void> {
  const status = exitStatus(error);
  const code = error instanceof SoundkinError ? error.code : 'INTERNAL';
  const problems = error instanceof SoundkinError ? ((error.details['problems'] as readonly ListedProblem[] | undefined) ?? []) : [];
  const message = messageOf(error);
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, ...(problems.length > 0 && { problems }) } })}\n`);
  const lines = [...problemLines(problems, errorColors), `${errorColors.red('soundkin:')} ${printable(message)} ${errorColors.dim(`(${code})`)}`];
  process.stderr.write(`${lines.join('\n')}\n`);
  if (status === 3) {
    const stack = error instanceof Error ? error.stack : undefined;
    process.stderr.write(`This is a fault of Soundkin. Please report it with what follows.\n${stack ?? ''}\n`);
  }
  await finish(status);
}

/** Prints a result: the object for scripts, lines for people. */
export function print(json: boolean, object: unknown, lines: () => readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(object, finiteOnly)}\n` : `${lines().join('\n')}\n`);
}

/** JSON has no NaN. */
function finiteOnly(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}
