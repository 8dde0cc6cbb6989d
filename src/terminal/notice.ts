import { printable } from './problem-lines.js';

/** One line on stderr while a job runs; a progress bar that stands there is drawn anew below it. */
export function writeNotice(line: string): void {
  process.stderr.write(`${process.stderr.isTTY ? '\r\u001b[K' : ''}${printable(line)}\n`);
}
